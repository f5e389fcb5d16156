// Large batches (more than matching::most_in_small_batch handles: first loads and new epochs). Part of
// MatchingRegistration; the proof itself is protocol/matching/bulk_proof.h.
//
//   ours      answered → parsed in parts → for each draw: seed, sums in parts, ProofRequest → Proof checked …
//             → proven: tokens kept in slices, BatchClosed        or refuted: wrong handles named, BatchClosed, trouble
//   a peer's  kept → evaluated in parts → tokens kept in slices → Evaluated without a proof
//             → each ProofRequest: sum in parts, Proof …  → BatchClosed: points forgotten
//
// The seed is drawn in an event after the one that stored the answers, and the request leaves after its commit: D is
// durable before anybody knows the seed. What is durable is in the rows of matching_batches.h; the parsed points here
// are only kept so as not to read a megabyte at every look, and are made again after a restart. No event takes longer
// than a slice.
#pragma once

#include <map>
#include <memory>

#include "node/core/context.h"
#include "node/core/service.h"
#include "protocol/matching/bulk_proof.h"
#include "storage/matching_batches.h"

namespace knoop {

class MatchingBulk {
 public:
  /// Both: true when a slice is left to be done at once.
  Result<bool> advance_own(Context& context, const storage::MatchingPair& pair,
                           const storage::OwnBatch& batch);
  Result<bool> advance_peers(Context& context, const storage::MatchingPair& pair,
                             const storage::PeerBatch& batch);

  /// The peer closed its batch: what was kept in memory for proofs goes.
  void forget_peers(storage::PairId pair) { peers_.erase(pair); }

  Result<void> on_proof_request(Context& context, const Received& message);
  Result<void> on_proof(Context& context, const Received& message);

 private:
  struct Own;
  struct Peers;

  Result<void> start_loading_own(Context& context, const storage::MatchingPair& pair,
                                 std::shared_ptr<Own> own);
  void compute_tokens(Context& context, const std::shared_ptr<Own>& own);
  void sum_own(Context& context, const std::shared_ptr<Own>& own, const matching::Range& range,
               const matching::ProofSeed& seed);
  void verify(Context& context, const storage::MatchingPair& pair, const std::shared_ptr<Own>& own,
              const Point& commitment, const matching::BulkCheck& check);
  Result<void> judged(Context& context, const std::shared_ptr<Own>& own, matching::BulkCheck check,
                      bool holds);
  Result<void> refute(Context& context, const std::shared_ptr<Own>& own, const Error& error);
  Result<bool> keep_own(Context& context, const storage::MatchingPair& pair, const storage::OwnBatch& batch,
                        const std::shared_ptr<Own>& own);
  /// The batch as it is now, when it is still this one.
  Result<std::optional<storage::OwnBatch>> current(Context& context, const std::shared_ptr<Own>& own);

  Result<void> start_loading_peers(Context& context, const storage::MatchingPair& pair,
                                   const storage::PeerBatch& batch);
  void evaluate_peers(Context& context, const std::shared_ptr<Peers>& peers);
  Result<bool> keep_peers(Context& context, const storage::MatchingPair& pair,
                          const storage::PeerBatch& batch, const std::shared_ptr<Peers>& peers);
  Result<void> start_proving(Context& context, const storage::PeerBatch& batch,
                             const std::shared_ptr<Peers>& peers);

  std::map<storage::PairId, std::shared_ptr<Own>> own_;
  std::map<storage::PairId, std::shared_ptr<Peers>> peers_;
};

}  // namespace knoop
