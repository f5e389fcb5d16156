// What is owed about batches of matching, by peers and by this node, and how a batch ends that went wrong
// (protocol/matching/terms.h). The batches themselves are in matching_repository.h.
#pragma once

#include "storage/matching_repository.h"

namespace knoop::storage {

/// The peer owes us something about our batch for so long by now.
[[nodiscard]] Result<void> set_batch_owed(Transaction& tx, PairId pair, Milliseconds owed);
[[nodiscard]] Result<void> set_batch_overdue(Transaction& tx, PairId pair, Timestamp since);
/// What was owed came. True when it was overdue.
[[nodiscard]] Result<bool> clear_batch_owed(Transaction& tx, PairId pair);
/// The batch is to be sent again, not before `hold`.
[[nodiscard]] Result<void> hold_batch(Transaction& tx, PairId pair, Timestamp hold);
/// This member owes us an answer or proof past its term, in whatever epoch.
[[nodiscard]] Result<bool> is_owing(Transaction& tx, const MemberId& peer);

/// Large batches: where the check of the evaluation stands, and whether a proof is awaited for it.
[[nodiscard]] Result<void> set_batch_search(Transaction& tx, PairId pair, const std::optional<Bytes>& search,
                                            bool proof_owed);
/// The whole batch is proven; its tokens are kept from now on, of `stored` handles by now.
[[nodiscard]] Result<void> set_batch_stored(Transaction& tx, PairId pair, std::size_t stored);
[[nodiscard]] Result<void> end_batch(Transaction& tx, PairId pair);

/// The evaluation of our batch was false: it waits.
[[nodiscard]] Result<void> fail_batch(Transaction& tx, PairId pair);
/// Ends our batch whose evaluation was false: what it registered and is still wanted is queued again, for new handles.
/// The old ones stay as they are at the peer: a token that it knows moves to the new handle.
[[nodiscard]] Result<void> requeue_batch(Transaction& tx, PairId pair, const OwnBatch& batch);

/// Of so many handles of the peer's large batch the tokens are kept.
[[nodiscard]] Result<void> set_peer_batch_stored(Transaction& tx, PairId pair, std::size_t stored);
/// Its answer went out; from now on proofs may be asked.
[[nodiscard]] Result<void> set_peer_batch_answered(Transaction& tx, PairId pair, const Hash256& batch_hash);
[[nodiscard]] Result<void> add_proof_request(Transaction& tx, PairId pair, const Bytes& request,
                                             std::size_t handles);
[[nodiscard]] Result<void> end_proof_request(Transaction& tx, PairId pair);
/// The peer asks nothing more about it.
[[nodiscard]] Result<void> end_peer_batch(Transaction& tx, PairId pair);

/// The peer says that our answer to its batch is late. False when it said so before, or when there is no such batch.
[[nodiscard]] Result<bool> note_overdue_answer(Transaction& tx, PairId pair, Timestamp now);

/// The peer found an evaluation of ours false, and nobody has looked into it yet.
[[nodiscard]] Result<void> set_disputed(Transaction& tx, const MemberId& peer, Timestamp since);
[[nodiscard]] Result<std::optional<Timestamp>> disputed_since(Transaction& tx, const MemberId& peer);
/// False when there was nothing.
[[nodiscard]] Result<bool> clear_disputed(Transaction& tx, const MemberId& peer);

}  // namespace knoop::storage
