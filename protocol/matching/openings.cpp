#include "protocol/matching/openings.h"

#include <algorithm>
#include <array>
#include <utility>

#include "crypto/hash.h"
#include "crypto/hkdf.h"
#include "crypto/seal.h"
#include "protocol/matching/blind.h"
#include "protocol/matching/job_entropy.h"

namespace knoop::matching {
namespace {

constexpr std::string_view statement_label = "knoop/v1/epoch-statement";
constexpr std::string_view opening_label = "knoop/v1/opening";
constexpr std::string_view context_label = "knoop/v1/opening-context";

Bytes labelled(std::string_view label) {
  Bytes out = to_bytes(label);
  out.push_back(0);
  return out;
}

Bytes signed_bytes(const NetworkId& network, const MemberId& sender, const MemberId& recipient,
                   EpochStatement statement) {
  statement.signature = {};
  Bytes out;
  append(out, network.view());
  append(out, sender.view());
  append(out, recipient.view());
  append(out, encode(statement));
  return out;
}

// Ties a box to its place: one that was made for another handle, epoch or peer does not open.
Bytes place_of(const NetworkId& network, const MemberId& registrant, const MemberId& peer, Epoch epoch,
               Handle handle) {
  Bytes out;
  append(out, network.view());
  append(out, registrant.view());
  append(out, peer.view());
  append_u64(out, epoch);
  append_u64(out, handle);
  return out;
}

Bytes proof_context(const NetworkId& network, const MemberId& registrant, const MemberId& peer, Epoch epoch,
                    Handle handle) {
  Bytes name = labelled(opening_label);
  append_u64(name, handle);
  return dleq_context(network, registrant, peer, epoch, sha256(name));
}

// The identifier, if its point was registered; else the dummy, if that was; else nothing.
Result<std::optional<Opening>> open_handle(const OpenJob& job, const ToOpen& item, Entropy& entropy) {
  const Identifier filling = dummy(job.secrets.dummies, item.handle);
  for (const Identifier* const identifier : {item.identifier ? &*item.identifier : &filling, &filling}) {
    const Point hashed = hash_identifier(job.secrets.context, *identifier);
    KNOOP_LET(point, multiply(job.secrets.scalar, hashed));
    if (point.bytes() != item.point) continue;
    const Bytes context =
        proof_context(job.pair.network, job.pair.self, job.pair.peer, job.pair.epoch, item.handle);
    KNOOP_LET(proof, prove_dleq(job.secrets.scalar,
                                {job.secrets.commitment, {&hashed, 1}, {&point, 1}, context}, entropy));
    const bool is_dummy = identifier == &filling;
    return Opening{item.handle,       static_cast<std::uint8_t>(identifier->kind),
                   identifier->value, is_dummy ? std::string() : item.reference,
                   item.point,        proof};
  }
  return std::nullopt;
}

}  // namespace

Hash256 context_name(const PairContext& context) {
  Bytes input = labelled("knoop/v1/pair-name");
  append(input, context.expose());
  const Hash256 out = sha256(input);
  wipe(input.data(), input.size());
  return out;
}

EpochStatement make_statement(const Pair& pair, const PairSecrets& secrets, const PointBytes& peer_commitment,
                              const RegisteredTree& registered, const RegisteredTree& received,
                              const SigningSecretKey& key) {
  EpochStatement out;
  out.epoch = pair.epoch;
  out.context = context_name(secrets.context);
  out.commitment = secrets.commitment.bytes();
  out.peer_commitment = peer_commitment;
  out.registered = registered;
  out.received = received;
  std::ranges::copy(secrets.draw.expose(), out.draw.data());
  out.signature = sign(key, statement_label, signed_bytes(pair.network, pair.self, pair.peer, out));
  return out;
}

Result<void> verify_statement(const NetworkId& network, const MemberId& sender, const MemberId& recipient,
                              const EpochStatement& statement, const SigningPublicKey& key) {
  if (!verify(key, statement_label, signed_bytes(network, sender, recipient, statement), statement.signature))
    return fail(ErrorCode::bad_signature, Side::peer,
                "the statement about matching epoch {} is not signed by its sender", statement.epoch);
  return {};
}

Result<void> check_statement(const NetworkId& network, const MemberId& sender, const MemberId& recipient,
                             const EpochStatement& own, const Hash256& draw, const SigningPublicKey& key,
                             const EpochStatement& statement) {
  if (statement.epoch != own.epoch)
    return fail(ErrorCode::wrong_state, Side::peer,
                "the peer's statement is about another matching epoch, {}", statement.epoch);
  KNOOP_TRY(verify_statement(network, sender, recipient, statement, key));
  if (statement.context != own.context || statement.commitment != own.peer_commitment ||
      statement.peer_commitment != own.commitment)
    return fail(ErrorCode::bad_value, Side::peer,
                "the peer's statement about matching epoch {} names other keys than both used",
                statement.epoch);
  const auto number = SymmetricKey::from(statement.draw.view());
  KNOOP_ASSERT(number.has_value(), "both are 32 bytes");
  if (draw_commitment(*number) != draw)
    return fail(ErrorCode::bad_value, Side::peer,
                "the peer's statement about matching epoch {} does not open what it committed to",
                statement.epoch);
  return {};
}

std::vector<Handle> challenged(const DrawNumber& draw, std::uint64_t handles, std::uint32_t sample) {
  // A heap of the lowest so far, its highest on top.
  std::vector<std::pair<Hash512, Handle>> lowest;
  for (Handle handle = 1; handle <= handles && sample > 0; ++handle) {
    Bytes input;
    append_u64(input, handle);
    std::pair<Hash512, Handle> rank{hmac_sha512(draw.view(), input), handle};
    if (lowest.size() == sample) {
      if (lowest.front() < rank) continue;
      std::ranges::pop_heap(lowest);
      lowest.back() = rank;
    } else {
      lowest.push_back(rank);
    }
    std::ranges::push_heap(lowest);
  }
  std::vector<Handle> out;
  out.reserve(lowest.size());
  for (const auto& [rank, handle] : lowest) out.push_back(handle);
  std::ranges::sort(out);
  return out;
}

Result<std::vector<SealedOpening>> open_handles(const OpenJob& job) {
  JobEntropy entropy(job.nonce);
  const SealContext box{opening_label, job.auditor};
  std::vector<SealedOpening> out;
  out.reserve(job.handles.size());
  for (const ToOpen& item : job.handles) {
    KNOOP_LET(opening, open_handle(job, item, entropy));
    if (!opening) continue;
    Bytes plain = encode(*opening);
    auto sealed =
        seal(box, plain,
             place_of(job.pair.network, job.pair.self, job.pair.peer, job.pair.epoch, item.handle), entropy);
    wipe(plain.data(), plain.size());
    if (!sealed) return tl::unexpected<Error>(sealed.error());
    out.push_back({item.handle, std::move(*sealed)});
  }
  return out;
}

Result<std::vector<MerkleProof>> paths_of(std::span<const PointBytes> points,
                                          std::span<const Handle> handles) {
  // Every complete subtree once: a proof asks for few of them, but for other ones each time.
  std::vector<std::vector<Hash256>> levels(1);
  levels[0].reserve(points.size());
  for (const PointBytes& point : points) levels[0].push_back(leaf_hash(point.view()));
  while (levels.back().size() > 1) {
    const std::vector<Hash256>& below = levels.back();
    std::vector<Hash256> above;
    above.reserve(below.size() / 2);
    for (std::size_t i = 0; i + 1 < below.size(); i += 2) above.push_back(node_hash(below[i], below[i + 1]));
    levels.push_back(std::move(above));
  }
  const NodeReader read = [&levels](unsigned level, std::uint64_t index) -> Result<Hash256> {
    KNOOP_ASSERT(level < levels.size() && index < levels[level].size(), "complete subtrees of the tree");
    return levels[level][index];
  };
  std::vector<MerkleProof> out;
  out.reserve(handles.size());
  for (const Handle handle : handles) {
    KNOOP_LET(path, inclusion_proof(handle - 1, points.size(), read));
    out.push_back(std::move(path));
  }
  return out;
}

RegisteredTree tree_of(std::span<const PointBytes> points) {
  CompactTree tree;
  append_points(tree, points);
  return {tree.size(), tree.root()};
}

void append_points(CompactTree& tree, std::span<const PointBytes> points) {
  for (const PointBytes& point : points) tree.append(leaf_hash(point.view()));
}

Result<Bytes> seal_context(const Pair& pair, const PairSecrets& secrets, const SealingPublicKey& auditor,
                           Entropy& entropy) {
  return seal({context_label, auditor}, secrets.context.expose(),
              place_of(pair.network, pair.self, pair.peer, pair.epoch, 0), entropy);
}

Result<void> check_agreement(const Audit& audit) {
  const EpochStatement& own = audit.own;
  const EpochStatement& peers = audit.peers;
  if (own.epoch != peers.epoch || own.context != peers.context || own.commitment != peers.peer_commitment ||
      own.peer_commitment != peers.commitment)
    return fail(ErrorCode::conflict, Side::peer,
                "the statements of both organisations are about different epochs or keys");
  if (peers.received.handles > most_handles_of_an_epoch)
    return fail(
        ErrorCode::over_limit, Side::peer,
        "the statements speak of {} handles in epoch {}, which no quota allows; ask both organisations",
        peers.received.handles, own.epoch);
  // A last batch may have been on its way when the epoch ended: only what was received can have been used.
  if (own.registered.handles < peers.received.handles ||
      (own.registered.handles == peers.received.handles && own.registered.root != peers.received.root))
    return fail(ErrorCode::conflict, Side::peer,
                "the organisations contradict each other about what was registered in epoch {}: {} and {} "
                "handles; compare their logs",
                own.epoch, own.registered.handles, peers.received.handles);
  return {};
}

Result<PairContext> open_context(const Audit& audit, const AuditorKey& key, ByteView sealed) {
  KNOOP_LET(plain, open({context_label, key.public_key}, key.secret_key, sealed,
                        place_of(audit.network, audit.registrant, audit.peer, audit.own.epoch, 0)));
  auto context = PairContext::from(plain);
  wipe(plain.data(), plain.size());
  if (context && context_name(*context) != audit.peers.context)
    return fail(ErrorCode::bad_value, Side::peer, "the sealed pair context is not the one that both used");
  return context;
}

Result<Opening> check_opening(const Audit& audit, const PairContext& context, const AuditorKey& key,
                              Handle handle, ByteView sealed, const MerkleProof& path) {
  KNOOP_LET(plain, open({opening_label, key.public_key}, key.secret_key, sealed,
                        place_of(audit.network, audit.registrant, audit.peer, audit.own.epoch, handle)));
  auto opening = decode<Opening>(plain);
  wipe(plain.data(), plain.size());
  if (!opening) return tl::unexpected<Error>(opening.error());
  if (opening->handle != handle || (opening->kind != 0 && !kind_of(opening->kind)))
    return fail(ErrorCode::bad_value, Side::peer, "the opening of handle {} is of no known kind", handle);
  KNOOP_TRY(verify_inclusion(leaf_hash(opening->point.view()), handle - 1, audit.peers.received.handles, path,
                             audit.peers.received.root));
  KNOOP_LET(point, Point::parse(opening->point.view()));
  KNOOP_LET(commitment, Point::parse(audit.peers.peer_commitment.view()));
  const Point hashed = hash_identifier(context, {static_cast<Kind>(opening->kind), opening->value});
  const Bytes proven = proof_context(audit.network, audit.registrant, audit.peer, audit.own.epoch, handle);
  KNOOP_TRY(verify_dleq({commitment, {&hashed, 1}, {&point, 1}, proven}, opening->proof));
  return opening;
}

}  // namespace knoop::matching
