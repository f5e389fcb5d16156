// Registering own identifiers with every peer, and evaluating what peers register with us (protocol.md section 3 steps
// 1 to 3, docs/spec/matching.md). Half of MatchingService; matching_matches.h is the other.
//
// Everything durable is a row; what runs is derived from the rows by advance(), so a crash at any instruction is made
// good by looking again. Group exponentiations run on the executor; a job that was lost with a crash starts again and
// computes the same points.
//
//   own batch:   row → handles given → points computed → sent → answer kept → checked: tokens kept, row gone
//   peer batch:  kept (row) → evaluated: tokens kept, Evaluated sent, row gone
//
// Large batches are answered and checked as matching_bulk.h says. Nothing takes the core thread longer than a slice.
//
// One batch is outstanding in each direction, so a peer can make us compute one batch at a time, within its quota.
// A peer that breaks the rules (a false proof, no point, another first handle) is answered or not, and nothing more is
// computed for it or registered with it: the pair is in trouble, which the log, `status` and the privacy officer see.
#pragma once

#include <map>
#include <optional>

#include "node/core/matching_bulk.h"
#include "node/core/matching_terms.h"
#include "node/core/service.h"
#include "protocol/matching/pair.h"
#include "protocol/matching/quota.h"
#include "storage/matching_repository.h"

namespace knoop {

class MatchingRegistration {
 public:
  void register_handlers(Dispatcher& dispatcher);

  /// Somebody looked into the trouble with a peer: a batch whose evaluation was false is registered again.
  Result<void> resume(Context& context, const storage::MatchingPair& pair);

  /// Brings one client's identifiers up to date, as a matching_dirty row asks; withdraws what ended.
  Result<void> refresh_client(Context& context, records::ClientId client);

  /// Starts what each pair's rows ask for. True when there is more to do at once.
  /// `settled`: no client waits for refresh_client, so that a batch need not wait to be filled with real elements.
  Result<bool> advance(Context& context, bool settled);

  /// Once a day: what may be kept no longer.
  Result<void> expire(Context& context);

 private:
  enum class Job : std::uint8_t { check, evaluate };

  /// Each gives the number of handles that it handled, when there is more to do at once; else 0.
  Result<std::size_t> advance_pair(Context& context, const storage::MatchingPair& pair, bool settled);
  Result<std::size_t> plan_batch(Context& context, const storage::MatchingPair& pair, bool settled);
  Result<std::size_t> give_handles(Context& context, const storage::MatchingPair& pair,
                                   const storage::OwnBatch& batch);
  Result<std::size_t> blind(Context& context, const storage::MatchingPair& pair,
                            const storage::OwnBatch& batch);
  Result<void> send_batch(Context& context, const storage::MatchingPair& pair,
                          const storage::OwnBatch& batch);
  Result<void> start_checking(Context& context, const storage::MatchingPair& pair,
                              const storage::OwnBatch& batch);
  Result<void> start_evaluating(Context& context, const storage::MatchingPair& pair);
  Result<void> withdraw(Context& context, const std::vector<storage::Ended>& ended);

  Result<void> on_register(Context& context, const Received& message);
  Result<void> over_quota(Context& context, const storage::MatchingPair& pair,
                          const matching::RegisterBatch& batch, const Date& again);
  Result<void> on_evaluated(Context& context, const Received& message);
  Result<void> on_overdue(Context& context, const Received& message);
  Result<void> on_closed(Context& context, const Received& message);
  Result<void> on_refused(Context& context, const Received& message);
  Result<void> on_withdraw(Context& context, const Received& message);
  Result<void> on_withdraw_applied(Context& context, const Received& message);

  /// Not started yet, or started so long ago that it must have been lost.
  bool begin(storage::PairId pair, Job job, Timestamp now);
  void end(storage::PairId pair, Job job) { running_.erase({pair, job}); }

  std::map<std::pair<storage::PairId, Job>, Timestamp> running_;
  /// Handles of a batch that are still to be given out, shuffled. Made again after a restart.
  struct Plan {
    matching::Handle first = 0;
    std::vector<matching::Handle> handles;
  };
  std::map<storage::PairId, Plan> plans_;
  /// A batch whose points are being computed in parts.
  struct Blinding {
    matching::Handle first = 0;
    Timestamp started;
    matching::PairSecrets secrets;
    std::size_t loaded = 0;
    std::size_t done = 0;
    std::vector<PointBytes> points;
  };
  std::map<storage::PairId, std::shared_ptr<Blinding>> blinding_;
  MatchingTerms terms_;
  MatchingBulk bulk_;
};

/// The pair as protocol/matching sees it, from this node.
[[nodiscard]] matching::Pair matching_pair(const Context& context, const storage::MatchingPair& pair);
[[nodiscard]] Result<matching::PairSecrets> secrets_of(Context& context, const storage::MatchingPair& pair);
/// Nothing more moves with this peer until somebody has looked.
Result<void> matching_trouble(Context& context, const storage::MatchingPair& pair, const Error& error);
/// This node has the lower id, so it claims (protocol/matching/claims.h).
[[nodiscard]] bool is_claimant(const Context& context, const MemberId& peer);
/// The pair named by a message, or an error for the dead letters.
[[nodiscard]] Result<storage::MatchingPair> require_pair(Context& context, const MemberId& peer,
                                                         matching::Epoch epoch);
/// Whether `registrant` may register so many handles more with the other of the pair today, by what this side counted.
[[nodiscard]] Result<matching::QuotaAnswer> quota_room(Context& context, const MemberId& peer,
                                                       const MemberId& registrant, storage::QuotaSide side,
                                                       std::size_t handles);
/// One of many that are done in a row: when it fails for a reason of its own, that is logged and the others go on; what
/// is wrong with the disk is everybody's, and returned.
Result<void> one_of_many(Context& context, const std::function<Result<void>(Context&)>& part);
/// Months since January 1970.
[[nodiscard]] matching::Month month_of(const Date& date);

}  // namespace knoop
