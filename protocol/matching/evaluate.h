// The second step and its proof, as pure jobs for a worker thread: struct in, struct out, no state.
//
//   evaluator:   D = b·P for every point, T = token of D, in small batches one DLEQ proof for the whole batch
//   registrant:  checks the proof against the peer's commitment and computes the same T
//
// Large batches are cut into parts, one a job, so that all processors work; their proof is in bulk_proof.h.
//
// Why every evaluation is proven, also where nothing matches: the evaluator sees a match before it answers. With proofs
// on visible matches only, it could answer noise for exactly those handles, and the registrant would never know.
//
// A hostile registrant can send points that are none, the identity, or another first handle: the batch is refused
// whole. It can mask with another exponent than it committed to: then it sees matches of its own making, one handle of
// its quota each; the opening audit is the answer to that. A hostile evaluator can answer nothing but b·P, or nothing
// at all, which is visible.
#pragma once

#include <span>

#include "protocol/matching/messages.h"
#include "protocol/matching/pair.h"

namespace knoop::matching {

/// A batch before any mathematics: the number we wait for, a size that batches have. Cheap, on the core thread.
[[nodiscard]] Result<void> check_batch(const RegisterBatch& batch, Epoch epoch, Handle expected_first);

/// Whether the answer is one to this batch: numbers, size, and a proof exactly in small batches. Cheap.
[[nodiscard]] Result<void> check_answer(const RegisterBatch& batch, const Evaluated& answer);

[[nodiscard]] inline bool is_small(const RegisterBatch& batch) {
  return batch.points.size() <= most_in_small_batch;
}

/// Points of the group; bad_point at Side::peer names the position, counted from `offset`.
[[nodiscard]] Result<std::vector<Point>> parse_points(std::span<const PointBytes> encoded,
                                                      std::size_t offset = 0);

struct EvaluatedPart {
  std::vector<PointBytes> points;
  std::vector<Token> tokens;
};
/// Parses and multiplies; bad_point at Side::peer names the position, counted from `offset`.
[[nodiscard]] Result<EvaluatedPart> evaluate_part(const PairSecrets& secrets, Epoch epoch,
                                                  std::span<const PointBytes> inputs, std::size_t offset = 0);
[[nodiscard]] std::vector<Token> tokens_of(const PairContext& context, Epoch epoch,
                                           std::span<const PointBytes> outputs);

struct EvaluateJob {
  Pair pair;  ///< Self is the evaluator.
  PairSecrets secrets;
  RegisterBatch batch;  ///< Past check_batch, small.
  SymmetricKey nonce;   ///< Fresh from Entropy: a worker has no random source of its own.
};
struct Evaluation {
  Evaluated answer;
  std::vector<Token> tokens;  ///< tokens[i] belongs to handle batch.first + i of the peer.
};
/// bad_point at Side::peer when any point is refused.
[[nodiscard]] Result<Evaluation> evaluate(const EvaluateJob& job);

struct CheckJob {
  Pair pair;  ///< Self is the registrant.
  PairContext context;
  Point peer_commitment;  ///< From the peer's EpochOpen.
  RegisterBatch batch;    ///< As it was sent, small.
  Evaluated answer;
};
/// The tokens of our handles, proven. Errors at Side::peer: bad_value (answers another batch), bad_point, bad_proof.
[[nodiscard]] Result<std::vector<Token>> check_evaluation(const CheckJob& job);

/// Names inputs, outputs and everything else that a batch says; goes into the proof's context.
[[nodiscard]] Hash256 batch_hash(const RegisterBatch& batch, const std::vector<PointBytes>& outputs);

}  // namespace knoop::matching
