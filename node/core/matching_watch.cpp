#include "node/core/matching_watch.h"

#include <algorithm>
#include <map>

#include "node/core/context.h"
#include "node/core/hints.h"
#include "node/core/membership.h"
#include "storage/match_repository.h"

namespace knoop {
namespace {

constexpr std::chrono::hours receipt_term{24};

std::uint64_t declared_by(const Context& context, const MemberId& peer) {
  const auto* member = context.membership().member(peer);
  return member == nullptr ? 0 : member->quota_handles;
}

// Filling an epoch is no burst: until the peer says that it is complete, and 14 days at most.
Result<bool> filling(Context& context, const storage::MatchingPair& pair) {
  KNOOP_LET(newest, storage::newest_pair(context.tx, pair.peer));
  if (!newest || !newest->agreed) return false;
  if (newest->peer_complete) return Date::of(*newest->peer_complete) == Date::of(context.now);
  return context.now - *newest->agreed < std::chrono::days{matching::overlap_days};
}

std::string_view dutch(matching::Hint hint) {
  switch (hint) {
    case matching::Hint::quota:
      return "Er kwam meer dan de andere organisatie mag aanmelden.";
    case matching::Hint::burst:
      return "De andere organisatie meldde op één dag ongewoon veel nieuwe kinderen aan.";
    case matching::Hint::churn:
      return "De andere organisatie trok op één dag ongewoon veel aanmeldingen in.";
    case matching::Hint::receipts:
      return "De andere organisatie bevestigde berichten over overeenkomsten een dag lang niet.";
    case matching::Hint::epoch:
      return "Een periode van vergelijken eindigde voordat alles opnieuw was aangemeld.";
  }
  return "";
}

}  // namespace

Result<void> note_hint(Context& context, const MemberId& peer, matching::Hint hint, std::string detail) {
  KNOOP_LET(first, storage::add_hint(context.tx, peer, Date::of(context.now), hint));
  if (!first) return {};
  KNOOP_TRY(raise_hint(context,
                       {.kind = HintKind::matching,
                        .subject = context.membership().slug(peer),
                        .cause = fmt::format("{} {}", Date::of(context.now).iso(), matching::to_string(hint)),
                        .detail = std::string(dutch(hint)),
                        .logged = true}));
  return context
      .audit({.event = audit::Event::match_anomaly,
              .outcome = audit::Outcome::failed,
              .peer = peer,
              .detail = std::string(matching::to_string(hint)) + ": " + detail})
      .map([](std::uint64_t) {});
}

Result<void> watch_counts(Context& context, const storage::MatchingPair& pair) {
  const Date today = Date::of(context.now);
  KNOOP_LET(rows, storage::quota_counts(context.tx, pair.peer, storage::QuotaSide::peers, today));
  const auto row = std::ranges::find(rows, today, &storage::DayHandles::day);
  if (row == rows.end()) return {};
  const std::uint64_t from = matching::burst_from(declared_by(context, pair.peer));
  if (row->withdrawn >= from)
    KNOOP_TRY(note_hint(context, pair.peer, matching::Hint::churn,
                        fmt::format("the peer withdrew {} handles in one day", row->withdrawn)));
  if (row->handles < from) return {};
  KNOOP_LET(fills, filling(context, pair));
  if (fills) return {};
  return note_hint(context, pair.peer, matching::Hint::burst,
                   fmt::format("the peer registered {} new handles in one day, and no epoch is being filled",
                               row->handles));
}

Result<void> watch_own_quota(Context& context) {
  const std::uint64_t declared = declared_by(context, context.membership().self());
  const Date today = Date::of(context.now);
  for (const MemberId& peer : context.membership().peers()) {
    KNOOP_LET(rows, storage::quota_counts(context.tx, peer, storage::QuotaSide::ours,
                                          Date::from_days(today.days() - matching::quota_days + 1)));
    std::uint64_t in_window = 0;
    std::uint64_t of_today = 0;
    for (const storage::DayHandles& row : rows) {
      in_window += row.handles;
      if (row.day == today) of_today = row.handles;
    }
    // Four fifths of what a day allows, or of the two and a half times that for ninety days. The latter lasts: once a month.
    const bool day_near = declared > 0 && 5 * of_today >= 4 * declared;
    const bool window_near = declared > 0 && in_window >= 2 * declared;
    if (!day_near && !window_near) continue;
    KNOOP_TRY(raise_hint(
        context,
        {.kind = HintKind::quota_near,
         .subject = context.membership().slug(peer),
         .cause = window_near ? fmt::format("{} days, {}", matching::quota_days, today.iso().substr(0, 7))
                              : today.iso(),
         .detail = fmt::format("Vandaag {} van {}, in {} dagen {} van {}.", of_today, declared,
                               matching::quota_days, in_window, declared * 5 / 2)}));
  }
  return {};
}

Result<void> watch_receipts(Context& context) {
  KNOOP_LET(waiting, storage::notices_without_receipt(context.tx, context.now - receipt_term));
  std::map<MemberId, std::size_t> counts;
  for (const auto& match : waiting) {
    if (!context.reachable(match.peer)) continue;  // it may never have got them
    ++counts[match.peer];
    if (matching::is_claimant(context.membership().self(), match.peer))
      KNOOP_TRY(storage::touch_claimed(context.tx, match.peer, match.client));
    else
      KNOOP_TRY(storage::touch_claim(context.tx, match.peer, match.claim));
  }
  for (const auto& [peer, count] : counts)
    KNOOP_TRY(note_hint(context, peer, matching::Hint::receipts,
                        fmt::format("the peer left {} notices of matches without receipt for a day", count)));
  return {};
}

}  // namespace knoop
