#include "protocol/channel/frame.h"

#include "crypto/ed25519.h"
#include "crypto/hkdf.h"
#include "crypto/seal.h"
#include "protocol/channel/padding.h"

namespace knoop {
namespace {

constexpr std::string_view frame_label = "knoop/v1/frame";
constexpr std::string_view body_label = "knoop/v1/frame-body";

// The frame as it stands on the wire.
struct WireFrame {
  std::uint8_t version = protocol_version;
  FrameHeader header;
  StreamKind stream = StreamKind::control;
  std::optional<StreamId> stream_id;
  std::uint64_t number = 0;
  Bytes body;

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    auto& header = self.header;
    archive(self.version, header.network, header.type, header.sender, header.sender_card, header.recipient,
            header.recipient_card, self.stream, self.stream_id, self.number, header.sent_at, header.subject,
            header.preshared, bounded(self.body, size_classes.back()));
  }
};

// The header of a msgpack byte string: one byte of type, then its length in 1, 2 or 4 bytes.
std::size_t binary_header_size(std::size_t size) {
  if (size <= 0xFF) return 2;
  return size <= 0xFFFF ? 3 : 5;
}

ByteView before_body(ByteView frame, std::size_t body_size) {
  return frame.first(frame.size() - body_size - binary_header_size(body_size));
}

Result<void> check_version(ByteView frame) {
  // Every version of the frame begins with an array of at most 15 elements, whose first is the version, so that a
  // frame of another version can be told from a broken one.
  if (frame.size() < 2 || (frame[0] & 0xF0U) != 0x90U || frame[1] > 0x7FU)
    return fail(ErrorCode::bad_encoding, Side::peer, "the bytes do not begin as a frame does");
  if (frame[1] != protocol_version)
    return fail(ErrorCode::unknown_version, Side::peer, "a frame of version {}, this node speaks {}",
                frame[1], protocol_version);
  return {};
}

}  // namespace

PresharedKeyId preshared_key_id(const PresharedKey& key, const NetworkId& network, const MemberId& one,
                                const MemberId& other) {
  Bytes info = to_bytes("knoop/v1/psk-id");
  info.push_back(0);
  append(info, network.view());
  append(info, std::min(one, other).view());
  append(info, std::max(one, other).view());
  return hkdf<PresharedKeyId>({}, key.expose(), info);
}

Result<Bytes> make_frame(FrameHeader header, ByteView body, const FrameSealing& sealing, Entropy& entropy) {
  WireFrame wire;
  wire.stream = stream_of(header.type);
  const bool numbered = wire.stream != StreamKind::control;
  KNOOP_ASSERT(numbered == header.position.has_value(),
               "a numbered frame has a position, a control frame has none");
  if (numbered) {
    KNOOP_ASSERT(header.position->number > 0, "numbers of a stream begin at 1");
    wire.stream_id = header.position->id;
    wire.number = header.position->number;
  }
  header.preshared.reset();
  if (sealing.preshared != nullptr)
    header.preshared = preshared_key_id(*sealing.preshared, header.network, header.sender, header.recipient);
  wire.header = header;

  KNOOP_LET(plaintext, pad_body(body));
  const Bytes unsealed = encode(wire);
  KNOOP_LET(sealed, seal({body_label, sealing.recipient, sealing.preshared}, plaintext,
                         before_body(unsealed, 0), entropy));
  wire.body = std::move(sealed);
  Bytes transmitted = encode(wire);
  const Signature signature = sign(sealing.signing, frame_label, transmitted);
  append(transmitted, signature.view());
  return transmitted;
}

Result<CheckedFrame> check_frame(ByteView transmitted, const FrameExpectations& expectations) {
  if (transmitted.size() <= Signature::size)
    return fail(ErrorCode::bad_length, Side::peer, "{} bytes are too few for a frame", transmitted.size());
  const ByteView frame = transmitted.first(transmitted.size() - Signature::size);
  KNOOP_LET(signature, Signature::from(transmitted.last(Signature::size)));
  KNOOP_TRY(check_version(frame));
  KNOOP_LET(wire, decode<WireFrame>(frame));

  FrameHeader& header = wire.header;
  if (header.network != expectations.network)
    return fail(ErrorCode::wrong_network, Side::peer,
                "a frame for another network than that of the convenant");
  if (header.recipient != expectations.self)
    return fail(ErrorCode::wrong_recipient, Side::peer, "a frame for another member than this one");
  if (header.sender != expectations.peer)
    return fail(ErrorCode::not_a_member, Side::peer, "a frame of another member than the one connected");
  if (wire.stream != stream_of(header.type))
    return fail(ErrorCode::bad_value, Side::peer, "a frame of type {} in the {} stream",
                to_string(header.type), to_string(wire.stream));
  const bool numbered = wire.stream != StreamKind::control;
  if (wire.stream_id.has_value() != numbered || (wire.number > 0) != numbered)
    return fail(ErrorCode::bad_value, Side::peer,
                "stream and sequence number of a frame do not fit each other");
  if (numbered) header.position = StreamPosition{*wire.stream_id, wire.number};
  if (!is_size_class(wire.body.size()))
    return fail(ErrorCode::bad_length, Side::peer, "a sealed body of {} bytes, which is no size class",
                wire.body.size());

  KNOOP_LET(key, expectations.signing_key(header.sender_card));
  if (!verify(key, frame_label, frame, signature))
    return fail(ErrorCode::bad_signature, Side::peer,
                "a frame whose signature is not that of its sender's card {}", header.sender_card);
  if (header.preshared != expectations.preshared)
    return fail(
        ErrorCode::psk_differs, Side::peer,
        "the preshared key with this member is not the same at both sides; compare and enter it again");
  return CheckedFrame{header, to_bytes(before_body(frame, wire.body.size())), std::move(wire.body)};
}

Result<Bytes> open_frame(const CheckedFrame& frame, const SealingKeyPair& keys,
                         const PresharedKey* preshared) {
  const SealContext context{body_label, keys.public_key, preshared};
  KNOOP_LET(plaintext, open(context, keys.secret_key, frame.sealed, frame.associated_data));
  return unpad_body(plaintext);
}

}  // namespace knoop
