#include "node/core/retention.h"

#include <algorithm>

#include "protocol/records/calendar.h"
#include "protocol/records/rules.h"
#include "storage/handover_repository.h"

namespace knoop {
namespace {

/// Clients that one event looks at: each costs a few reads.
constexpr std::int64_t looked_at_once = 200;

Date years_after(const Date& date, int years) {
  return date.plus_months(12 * years);
}

}  // namespace

Result<RetentionClock> retention_of_client(Context& context, const storage::StoredClient& stored) {
  RetentionClock out;
  out.client = stored.client.ref;
  const Date today = dutch_day(context.now);
  out.past_age = years_after(stored.client.birth_date, records::oldest_years) < today;
  out.deceased = stored.deceased.has_value() && *stored.deceased <= today;
  Timestamp last = stored.changed;
  KNOOP_LET(involvements, storage::involvements_of(context.tx, stored.id));
  for (const auto& one : involvements) {
    last = std::max(last, one.changed);
    out.runs = out.runs || one.involvement.active(today);
  }
  KNOOP_LET(handovers, storage::list_handovers(context.tx, {.client_ref = out.client, .open_only = true}));
  out.runs = out.runs || !handovers.empty();
  KNOOP_LET(fragments, storage::fragments_of(context.tx, stored.id));
  for (const auto& one : fragments) last = std::max(last, one.changed);
  const Date dossier = years_after(dutch_day(last), dossier_years);
  const Date yesterday = Date::from_days(today.days() - 1);

  const auto term = [&](const storage::StoredFragment& fragment) -> std::optional<Date> {
    const storage::StoredFragment* of = &fragment;
    // A view or attachment follows what it belongs to; rules allow one step, and attachments of views.
    for (int steps = 0; steps < 3 && of->parent; ++steps) {
      const auto kept = records::retention_of(of->fragment);
      if (kept != Retention::as_answered && kept != Retention::as_parent) break;
      const auto parent = std::ranges::find(fragments, *of->parent, &storage::StoredFragment::id);
      if (parent == fragments.end()) break;
      of = &*parent;
    }
    if (records::retention_of(of->fragment) != Retention::case_runs) return dossier;
    if (out.runs) return std::nullopt;
    return yesterday;
  };
  for (const auto& one : fragments) {
    const auto until = term(one);
    out.fragments.push_back({one.id, one.fragment.category, records::retention_of(one.fragment), until});
    if (until && (!out.keep_until || *out.keep_until < *until)) out.keep_until = until;
  }
  return out;
}

Result<RetentionDue> retention_due(Context& context, records::ClientId after) {
  KNOOP_LET(clients, storage::list_clients(context.tx, {.after = after, .limit = looked_at_once}));
  RetentionDue out;
  if (std::ssize(clients) == looked_at_once) out.next = clients.back().id;
  const Date today = dutch_day(context.now);
  for (const storage::StoredClient& client : clients) {
    KNOOP_LET(clock, retention_of_client(context, client));
    std::erase_if(clock.fragments,
                  [&](const FragmentClock& one) { return !one.until || *one.until >= today; });
    if (!clock.offered() && clock.fragments.empty()) continue;
    KNOOP_TRY(context.audit(
        {.event = audit::Event::retention_read, .action = audit::Action::read, .client = clock.client}));
    out.due.push_back(std::move(clock));
  }
  return out;
}

}  // namespace knoop
