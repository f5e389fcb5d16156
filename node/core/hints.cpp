#include "node/core/hints.h"

#include <algorithm>

#include "protocol/records/calendar.h"
#include "storage/records_repository.h"

namespace knoop {
namespace {

using audit::Event;

constexpr std::string_view hints_object = "hints";

bool is_person(const Actor& actor) {
  return !actor.user.empty() && (actor.role == Role::professional || actor.role == Role::team_lead ||
                                 actor.role == Role::privacy_officer);
}

/// What leaves the node as a file, whatever its entry calls the action.
bool is_export(Event event) {
  return event == Event::records_exported || event == Event::log_exported ||
         event == Event::receipt_exported || event == Event::match_openings_exported;
}

std::string day_text(const Date& day) {
  return fmt::format("{:02}-{:02}-{}", day.day, day.month, day.year);
}

/// A night has the day on whose evening it began: from 22 to 6 o'clock is one.
std::optional<Date> night_of(Timestamp now) {
  const Date day = dutch_day(now);
  const int hour = dutch_hour(now);
  if (hour >= night_from) return day;
  if (hour < night_until) return Date::from_days(day.days() - 1);
  return std::nullopt;
}

/// The entry about the hint. Its client makes it go when the client is destroyed.
Result<void> log(Context& context, Event event, audit::Action action, const storage::StoredHint& hint,
                 std::string detail) {
  return context
      .audit({.event = event,
              .action = action,
              .client = hint.client,
              .object =
                  fmt::format("hint {} about {}", to_string(static_cast<HintKind>(hint.kind)), hint.subject),
              .detail = std::move(detail)})
      .map([](std::uint64_t) {});
}

Result<bool> is_family(Context& context, const std::string& client) {
  KNOOP_LET(found, storage::find_client(context.tx, client));
  if (!found) return false;
  for (const auto* bsn : {&found->client.bsn, &found->client.parent1_bsn, &found->client.parent2_bsn}) {
    if (!*bsn) continue;
    KNOOP_LET(own, storage::is_own_family(context.tx, context.actor.user, (*bsn)->expose()));
    if (own) return true;
  }
  return false;
}

}  // namespace

std::string_view to_string(HintKind kind) {
  switch (kind) {
#define KNOOP_CASE(name, number, text, plain) \
  case HintKind::name:                        \
    return text;
    KNOOP_HINTS(KNOOP_CASE)
#undef KNOOP_CASE
  }
  return "";
}

std::string_view dutch(HintKind kind) {
  switch (kind) {
#define KNOOP_CASE(name, number, text, plain) \
  case HintKind::name:                        \
    return plain;
    KNOOP_HINTS(KNOOP_CASE)
#undef KNOOP_CASE
  }
  return "";
}

Result<void> raise_hint(Context& context, const HintNews& news) {
  storage::StoredHint row;
  row.kind = static_cast<std::uint8_t>(news.kind);
  row.subject = news.subject;
  row.cause = news.cause;
  row.client = news.client;
  row.raised = context.now;
  row.detail = news.detail;
  KNOOP_LET(fresh, storage::add_hint_row(context.tx, row));
  if (!fresh || news.logged) return {};
  return log(context, Event::hint_raised, audit::Action::create, row, news.detail);
}

bool is_look(const audit::AuditEntry& entry, const Actor& actor) {
  // Reading the hints themselves is somebody's task whenever it is, and would raise the next.
  return is_person(actor) && entry.outcome == audit::Outcome::success && entry.object != hints_object &&
         (entry.action == audit::Action::read || is_export(entry.event));
}

Result<void> watch_look(Context& context, Event event, std::string_view client) {
  const std::string& user = context.actor.user;
  if (const auto night = night_of(context.now))
    KNOOP_TRY(raise_hint(
        context, {HintKind::out_of_hours, user, night->iso(), "",
                  fmt::format("Voor het eerst tussen {} en {} uur, in de nacht van {}.",
                              dutch_hour(context.now), dutch_hour(context.now) + 1, day_text(*night))}));
  if (!client.empty() || event == Event::client_searched) {
    const Date today = dutch_day(context.now);
    KNOOP_LET(count, storage::count_lookup(context.tx, user, today, client));
    if (count == many_lookups_from)
      KNOOP_TRY(
          raise_hint(context, {HintKind::many_lookups, user, today.iso(), "",
                               fmt::format("Op {} al {} cliënten en zoekvragen.", day_text(today), *count)}));
  }
  return client.empty() ? Result<void>{} : watch_shown(context, {std::string(client)});
}

Result<void> watch_shown(Context& context, const std::vector<std::string>& clients) {
  if (clients.empty() || !is_person(context.actor)) return {};
  const std::string& user = context.actor.user;
  KNOOP_LET(named, storage::count_own_family(context.tx, user));
  if (named == 0) return {};
  const Date today = dutch_day(context.now);
  for (const std::string& client : clients) {
    KNOOP_LET(family, is_family(context, client));
    if (family)
      KNOOP_TRY(raise_hint(context, {HintKind::own_family, user, fmt::format("{} {}", today.iso(), client),
                                     client, fmt::format("Op {}, cliënt {}.", day_text(today), client)}));
  }
  return {};
}

Result<std::vector<ShownHint>> list_hints(Context& context, bool open_only, const storage::HintsAfter& page) {
  KNOOP_LET(rows, storage::hint_rows(context.tx, open_only, page));
  std::vector<ShownHint> out;
  out.reserve(rows.size());
  for (storage::StoredHint& row : rows) out.push_back({static_cast<HintKind>(row.kind), std::move(row)});
  // They tell what people did: reading them is reading.
  KNOOP_TRY(context.audit({.event = Event::log_read,
                           .action = audit::Action::read,
                           .object = std::string(hints_object),
                           .detail = fmt::format("list of {}", out.size())}));
  return out;
}

Result<void> close_hint(Context& context, std::int64_t id, std::string_view reason) {
  if (std::ranges::all_of(reason, [](char c) { return c == ' '; }))
    return fail(ErrorCode::bad_value, Side::user, "say why this hint is closed: what was found");
  KNOOP_LET(hint, storage::find_open_hint(context.tx, id));
  if (!hint) return fail(ErrorCode::not_found, Side::user, "there is no open hint {}", id);
  if (hint->subject == context.actor.user)
    return fail(
        ErrorCode::forbidden, Side::user,
        "nobody closes a hint about themselves; another privacy officer does, for whom an organisation "
        "with one of them names a second account (api.accounts)");
  hint->closed = context.now;
  hint->closed_by = context.actor.user;
  hint->reason = reason;
  KNOOP_TRY(storage::close_hint_row(context.tx, *hint));
  return log(context, Event::hint_closed, audit::Action::update, *hint, std::string(reason));
}

Result<void> name_own_family(Context& context, const records::Bsn& bsn) {
  if (!is_person(context.actor))
    return fail(ErrorCode::forbidden, Side::user, "who sees clients names own family, each for himself");
  KNOOP_LET(count, storage::count_own_family(context.tx, context.actor.user));
  if (count >= most_family)
    return fail(ErrorCode::over_limit, Side::user, "{} people are named already; take them back first",
                count);
  KNOOP_TRY(storage::add_own_family(context.tx, context.actor.user, bsn.expose(), context.now));
  return context
      .audit({.event = Event::config_changed,
              .action = audit::Action::create,
              .object = "own family",
              .detail = "somebody was named"})
      .map([](std::uint64_t) {});
}

Result<std::int64_t> take_back_own_family(Context& context) {
  KNOOP_LET(count, storage::forget_own_family(context.tx, context.actor.user));
  KNOOP_TRY(context.audit({.event = Event::config_changed,
                           .action = audit::Action::erase,
                           .object = "own family",
                           .detail = fmt::format("{} taken back", count)}));
  return count;
}

}  // namespace knoop
