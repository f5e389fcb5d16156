#include "protocol/matching/bulk_proof.h"

#include "crypto/hash.h"
#include "protocol/matching/job_entropy.h"

namespace knoop::matching {
namespace {

void append_u32(Bytes& to, std::uint32_t value) {
  append_u16(to, static_cast<std::uint16_t>(value >> 16U));
  append_u16(to, static_cast<std::uint16_t>(value & 0xffffU));
}

Bytes context_of(const BulkStatement& statement) {
  Bytes about = to_bytes("knoop/v1/bulk");
  append_u8(about, 0);
  append(about, statement.batch_hash.view());
  append_u32(about, statement.range.from);
  append_u32(about, statement.range.count);
  append(about, statement.seed.view());
  const Pair& pair = statement.evaluator;
  return dleq_context(pair.network, pair.self, pair.peer, pair.epoch, sha256(about));
}

}  // namespace

Bytes coefficients(const ProofSeed& seed, const Hash256& batch_hash, const Range& range) {
  Bytes input = to_bytes("knoop/v1/coefficients");
  append_u8(input, 0);
  append(input, seed.view());
  append(input, batch_hash.view());
  append_u32(input, range.from);
  append_u32(input, range.count);
  const std::size_t constant = input.size();
  Bytes out;
  for (std::uint32_t block = 0; out.size() < range.count; ++block) {
    input.resize(constant);
    append_u32(input, block);
    const Hash512 bytes = sha512(input);
    const std::size_t wanted = std::min<std::size_t>(Hash512::size, range.count - out.size());
    out.insert(out.end(), bytes.data(), bytes.data() + wanted);
  }
  return out;
}

Result<DleqProof> prove_bulk(const BulkStatement& statement, const PairSecrets& secrets, const Point& inputs,
                             const SymmetricKey& nonce) {
  KNOOP_LET(outputs, multiply(secrets.scalar, inputs));
  JobEntropy entropy(nonce);
  const Bytes context = context_of(statement);
  return prove_dleq(secrets.scalar, {secrets.commitment, {&inputs, 1}, {&outputs, 1}, context}, entropy);
}

Result<void> verify_bulk(const BulkStatement& statement, const Point& peer_commitment, const Point& inputs,
                         const Point& outputs, const DleqProof& proof) {
  const Bytes context = context_of(statement);
  return verify_dleq({peer_commitment, {&inputs, 1}, {&outputs, 1}, context}, proof);
}

Result<void> check_request(const ProofRequest& request, std::size_t size, const ProofsAsked& before) {
  const std::uint64_t end = std::uint64_t{request.range.from} + request.range.count;
  if (request.range.count == 0 || end > size)
    return fail(ErrorCode::bad_value, Side::peer,
                "the peer asks a proof of handles {} to {} of a batch of {}", request.range.from, end, size);
  if (before.requests >= most_proof_requests || before.summed + request.range.count > most_sums * size)
    return fail(ErrorCode::over_limit, Side::peer,
                "the peer asks more proofs of one batch than finding every wrong answer needs");
  return {};
}

BulkCheck begin_bulk_check(std::size_t size) {
  BulkCheck out;
  out.open.push_back({0, static_cast<std::uint32_t>(size)});
  return out;
}

BulkStep next_step(const BulkCheck& check) {
  if (check.came) return BulkStep::verify;
  if (check.asked) return BulkStep::await;
  if (!check.refuted) return check.open.empty() ? BulkStep::proven : BulkStep::draw;
  const bool enough = check.wrong.size() >= most_named || check.requests >= most_proof_requests;
  return check.open.empty() || enough ? BulkStep::refuted : BulkStep::draw;
}

void bulk_asked(BulkCheck& check, const ProofSeed& seed) {
  KNOOP_ASSERT(!check.open.empty() && !check.asked, "one request at a time, about what is open");
  check.asked = check.open.back();
  check.seed = seed;
  check.came.reset();
  ++check.requests;
}

void bulk_judged(BulkCheck& check, bool holds) {
  KNOOP_ASSERT(!check.open.empty(), "an outcome is about what is open");
  const Range range = check.open.back();
  check.open.pop_back();
  check.asked.reset();
  check.seed.reset();
  check.came.reset();
  if (holds) return;
  check.refuted = true;
  if (range.count == 1) {
    check.wrong.push_back(range.from);
    return;
  }
  const std::uint32_t half = range.count / 2;
  check.open.push_back({range.from + half, range.count - half});
  check.open.push_back({range.from, half});
}

std::string name_wrong(const BulkCheck& check, Handle first, std::size_t size) {
  if (check.wrong.empty()) return fmt::format("some of handles {} to {}", first, first + size - 1);
  std::string out = check.wrong.size() == 1 ? "handle" : "handles";
  for (const std::uint32_t position : check.wrong)
    out += fmt::format("{} {}", position == check.wrong.front() ? "" : ",", first + position);
  if (!check.open.empty()) out += " and perhaps others";
  return out;
}

}  // namespace knoop::matching
