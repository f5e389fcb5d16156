// What keeps a batch from being registered: quotas used up at either side, refusals, answers and proofs that are overdue, epochs that
// were closed.
#include "node/core/matching_registration.h"

#include <algorithm>

#include "node/core/matching_watch.h"
#include "node/core/membership.h"

namespace knoop {

using matching::RegisterBatch;
using storage::MatchingPair;

Result<matching::QuotaAnswer> quota_room(Context& context, const MemberId& peer, const MemberId& registrant,
                                         storage::QuotaSide side, std::size_t handles) {
  const Date today = Date::of(context.now);
  const auto* member = context.membership().member(registrant);
  KNOOP_LET(rows, storage::quota_counts(context.tx, peer, side,
                                        Date::from_days(today.days() - matching::quota_days)));
  std::vector<matching::DayCount> counts;
  for (const auto& row : rows) counts.push_back({row.day, row.handles, row.frames});
  return matching::check_quota(member == nullptr ? 0 : member->quota_handles, counts, today, handles);
}

Result<void> MatchingRegistration::over_quota(Context& context, const MatchingPair& pair,
                                              const RegisterBatch& batch, const Date& again) {
  const Date today = Date::of(context.now);
  KNOOP_TRY(storage::count_quota(context.tx, pair.peer, storage::QuotaSide::peers, today, 0, 1));
  KNOOP_LET(counts, storage::quota_counts(context.tx, pair.peer, storage::QuotaSide::peers, today));
  const auto* member = context.membership().member(pair.peer);
  const std::uint64_t flood = matching::frames_of_a_flood(member == nullptr ? 0 : member->quota_handles);
  if (std::ranges::any_of(counts, [&](const auto& count) { return count.frames > flood; }))
    KNOOP_TRY(
        matching_trouble(context, pair,
                         {ErrorCode::over_limit, Side::peer,
                          "the peer goes on registering far over its quota; ask them what their node does"}));
  KNOOP_TRY(
      note_hint(context, pair.peer, matching::Hint::quota,
                fmt::format("the peer registered past its quota; its batches pass from {} on", again.iso())));
  return context.send(
      pair.peer, MessageType::register_refused, std::nullopt,
      encode(matching::RegisterRefused{batch.epoch, batch.first, matching::Refusal::quota, again}));
}

Result<void> MatchingRegistration::on_overdue(Context& context, const Received& message) {
  KNOOP_LET(late, decode<matching::AnswerOverdue>(message.body));
  KNOOP_LET(pair, require_pair(context, message.from, late.epoch));
  if (pair.ended) return {};
  KNOOP_LET(evaluating, storage::peer_batch(context.tx, pair.id));
  if (!evaluating) return {};  // our answer crossed the complaint
  const bool owed = !evaluating->answered || evaluating->request;
  if (evaluating->first != late.first || !owed) return {};
  KNOOP_LET(news, storage::note_overdue_answer(context.tx, pair.id, context.now));
  if (!news) return {};
  return context
      .audit({.event = audit::Event::match_answer_overdue,
              .outcome = audit::Outcome::failed,
              .peer = message.from,
              .detail = fmt::format(
                  "this node owes the peer the answer or proof about its handles {} to {} of epoch {}",
                  evaluating->first, evaluating->first + evaluating->size - 1, pair.epoch)})
      .map([](std::uint64_t) {});
}

Result<void> MatchingRegistration::on_closed(Context& context, const Received& message) {
  KNOOP_LET(closed, decode<matching::BatchClosed>(message.body));
  KNOOP_LET(pair, require_pair(context, message.from, closed.epoch));
  if (pair.ended) return {};
  KNOOP_LET(batch, storage::peer_batch(context.tx, pair.id));
  if (batch && batch->answered && batch->first == closed.first) {
    KNOOP_TRY(storage::end_peer_batch(context.tx, pair.id));
    bulk_.forget_peers(pair.id);
  }
  if (closed.proven) return {};
  KNOOP_TRY(storage::set_disputed(context.tx, message.from, context.now));
  return context
      .audit({.event = audit::Event::match_evaluation_refused,
              .outcome = audit::Outcome::failed,
              .peer = message.from,
              .detail = fmt::format(
                  "the peer found this node's evaluation of its handles from {} in epoch {} false",
                  closed.first, pair.epoch)})
      .map([](std::uint64_t) {});
}

}  // namespace knoop
