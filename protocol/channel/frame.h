// A frame: what travels between two nodes (docs/spec/frames.md).
//
//   frame       = one msgpack array: version, network, type, sender, its card number, recipient, its card number,
//                 stream, stream id, sequence number, sent at, subject, preshared-key id, sealed body
//   transmitted = frame ‖ Ed25519 signature (64 bytes) over "knoop/v1/frame" ‖ 0x00 ‖ frame
//
// The body is sealed to the recipient with everything before it as associated data, so no part of the header can be
// exchanged; padding is inside the seal (padding.h). The signature is checked over the received bytes. A frame is a
// transferable proof of what its sender wrote, so raw frames are not kept longer than the resend window.
//
// The channel service makes a frame at each transmission, to the recipient's newest card (rotation loses nothing), and
// opens a received one in two steps: check_frame() takes no secret and gives the header, by which duplicates are
// dropped cheaply; open_frame() unseals.
//
// A hostile peer can send any bytes over its own connection. Past check_frame() come only frames that it signed
// itself, as itself, for this node and this network. What it relays of others is not_a_member; what it moves from
// another network or recipient is wrong_network or wrong_recipient; what it changes is bad_signature.
#pragma once

#include <functional>
#include <optional>

#include "crypto/base/entropy.h"
#include "crypto/keys.h"
#include "crypto/x25519.h"
#include "protocol/channel/message_type.h"
#include "protocol/channel/messages.h"
#include "protocol/channel/versions.h"

namespace knoop {

/// Names a preshared key and tells nothing of it.
using PresharedKeyId = Fixed<struct PresharedKeyIdTag, 16>;
/// HKDF over the key with network and both members (the lower id first), so that one key used for two pairs has two
/// names.
[[nodiscard]] PresharedKeyId preshared_key_id(const PresharedKey& key, const NetworkId& network,
                                              const MemberId& one, const MemberId& other);

/// Where a frame stands in its stream; control frames stand nowhere.
struct StreamPosition {
  StreamId id;
  std::uint64_t number = 0;  ///< From 1.
  friend bool operator==(const StreamPosition&, const StreamPosition&) = default;
};

struct FrameHeader {
  NetworkId network;
  MessageType type = MessageType::hello;  ///< Decides the stream, see stream_of().
  MemberId sender;
  std::uint32_t sender_card = 0;  ///< The card whose signing key signed.
  MemberId recipient;
  std::uint32_t recipient_card = 0;        ///< The card whose sealing key the body is sealed to.
  std::optional<StreamPosition> position;  ///< Exactly when the type belongs to a numbered stream.
  Timestamp sent_at;
  std::optional<SubjectId> subject;  ///< What it is about; a dead frame blocks its subject only.
  std::optional<PresharedKeyId> preshared;
  friend bool operator==(const FrameHeader&, const FrameHeader&) = default;
};

/// What it takes to make a frame. Borrowed for the call.
struct FrameSealing {
  const SigningSecretKey& signing;
  const SealingPublicKey& recipient;
  const PresharedKey* preshared = nullptr;  ///< Of this pair, if it has one; sets the header's id.
};

/// Fails when the body is too large (over_limit) or the recipient's key is of small order (bad_key). That type and
/// position fit each other is ours to guarantee.
[[nodiscard]] Result<Bytes> make_frame(FrameHeader header, ByteView body, const FrameSealing& sealing,
                                       Entropy& entropy);

/// Who a frame must be from and for.
struct FrameExpectations {
  NetworkId network;
  MemberId self;
  MemberId peer;  ///< Whose transport key authenticated the connection.
  std::optional<PresharedKeyId> preshared;
  /// The signing key of the peer's card with this number, if the card is known and counts now.
  std::function<Result<SigningPublicKey>(std::uint32_t card_number)> signing_key;
};

/// A frame whose header and signature are in order, still sealed.
struct CheckedFrame {
  FrameHeader header;
  Bytes associated_data;
  Bytes sealed;
};

/// unknown_version, wrong_network, wrong_recipient, not_a_member (the sender is not who is connected), what
/// signing_key() says, bad_signature, psk_differs, or an error of form. Only psk_differs and later errors are proven to
/// come from the sender.
[[nodiscard]] Result<CheckedFrame> check_frame(ByteView transmitted, const FrameExpectations& expectations);

/// The body. cannot_open: sealed to a key that is not this one; answer Reseal. bad_format: its padding is wrong.
[[nodiscard]] Result<Bytes> open_frame(const CheckedFrame& frame, const SealingKeyPair& keys,
                                       const PresharedKey* preshared);

}  // namespace knoop
