#include "protocol/matching/evaluate.h"

#include <algorithm>

#include "crypto/dleq.h"
#include "crypto/hash.h"
#include "protocol/matching/blind.h"
#include "protocol/matching/job_entropy.h"

namespace knoop::matching {
namespace {

Bytes context_of(const Pair& evaluator, const RegisterBatch& batch, const std::vector<PointBytes>& outputs) {
  return dleq_context(evaluator.network, evaluator.self, evaluator.peer, evaluator.epoch,
                      batch_hash(batch, outputs));
}

tl::unexpected<Error> no_point(std::size_t position) {
  return fail(ErrorCode::bad_point, Side::peer,
              "element {} of the peer's matching batch is no point of the group", position);
}

}  // namespace

Result<std::vector<Point>> parse_points(std::span<const PointBytes> encoded, std::size_t offset) {
  std::vector<Point> out;
  out.reserve(encoded.size());
  for (std::size_t i = 0; i < encoded.size(); ++i) {
    auto point = Point::parse(encoded[i].view());
    if (!point) return no_point(offset + i);
    out.push_back(*point);
  }
  return out;
}

std::vector<Token> tokens_of(const PairContext& context, Epoch epoch, std::span<const PointBytes> outputs) {
  std::vector<Token> out;
  out.reserve(outputs.size());
  for (const PointBytes& output : outputs) out.push_back(token_of(context, epoch, output));
  return out;
}

Result<EvaluatedPart> evaluate_part(const PairSecrets& secrets, Epoch epoch,
                                    std::span<const PointBytes> inputs, std::size_t offset) {
  EvaluatedPart out;
  out.points.reserve(inputs.size());
  out.tokens.reserve(inputs.size());
  for (const PointBytes& input : inputs) {
    const auto output = parse_and_multiply(secrets.scalar, input);
    if (!output) return no_point(offset + out.points.size());
    out.points.push_back(output->bytes());
    out.tokens.push_back(token_of(secrets.context, epoch, out.points.back()));
  }
  return out;
}

Hash256 batch_hash(const RegisterBatch& batch, const std::vector<PointBytes>& outputs) {
  Bytes head = to_bytes("knoop/v1/batch");
  append_u8(head, 0);
  append_u64(head, batch.epoch);
  append_u64(head, batch.first);
  append_u16(head, batch.expires);
  append_u16(head, static_cast<std::uint16_t>(batch.points.size()));
  Sha256 hash;
  hash.update(head);
  for (const auto& point : batch.points) hash.update(point.view());
  for (const auto& point : outputs) hash.update(point.view());
  return hash.finish();
}

Result<void> check_batch(const RegisterBatch& batch, Epoch epoch, Handle expected_first) {
  if (batch.epoch != epoch)
    return fail(ErrorCode::wrong_state, Side::peer,
                "the peer registers in matching epoch {}, which is not open", batch.epoch);
  if (batch.first != expected_first)
    return fail(ErrorCode::bad_sequence, Side::peer,
                "the peer's matching batch begins at {}, expected was {}", batch.first, expected_first);
  if (std::ranges::find(batch_sizes, batch.points.size()) == batch_sizes.end())
    return fail(ErrorCode::bad_value, Side::peer,
                "the peer's matching batch has {} elements, which no batch has", batch.points.size());
  return {};
}

Result<void> check_answer(const RegisterBatch& batch, const Evaluated& answer) {
  if (answer.epoch != batch.epoch || answer.first != batch.first ||
      answer.points.size() != batch.points.size())
    return fail(ErrorCode::bad_value, Side::peer,
                "the peer answers {} matching handles from {} in epoch {}, asked were {} from {} in epoch {}",
                answer.points.size(), answer.first, answer.epoch, batch.points.size(), batch.first,
                batch.epoch);
  if (is_small(batch) && !answer.proof)
    return fail(ErrorCode::bad_proof, Side::peer, "the peer answered a matching batch without its proof");
  if (!is_small(batch) && answer.proof)
    return fail(ErrorCode::bad_value, Side::peer,
                "the peer proves a large matching batch before it was asked to, which proves nothing");
  return {};
}

Result<Evaluation> evaluate(const EvaluateJob& job) {
  KNOOP_LET(inputs, parse_points(job.batch.points));
  KNOOP_LET(part, evaluate_part(job.secrets, job.batch.epoch, job.batch.points));
  Evaluation out{{job.batch.epoch, job.batch.first, std::move(part.points), {}}, std::move(part.tokens)};
  KNOOP_LET(outputs, parse_points(out.answer.points));
  const Bytes context = context_of(job.pair, job.batch, out.answer.points);
  JobEntropy entropy(job.nonce);
  KNOOP_LET(proof,
            prove_dleq(job.secrets.scalar, {job.secrets.commitment, inputs, outputs, context}, entropy));
  out.answer.proof = proof;
  return out;
}

Result<std::vector<Token>> check_evaluation(const CheckJob& job) {
  const Evaluated& answer = job.answer;
  KNOOP_TRY(check_answer(job.batch, answer));
  KNOOP_LET(inputs, parse_points(job.batch.points));
  KNOOP_LET(outputs, parse_points(answer.points));
  const Bytes context = context_of(job.pair.turned(), job.batch, answer.points);
  KNOOP_TRY(verify_dleq({job.peer_commitment, inputs, outputs, context}, *answer.proof));
  return tokens_of(job.context, job.batch.epoch, answer.points);
}

}  // namespace knoop::matching
