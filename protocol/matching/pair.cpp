#include "protocol/matching/pair.h"

#include <algorithm>

#include "crypto/hash.h"
#include "crypto/hkdf.h"

namespace knoop::matching {
namespace {

Bytes labelled(std::string_view label) {
  Bytes out = to_bytes(label);
  out.push_back(0);
  return out;
}

// Both members in order, so that both sides write the same bytes.
void append_members(Bytes& to, const Pair& pair) {
  append(to, std::min(pair.self, pair.peer).view());
  append(to, std::max(pair.self, pair.peer).view());
}

Bytes preshared_or_zeros(const PresharedKey* preshared) {
  return preshared != nullptr ? to_bytes(preshared->expose()) : Bytes(PresharedKey::size, 0);
}

// What the sender's exponent is for: everything that the proof and the MAC bind.
Bytes statement(const Pair& prover, const EpochOpen& message) {
  Bytes out = labelled("knoop/v1/epoch");
  append(out, prover.network.view());
  append(out, prover.self.view());
  append(out, prover.peer.view());
  append_u64(out, message.epoch);
  append_u16(out, message.protocol_version);
  append_u16(out, message.rule_version);
  append(out, message.versions.view());
  append(out, message.draw.view());
  return out;
}

Mac mac_of(const Pair& prover, const PresharedKey* preshared, const EpochOpen& message) {
  Bytes info = labelled("knoop/v1/epoch-mac");
  append(info, prover.network.view());
  append_members(info, prover);
  Bytes input = preshared_or_zeros(preshared);
  const auto key = hkdf<SymmetricKey>({}, input, info);
  wipe(input.data(), input.size());

  Bytes said = statement(prover, message);
  append(said, message.commitment.view());
  append(said, message.proof.view());
  const Hash512 full = hmac_sha512(key.expose(), said);
  Mac out;
  std::copy_n(full.data(), Mac::size, out.data());
  return out;
}

}  // namespace

MatchId match_id(const ClaimId& claim, const GroupId& group) {
  Bytes input = labelled("knoop/v1/match");
  append(input, claim.view());
  append(input, group.view());
  const Hash256 full = sha256(input);
  MatchId out;
  std::copy_n(full.data(), MatchId::size, out.data());
  return out;
}

Pair Pair::turned() const {
  Pair out = *this;
  std::swap(out.self, out.peer);
  return out;
}

PairContext pair_context(const Pair& pair, const PresharedKey* preshared) {
  Bytes info = labelled("knoop/v1/pair");
  append(info, pair.network.view());
  append_members(info, pair);
  append_u64(info, pair.epoch);
  append_u16(info, pair.rule_version);
  Bytes input = preshared_or_zeros(preshared);
  auto out = hkdf<PairContext>({}, input, info);
  wipe(input.data(), input.size());
  return out;
}

PairSecrets PairSecrets::copy() const {
  return {context.copy(), scalar.copy(), commitment, dummies.copy(), draw.copy()};
}

PairSecrets derive_secrets(const MatchingKey& key, const Pair& pair, const PresharedKey* preshared) {
  const auto derive = [&](std::string_view label) {
    Bytes info = labelled(label);
    append(info, pair.network.view());
    append(info, pair.self.view());
    append(info, pair.peer.view());
    append_u64(info, pair.epoch);
    return hkdf<SymmetricKey>({}, key.expose(), info);
  };
  const auto seed = derive("knoop/v1/pair-scalar");
  Scalar scalar = hash_to_scalar(seed.expose(), "knoop/v1/pair-scalar");
  Point commitment = multiply_base(scalar);
  return {pair_context(pair, preshared), std::move(scalar), commitment, derive("knoop/v1/dummies"),
          derive("knoop/v1/draw")};
}

Hash256 draw_commitment(const SymmetricKey& draw) {
  Bytes input = labelled("knoop/v1/draw");
  append(input, draw.expose());
  const Hash256 out = sha256(input);
  wipe(input.data(), input.size());
  return out;
}

EpochOpen make_epoch_open(const Pair& pair, const PairSecrets& secrets, const PresharedKey* preshared,
                          Entropy& entropy) {
  EpochOpen out;
  out.epoch = pair.epoch;
  out.protocol_version = pair.protocol_version;
  out.rule_version = pair.rule_version;
  out.versions = pair.versions;
  out.commitment = secrets.commitment.bytes();
  out.draw = draw_commitment(secrets.draw);
  auto proof = prove_knowledge(secrets.scalar, statement(pair, out), entropy);
  KNOOP_ASSERT(proof.has_value(), "a proof about our own scalar fails only if a hash is zero");
  out.proof = *proof;
  out.mac = mac_of(pair, preshared, out);
  return out;
}

Result<Point> check_epoch_open(const Pair& pair, const PairSecrets& secrets, const PresharedKey* preshared,
                               const EpochOpen& message) {
  if (message.epoch != pair.epoch)
    return fail(ErrorCode::wrong_state, Side::peer, "the peer opened matching epoch {}, this node expects {}",
                message.epoch, pair.epoch);
  if (message.protocol_version != pair.protocol_version || message.rule_version != pair.rule_version ||
      message.versions != pair.versions)
    return fail(ErrorCode::unknown_version, Side::peer,
                "the peer opened matching epoch {} for protocol {} and identifier rules {}, this node agreed "
                "on {} and "
                "{}; reconnect both nodes",
                message.epoch, message.protocol_version, message.rule_version, pair.protocol_version,
                pair.rule_version);
  KNOOP_LET(commitment, Point::parse(message.commitment.view()));
  // A reflected commitment would make both tokens of a pair alike without any shared client.
  if (commitment == secrets.commitment)
    return fail(ErrorCode::bad_value, Side::peer, "the peer sent this node's own matching commitment back");
  const Pair prover = pair.turned();
  KNOOP_TRY(verify_knowledge(commitment, statement(prover, message), message.proof));
  if (!equal_constant_time(mac_of(prover, preshared, message).view(), message.mac.view()))
    return fail(
        ErrorCode::psk_differs, Side::peer,
        "the preshared key of this pair differs at the two nodes; compare it and set it again at both");
  return commitment;
}

Token token_of(const PairContext& context, Epoch epoch, const PointBytes& doubly_masked) {
  Bytes input = labelled("knoop/v1/token");
  append(input, doubly_masked.view());
  append_u64(input, epoch);
  const Hash512 full = hmac_sha512(context.expose(), input);
  Token out;
  std::copy_n(full.data(), Token::size, out.data());
  return out;
}

}  // namespace knoop::matching
