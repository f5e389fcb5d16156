// One pair of members in one epoch: what both derive alike, what each keeps secret, and the message that opens the
// epoch (protocol.md section 3, docs/spec/matching.md).
//
// Why a pair has everything of its own: with one point H(x) for the whole network, B could relay re-randomised points
// between A and C and learn which clients those two share. So the pair's context goes into every hash.
//
// Why the commitment is proven and authenticated: a peer that committed to somebody else's point could not be held to
// an exponent; and any difference between what the two sides believe (preshared key, versions, epoch) must be an error
// at both, never a silent lack of matches.
#pragma once

#include "crypto/base/entropy.h"
#include "crypto/ristretto255.h"
#include "protocol/matching/ids.h"
#include "protocol/matching/messages.h"

namespace knoop::matching {

/// A pair and epoch as one side sees it. Public values only.
struct Pair {
  NetworkId network;
  MemberId self;
  MemberId peer;
  Epoch epoch = 0;
  std::uint16_t protocol_version = 0;
  std::uint16_t rule_version = 0;
  Hash256 versions;  ///< version_binding() of both offers.

  /// The same as the peer sees it.
  [[nodiscard]] Pair turned() const;
  friend bool operator==(const Pair&, const Pair&) = default;
};

/// Goes into every hash to the group and every token. Secret when the pair has a preshared key.
using PairContext = Secret<struct PairContextTag, 32>;
/// HKDF(preshared key or 32 zero bytes; network, both members in order, epoch, rule version).
[[nodiscard]] PairContext pair_context(const Pair& pair, const PresharedKey* preshared);

/// What one side derives for a pair and epoch from the epoch's matching key. Nothing of it is stored: the key is.
struct PairSecrets {
  PairContext context;
  Scalar scalar;         ///< a
  Point commitment;      ///< a·G
  SymmetricKey dummies;  ///< Of which each dummy's v is derived, so that it can be opened.
  SymmetricKey draw;     ///< r of the opening audit; revealed at the epoch's end.

  [[nodiscard]] PairSecrets copy() const;
};
[[nodiscard]] PairSecrets derive_secrets(const MatchingKey& key, const Pair& pair,
                                         const PresharedKey* preshared);

[[nodiscard]] EpochOpen make_epoch_open(const Pair& pair, const PairSecrets& secrets,
                                        const PresharedKey* preshared, Entropy& entropy);

/// What EpochOpen says of a side's number for the draw: SHA-256("knoop/v1/draw" ‖ 0x00 ‖ r).
[[nodiscard]] Hash256 draw_commitment(const SymmetricKey& draw);

/// The peer's commitment. `pair` is ours (self is this node). Refuses: another epoch (wrong_state), other versions
/// (unknown_version), no point (bad_point), our own commitment sent back (bad_value), a proof that is not this peer's
/// for this pair, epoch and these versions (bad_proof), another preshared key (psk_differs).
[[nodiscard]] Result<Point> check_epoch_open(const Pair& pair, const PairSecrets& secrets,
                                             const PresharedKey* preshared, const EpochOpen& message);

/// KDF16: HMAC-SHA-512(pair context, "knoop/v1/token" ‖ 0x00 ‖ point ‖ epoch), first 16 bytes.
[[nodiscard]] Token token_of(const PairContext& context, Epoch epoch, const PointBytes& doubly_masked);

}  // namespace knoop::matching
