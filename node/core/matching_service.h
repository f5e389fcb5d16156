// Matching (protocol.md section 3, domain.md R2): who else is involved with our clients, and nothing about the others.
//
// Driven by rows: whoever changes a client or an involvement leaves a row in matching_dirty (storage/records_repository.h
// does) and calls Context::wake(). Everything else follows from there, in slices: identifiers, registration with every
// peer, claims, matches, notices, withdrawal.
//
// The commands log what they show or change in the transaction of the answer (R8.1).
#pragma once

#include "node/core/matching_epochs.h"
#include "node/core/matching_matches.h"
#include "node/core/matching_openings.h"
#include "node/core/matching_registration.h"
#include "node/core/service.h"

namespace knoop {

/// How matching stands with one peer, for `knoop status`; no personal data.
struct MatchingStatus {
  MemberId peer;
  matching::Epoch epoch = 0;
  bool open = false;             ///< Both sides committed.
  std::uint64_t registered = 0;  ///< Handles given out, dummies included.
  std::uint64_t received = 0;    ///< The peer's.
  std::int64_t queued = 0;       ///< Identifiers still to be registered.
  bool outstanding = false;      ///< A batch of ours is on its way: computed, sent or being checked.
  std::optional<Timestamp> waiting_since;   ///< It was sent then, and the peer owes the answer.
  std::optional<Timestamp> overdue_since;   ///< The peer owes an answer or proof past its term.
  std::optional<Timestamp> owing_since;     ///< The peer said then that we do.
  std::optional<Timestamp> disputed_since;  ///< The peer found an evaluation of ours false.
  std::int64_t withdrawals = 0;             ///< Not acknowledged yet.
  std::optional<Date> not_before;           ///< Quota.
  std::optional<std::string> trouble;
  std::optional<matching::Epoch>
      ending;  ///< An older epoch that overlaps this one, or whose matches still move.
  std::optional<Timestamp> ending_since;  ///< When both sides had opened the newer.
  std::vector<storage::DayHint> hints;    ///< Of the last 30 days, newest first.
  bool incomplete = false;  ///< It ended before both had registered everything anew: somebody must look.
};

class MatchingService final : public Service {
 public:
  void register_handlers(Dispatcher& dispatcher) override;
  Result<void> on_peer_ready(Context& context, const MemberId& peer) override;
  Result<void> on_member_left(Context& context, const MemberId& peer) override;
  Result<void> on_restored(Context& context, const MemberId& peer, Restored who) override;
  Result<std::optional<Timestamp>> on_tick(Context& context) override;

  /// Matches of own clients; one log entry a call.
  Result<std::vector<storage::StoredMatch>> list(Context& context, const storage::MatchFilter& filter);
  /// One match, or not_found.
  Result<storage::StoredMatch> show(Context& context, const matching::MatchId& id);
  /// On a possible or family match: make contact or not, and why not (R2.4). "No" is never told to the peer. Also to stop
  /// waiting for the other side once its term has passed.
  Result<void> choose(Context& context, const matching::MatchId& id, storage::Choice choice,
                      followup::Reason reason = followup::Reason::not_needed);
  /// After contact: same youth, family or someone else.
  Result<void> record_outcome(Context& context, const matching::MatchId& id, matching::Outcome outcome);

  Result<std::vector<MatchingStatus>> status(Context& context);
  /// Live matches by class; shows nobody, so no read is logged.
  Result<storage::MatchCounts> counts(Context& context);
  /// Opens the next epoch with a peer now (matching_epochs.h); its number.
  Result<matching::Epoch> open_epoch(Context& context, const MemberId& peer);
  [[nodiscard]] MatchingOpenings& openings() { return openings_; }
  /// Somebody looked into the trouble with a peer: go on. wrong_state when there is none. Also ends a dispute.
  Result<void> clear_trouble(Context& context, const MemberId& peer);
  /// Nothing waits here: no dirty client, queue, batch or claim to be looked at. For the demo and tests; the peers may
  /// still owe us something that will make work.
  Result<bool> idle(Context& context);

 private:
  Result<void> new_day(Context& context);
  /// The convenant expired or the clock is in doubt: withdrawals only.
  Result<std::optional<Timestamp>> protect(Context& context);
  /// True when clients are left.
  Result<bool> refresh_clients(Context& context, bool in_force);

  MatchingRegistration registration_;
  MatchingMatches matches_;
  MatchingEpochs epochs_{matches_};
  MatchingOpenings openings_;
  std::size_t refreshed_ = 0;  ///< Clients, since storage::settle_identifiers() was called.
  storage::SettledTo settled_to_;
  std::optional<Timestamp> watch_at_;
  std::optional<Timestamp>
      settle_at_;  ///< Changes are collected for a moment, so that a load makes few claims.
};

}  // namespace knoop
