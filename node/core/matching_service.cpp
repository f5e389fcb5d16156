#include "node/core/matching_service.h"

#include <algorithm>

#include "node/core/hints.h"
#include "node/core/log_standing.h"
#include "node/core/match_tasks.h"
#include "node/core/matching_watch.h"
#include "node/core/membership.h"
#include "storage/records_repository.h"

namespace knoop {
namespace {

constexpr Milliseconds collect_for{1'000};
constexpr Milliseconds look_again{5'000};  // whoever wrote matching_dirty may have forgotten to wake us
constexpr Milliseconds without_convenant{60'000};
constexpr std::int64_t most_clients_a_slice = 80;
constexpr std::int64_t clients_times_peers = 160;  // some 20 ms: a client costs about 1 ms with eight peers
constexpr std::size_t settle_each = 32;            // clients; each brings a dozen identifiers or two
constexpr Milliseconds watch_each{3'600'000};
constexpr int hint_days = 30;  // shown so long; the log keeps them
constexpr std::string_view day_key = "matching.day";
constexpr std::string_view family_key = "matching.family";
constexpr std::string_view force_key = "matching.in-force";

Result<std::optional<Bytes>> get_meta(Context& context, std::string_view key) {
  KNOOP_LET(row, context.tx.one("SELECT value FROM meta WHERE key = ?", key));
  if (!row) return std::nullopt;
  return row->get<Bytes>(0);
}
Result<void> set_meta(Context& context, std::string_view key, std::string_view value) {
  return context.tx.exec("INSERT OR REPLACE INTO meta(key, value) VALUES (?, ?)", key, view(value));
}

// The convenant is in force, the clock believed and the log vouched for: else nothing but withdrawals goes out.
Result<bool> may_disclose(const Context& context) {
  if (!context.membership().in_force(context.now) || !context.clock_sure()) return false;
  KNOOP_LET(standing, log_standing(context.tx, context.membership(), context.now));
  return standing.discloses();
}

}  // namespace

void MatchingService::register_handlers(Dispatcher& dispatcher) {
  registration_.register_handlers(dispatcher);
  matches_.register_handlers(dispatcher);
  epochs_.register_handlers(dispatcher);
  openings_.register_handlers(dispatcher);
  epochs_.on_ended([this](Context& context, const storage::MatchingPair& pair) {
    return openings_.on_epoch_ended(context, pair);
  });
}

Result<void> MatchingService::on_peer_ready(Context& context, const MemberId& peer) {
  if (!context.membership().in_force(context.now)) return {};
  return epochs_.peer_ready(context, peer);
}

Result<void> MatchingService::on_member_left(Context& context, const MemberId& peer) {
  KNOOP_TRY(epochs_.leave(context, peer));
  return matches_.leave(context, peer, "one of the two is no member any more");
}

Result<void> MatchingService::on_restored(Context& context, const MemberId& peer, Restored) {
  KNOOP_TRY(epochs_.leave(context, peer));
  KNOOP_TRY(matches_.leave(context, peer, "one of the two was restored from a backup; it is found again"));
  context.wake();
  return {};
}

Result<std::optional<Timestamp>> MatchingService::on_tick(Context& context) {
  if (!context.membership().own_card() || !context.membership().convenant())
    return std::optional(context.now + without_convenant);
  KNOOP_TRY(new_day(context));
  KNOOP_LET(disclosing, may_disclose(context));
  if (!disclosing) return protect(context);
  KNOOP_TRY(epochs_.open_due(context));
  if (!watch_at_) watch_at_ = context.now + watch_each;
  if (*watch_at_ <= context.now) {
    watch_at_ = context.now + watch_each;
    KNOOP_TRY(watch_receipts(context));
    KNOOP_TRY(watch_own_quota(context));
  }
  KNOOP_LET(more_clients, refresh_clients(context, true));
  KNOOP_LET(more_batches, registration_.advance(context, !more_clients));

  // Once nothing is on its way to or from a peer, what was touched about it stays as it is. While a load is, claims
  // are collected.
  bool more_claims = false;
  KNOOP_LET(touched, storage::anything_touched(context.tx));
  if (touched) {
    if (!settle_at_) settle_at_ = context.clock + collect_for;
    const auto which = *settle_at_ <= context.clock ? storage::Take::all : storage::Take::quiet;
    KNOOP_LET(left, matches_.settle(context, which));
    more_claims = left;
  }
  KNOOP_LET(unsettled, storage::anything_touched(context.tx));
  if (!unsettled || (!more_claims && settle_at_ && *settle_at_ <= context.clock)) settle_at_.reset();
  KNOOP_TRY(epochs_.advance(context, !more_clients && !unsettled));
  KNOOP_TRY(openings_.advance(context));
  if (more_clients || more_batches || more_claims) return std::optional(context.now);
  const Timestamp later = context.now + look_again;
  return std::optional(settle_at_ ? std::min(context.now + (*settle_at_ - context.clock), later) : later);
}

Result<std::optional<Timestamp>> MatchingService::protect(Context& context) {
  KNOOP_LET(more, refresh_clients(context, false));
  if (!more) KNOOP_TRY(matches_.end_vanished(context));
  return std::optional(more ? context.now : context.now + without_convenant);
}

Result<void> MatchingService::new_day(Context& context) {
  const Date today = Date::of(context.now);
  KNOOP_LET(stored, get_meta(context, day_key));
  const auto last = stored ? Date::parse(text_view(*stored)) : Result<Date>(Date{1900, 1, 1});
  if (last && *last < today && context.clock_sure()) {
    KNOOP_TRY(storage::mark_dirty_by_date(context.tx, *last, today));
    // Handles end with a month; a look at all of them, millions in a large region, is not for every day.
    if (month_of(*last) < month_of(today)) KNOOP_TRY(registration_.expire(context));
    KNOOP_TRY(storage::forget_notices(context.tx, context.now - std::chrono::hours{24}));
    KNOOP_TRY(set_meta(context, day_key, today.iso()));
  }
  // Contact data that changed while nothing could be sent go out when that is possible again.
  KNOOP_LET(disclosing, may_disclose(context));
  const std::string_view force = disclosing ? "yes" : "no";
  KNOOP_LET(force_before, get_meta(context, force_key));
  if (!force_before || text_view(*force_before) != force) {
    if (force == "yes")
      KNOOP_TRY(
          context.tx.exec("INSERT OR IGNORE INTO matching_dirty(client) SELECT DISTINCT client FROM matches "
                          "WHERE ended IS NULL"));
    KNOOP_TRY(set_meta(context, force_key, force));
  }
  // Family matching can be switched off per convenant (R2.5), or on for addresses alone: then family identifiers are
  // withdrawn, or new ones registered.
  const auto& convenant = *context.membership().convenant();
  const std::string_view family = !convenant.family_matching ? "off"
                                  : convenant.address_alone  ? "address-alone"
                                                             : "on";
  KNOOP_LET(before, get_meta(context, family_key));
  if (!before || text_view(*before) != family) {
    if (before)
      KNOOP_TRY(context.tx.exec(
          "INSERT OR IGNORE INTO matching_dirty(client) SELECT DISTINCT client FROM involvements"));
    KNOOP_TRY(set_meta(context, family_key, family));
  }
  return {};
}

Result<bool> MatchingService::refresh_clients(Context& context, bool in_force) {
  const auto peers = static_cast<std::int64_t>(context.membership().peers().size());
  const std::int64_t a_slice = std::clamp<std::int64_t>(
      clients_times_peers / std::max<std::int64_t>(peers, 1), 1, most_clients_a_slice);
  KNOOP_LET(clients, storage::dirty_clients(context.tx, a_slice));
  for (const auto client : clients) {
    const auto refresh = [&](Context& part) -> Result<void> {
      KNOOP_TRY(registration_.refresh_client(part, client));
      KNOOP_TRY(involvements_changed(part, client));
      return in_force ? matches_.client_changed(part, client) : Result<void>{};
    };
    KNOOP_TRY(one_of_many(context, refresh));
    KNOOP_TRY(storage::mark_clean(context.tx, client));
  }
  refreshed_ += clients.size();
  if (refreshed_ >= settle_each) {
    KNOOP_TRY(storage::settle_identifiers(context.tx, settled_to_));
    refreshed_ = 0;
  }
  return clients.size() == static_cast<std::size_t>(a_slice);
}

Result<std::vector<storage::StoredMatch>> MatchingService::list(Context& context,
                                                                const storage::MatchFilter& filter) {
  KNOOP_LET(matches, storage::list_matches(context.tx, filter));
  KNOOP_TRY(context.audit({.event = audit::Event::match_read,
                           .action = audit::Action::read,
                           .detail = fmt::format("list of {}", matches.size())}));
  std::vector<std::string> refs;
  for (const storage::StoredMatch& match : matches) refs.push_back(match.client_ref);
  KNOOP_TRY(watch_shown(context, refs));
  return matches;
}

Result<storage::StoredMatch> MatchingService::show(Context& context, const matching::MatchId& id) {
  KNOOP_LET(match, storage::find_match(context.tx, id));
  if (!match) return fail(ErrorCode::not_found, Side::user, "there is no match {}", id.hex());
  KNOOP_TRY(context.audit({.event = audit::Event::match_read,
                           .peer = match->peer,
                           .action = audit::Action::read,
                           .client = match->client_ref,
                           .object = "match " + id.hex()}));
  return std::move(*match);
}

Result<void> MatchingService::choose(Context& context, const matching::MatchId& id, storage::Choice choice,
                                     followup::Reason reason) {
  return matches_.choose(context, id, choice, reason);
}

Result<void> MatchingService::record_outcome(Context& context, const matching::MatchId& id,
                                             matching::Outcome outcome) {
  return matches_.record_outcome(context, id, outcome);
}

Result<std::vector<MatchingStatus>> MatchingService::status(Context& context) {
  KNOOP_LET(pairs, storage::newest_pairs(context.tx));
  std::vector<MatchingStatus> out;
  for (const auto& pair : pairs) {
    if (pair.ended_why == matching::EndReason::left) continue;
    MatchingStatus row;
    row.peer = pair.peer;
    row.epoch = pair.epoch;
    row.open = pair.commitment.has_value();
    row.registered = pair.next_handle - 1;
    row.received = pair.next_peer_handle - 1;
    KNOOP_LET(queued, storage::count_queued(context.tx, pair.id));
    row.queued = queued;
    KNOOP_LET(batch, storage::own_batch(context.tx, pair.id));
    row.outstanding = batch.has_value();
    if (batch && !batch->answered && !batch->failed) row.waiting_since = batch->sent;
    if (batch) row.overdue_since = batch->overdue;
    KNOOP_LET(evaluating, storage::peer_batch(context.tx, pair.id));
    if (evaluating) row.owing_since = evaluating->overdue;
    KNOOP_LET(disputed, storage::disputed_since(context.tx, pair.peer));
    row.disputed_since = disputed;
    KNOOP_LET(withdrawals, storage::count_unacknowledged_withdrawals(context.tx, pair.id));
    row.withdrawals = withdrawals;
    row.not_before = pair.not_before;
    KNOOP_LET(trouble, storage::peer_trouble(context.tx, pair.peer));
    row.trouble = trouble;
    KNOOP_LET(hints, storage::hints_of(context.tx, pair.peer,
                                       Date::from_days(Date::of(context.now).days() - hint_days)));
    row.hints = std::move(hints);
    KNOOP_LET(used, storage::used_pairs(context.tx, pair.peer));
    if (!used.empty() && used.front().epoch < pair.epoch) {
      row.ending = used.front().epoch;
      row.ending_since = pair.agreed;
      row.incomplete = used.front().ended_why && *used.front().ended_why != matching::EndReason::complete;
    }
    out.push_back(std::move(row));
  }
  return out;
}

Result<matching::Epoch> MatchingService::open_epoch(Context& context, const MemberId& peer) {
  return epochs_.open_next(context, peer);
}

Result<void> MatchingService::clear_trouble(Context& context, const MemberId& peer) {
  KNOOP_LET(known, storage::newest_pair(context.tx, peer));
  if (!known) return fail(ErrorCode::not_found, Side::user, "there is no matching with this member yet");
  KNOOP_LET(trouble, storage::peer_trouble(context.tx, peer));
  KNOOP_LET(disputed, storage::clear_disputed(context.tx, peer));
  if (!trouble && !disputed)
    return fail(ErrorCode::wrong_state, Side::user, "matching with this member was not stopped");
  KNOOP_TRY(epochs_.clear_trouble(context, peer));
  KNOOP_LET(pairs, storage::used_pairs(context.tx, peer));
  for (const auto& pair : pairs)
    if (!pair.ended) KNOOP_TRY(registration_.resume(context, pair));
  KNOOP_TRY(context.audit({.event = audit::Event::match_resumed,
                           .peer = peer,
                           .action = audit::Action::update,
                           .detail = "after: " + trouble.value_or("it found an answer of this node false")}));
  context.wake();
  return {};
}

Result<storage::MatchCounts> MatchingService::counts(Context& context) {
  return storage::count_matches(context.tx);
}

Result<bool> MatchingService::idle(Context& context) {
  KNOOP_LET(dirty, storage::dirty_clients(context.tx, 1));
  KNOOP_LET(touched, storage::anything_touched(context.tx));
  if (!dirty.empty() || touched) return false;
  KNOOP_LET(newest, storage::newest_pairs(context.tx));
  const auto open = std::ranges::count_if(newest, [](const auto& pair) { return !pair.ended; });
  if (static_cast<std::size_t>(open) < context.membership().peers().size()) return false;
  KNOOP_LET(pairs, storage::live_pairs(context.tx));
  for (const auto& pair : pairs) {
    KNOOP_LET(trouble, storage::peer_trouble(context.tx, pair.peer));
    if (trouble) continue;
    if (!pair.commitment || !pair.complete) return false;
    KNOOP_LET(queued, storage::queued(context.tx, pair.id, 1));
    KNOOP_LET(own, storage::own_batch(context.tx, pair.id));
    KNOOP_LET(peers, storage::peer_batch(context.tx, pair.id));
    const bool to_answer = peers && (!peers->answered || peers->request);
    if (!queued.empty() || own || to_answer) return false;
  }
  return true;
}

}  // namespace knoop
