// Epochs of every pair: opening them, ending them, and the end of their keys (protocol.md section 3,
// protocol/matching/epochs.h, docs/spec/matching.md). Part of MatchingService.
//
// Like registration it is driven by rows: advance() looks at each pair's rows and does what they call for, so a crash at
// any instruction is made good by looking again. What happens to an ended epoch, in this order, each in its own time:
//
//   1. the peer hears of it (EpochEnded), the hooks of on_ended() run    at once
//   2. the claimant's claims move to the newer epoch (EpochEnded.moved)  when the newer one holds their matches
//   3. our key is destroyed (destroy())                                  when the opening audit is done, or after 14 days
//   4. our handles are deleted                                           after 2 and 3
//
// Every epoch of every pair has a key of its own. It lies in the pair's row, in the encrypted database like all keys of
// the node, until step 3; nothing that was derived from it is stored.
#pragma once

#include <functional>
#include <vector>

#include "node/core/service.h"
#include "protocol/matching/epochs.h"
#include "storage/matching_repository.h"

namespace knoop {

class MatchingMatches;

class MatchingEpochs {
 public:
  /// Runs once when an epoch has ended at this node: the key and the rows of own_handles are there, and stay until
  /// destroy(). Whoever sets a hook calls that; without any the key is destroyed at once. An Error is logged, undoes
  /// what was done at that look, and the hook runs again at the next.
  using Hook = std::function<Result<void>(Context&, const storage::MatchingPair& pair)>;

  explicit MatchingEpochs(MatchingMatches& matches) : matches_(matches) {}

  void register_handlers(Dispatcher& dispatcher);
  void on_ended(Hook hook) { hooks_.push_back(std::move(hook)); }

  /// The first epoch with members that have none, and the next with pairs whose epoch is old enough.
  Result<void> open_due(Context& context);
  /// The next epoch with this peer now: after a theft, a restore, a change of version or of the preshared key. Epochs that
  /// are in trouble end at once. Returns its number. wrong_state while the last one that was opened is not answered.
  Result<matching::Epoch> open_next(Context& context, const MemberId& peer);
  /// Sends our EpochOpen again while the peer's has not come: it may have been refused for a preshared key that has been
  /// mended since.
  Result<void> peer_ready(Context& context, const MemberId& peer);
  /// Somebody looked into the trouble with a peer: its epochs go on, or end where a newer one has taken over.
  Result<void> clear_trouble(Context& context, const MemberId& peer);

  /// One of the two is no member any more: every epoch with this peer is over at once, claims and tokens with it. The
  /// opening audit keeps our handles and our key as after any epoch; without the peer's statement it ends undone.
  Result<void> leave(Context& context, const MemberId& peer);

  /// Nothing of this ended epoch must be opened any more: its key is destroyed, and its handles are deleted as soon as no
  /// match rests on them. wrong_state when it has not ended; twice is once.
  static Result<void> destroy(Context& context, storage::PairId pair);

  /// Does what each pair's rows call for. `settled`: no client waits for refresh_client and nothing is touched, so
  /// that an empty queue means that everything is registered and every claim and answer is sent.
  Result<void> advance(Context& context, bool settled);

 private:
  Result<storage::MatchingPair> open(Context& context, const MemberId& peer, matching::Epoch epoch);
  Result<void> end(Context& context, const storage::MatchingPair& pair, matching::EndReason why);
  Result<void> complete(Context& context, const std::vector<storage::MatchingPair>& pairs);
  /// The peer was not told of the end yet, or the audit of it not begun.
  Result<void> begin_closing(Context& context, const storage::MatchingPair& pair);
  Result<void> end_older(Context& context, const std::vector<storage::MatchingPair>& pairs);
  Result<void> close(Context& context, storage::MatchingPair pair, bool settled);

  Result<void> on_epoch_open(Context& context, const Received& message);
  Result<void> on_complete(Context& context, const Received& message);
  Result<void> on_epoch_ended(Context& context, const Received& message);

  MatchingMatches& matches_;
  std::vector<Hook> hooks_;
};

}  // namespace knoop
