#include "protocol/matching/evaluate.h"

#include <algorithm>

#include "crypto/dleq.h"
#include "crypto/hash.h"
#include "crypto/hkdf.h"
#include "protocol/matching/blind.h"
#include "protocol/matching/job_entropy.h"

namespace knoop::matching {
namespace {

Result<std::vector<Point>> parse_points(const std::vector<PointBytes>& encoded) {
  std::vector<Point> out;
  out.reserve(encoded.size());
  for (std::size_t i = 0; i < encoded.size(); ++i) {
    auto point = Point::parse(encoded[i].view());
    if (!point)
      return fail(ErrorCode::bad_point, Side::peer,
                  "element {} of the peer's matching batch is no point of the group", i);
    out.push_back(*point);
  }
  return out;
}

Bytes context_of(const Pair& evaluator, const RegisterBatch& batch, const std::vector<PointBytes>& outputs) {
  return dleq_context(evaluator.network, evaluator.self, evaluator.peer, evaluator.epoch,
                      batch_hash(batch, outputs));
}

}  // namespace

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

Result<Evaluation> evaluate(const EvaluateJob& job) {
  KNOOP_LET(inputs, parse_points(job.batch.points));
  Evaluation out;
  out.answer.epoch = job.batch.epoch;
  out.answer.first = job.batch.first;
  std::vector<Point> outputs;
  outputs.reserve(inputs.size());
  for (const Point& input : inputs) {
    KNOOP_LET(output, multiply(job.secrets.scalar, input));
    out.tokens.push_back(token_of(job.secrets.context, job.batch.epoch, output));
    out.answer.points.push_back(output.bytes());
    outputs.push_back(output);
  }
  const Bytes context = context_of(job.pair, job.batch, out.answer.points);
  JobEntropy entropy(job.nonce);
  KNOOP_LET(proof,
            prove_dleq(job.secrets.scalar, {job.secrets.commitment, inputs, outputs, context}, entropy));
  out.answer.proof = proof;
  return out;
}

Result<std::vector<Token>> check_evaluation(const CheckJob& job) {
  const Evaluated& answer = job.answer;
  if (answer.epoch != job.batch.epoch || answer.first != job.batch.first ||
      answer.points.size() != job.batch.points.size())
    return fail(ErrorCode::bad_value, Side::peer,
                "the peer answers {} matching handles from {} in epoch {}, asked were {} from {} in epoch {}",
                answer.points.size(), answer.first, answer.epoch, job.batch.points.size(), job.batch.first,
                job.batch.epoch);
  if (!answer.proof)
    return fail(ErrorCode::bad_proof, Side::peer, "the peer answered a matching batch without its proof");
  KNOOP_LET(inputs, parse_points(job.batch.points));
  KNOOP_LET(outputs, parse_points(answer.points));
  const Bytes context = context_of(job.pair.turned(), job.batch, answer.points);
  KNOOP_TRY(verify_dleq({job.peer_commitment, inputs, outputs, context}, *answer.proof));

  std::vector<Token> tokens;
  tokens.reserve(outputs.size());
  for (const Point& output : outputs) tokens.push_back(token_of(job.context, job.batch.epoch, output));
  return tokens;
}

}  // namespace knoop::matching
