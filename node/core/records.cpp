#include "node/core/records.h"

#include <algorithm>

#include "node/core/hints.h"
#include "protocol/exchange/attachments.h"
#include "protocol/records/calendar.h"
#include "protocol/records/rules.h"

namespace knoop {
namespace {

using records::ClientMarks;
using records::Fragment;
using records::Involvement;
using records::InvolvementId;
using storage::StoredClient;
using storage::StoredInvolvement;

constexpr std::string_view day_key = "records.day";

Result<void> record(Context& context, audit::Event event, audit::Action action, std::string_view client,
                    std::string object = "", std::string detail = "", std::string_view purpose = "") {
  audit::AuditEntry entry;
  entry.event = event;
  entry.action = action;
  entry.client = client;
  entry.object = std::move(object);
  entry.detail = std::move(detail);
  entry.purpose = purpose;
  KNOOP_TRY(context.audit(std::move(entry)));
  return {};
}

std::string name_of(InvolvementId id) {
  return fmt::format("involvement {}", static_cast<std::int64_t>(id));
}
std::string name_of(const FragmentId& id) {
  return fmt::format("fragment {}", id.hex());
}

tl::unexpected<Error> refuse(const records::Problem& problem) {
  const bool shape = problem.field == "fields" || problem.field == "schema";
  return fail(shape ? ErrorCode::bad_format : ErrorCode::bad_value, Side::user, "{} {}", problem.field,
              problem.reason);
}

Result<StoredClient> client_by(Context& context, std::string_view ref) {
  KNOOP_LET(client, storage::find_client(context.tx, ref));
  if (!client)
    return fail(ErrorCode::not_found, Side::user,
                "no own client has this reference; look it up by name or birth date");
  return *client;
}

Result<std::string> ref_of(Context& context, records::ClientId id) {
  KNOOP_LET(client, storage::find_client(context.tx, id));
  KNOOP_ASSERT(client.has_value(), "a record's client exists as long as the record");
  return client->client.ref;
}

Result<StoredInvolvement> open_involvement(Context& context, InvolvementId id) {
  KNOOP_LET(stored, storage::find_involvement(context.tx, id));
  if (!stored) return fail(ErrorCode::not_found, Side::user, "there is no {}", name_of(id));
  if (stored->involvement.closed_on)
    return fail(ErrorCode::wrong_state, Side::user, "{} was closed on {}; register a new one", name_of(id),
                stored->involvement.closed_on->iso());
  return *stored;
}

/// Log entries that together name every item; one entry's detail has a limit.
Result<void> record_shown(Context& context, audit::Event event, std::string_view prefix,
                          const std::vector<std::string>& refs) {
  constexpr std::size_t room = audit::max_value / 2;
  std::size_t i = 0;
  do {
    std::string detail(prefix);
    for (bool first = true; i < refs.size() && (first || detail.size() + refs[i].size() < room);
         ++i, first = false)
      detail += fmt::format("{} {}", first ? "; shown:" : ",", refs[i]);
    KNOOP_TRY(record(context, event, audit::Action::read, "", "", std::move(detail)));
  } while (i < refs.size());
  return watch_shown(context, refs);
}

Result<StoredInvolvement> store_change(Context& context, const StoredInvolvement& stored, audit::Event event,
                                       std::string detail = "") {
  KNOOP_TRY(storage::update_involvement(context.tx, stored, context.now));
  KNOOP_LET(ref, ref_of(context, stored.client));
  KNOOP_TRY(record(context, event, audit::Action::update, ref, name_of(stored.id), std::move(detail)));
  context.wake();
  KNOOP_LET(after, storage::find_involvement(context.tx, stored.id));
  return *after;
}

}  // namespace

Result<ClientFile> read_client(Context& context, std::string_view ref, std::string_view purpose) {
  KNOOP_LET(client, client_by(context, ref));
  KNOOP_LET(involvements, storage::involvements_of(context.tx, client.id));
  KNOOP_LET(fragments, storage::fragments_of(context.tx, client.id));
  for (storage::StoredFragment& fragment : fragments) {
    fragment.fragment.text.clear();
    fragment.fragment.content = "{}";
  }
  KNOOP_TRY(
      record(context, audit::Event::client_read, audit::Action::read, client.client.ref, "", "", purpose));
  return ClientFile{std::move(client), std::move(involvements), std::move(fragments)};
}

Result<std::vector<StoredClient>> search_clients(Context& context, storage::ClientFilter filter) {
  filter.today = dutch_day(context.now);
  filter.limit = std::clamp(filter.limit, std::int64_t{1}, most_clients_shown);
  KNOOP_LET(found, storage::list_clients(context.tx, filter));
  std::string criteria = "by";
  if (!filter.surname_prefix.empty()) criteria += " surname";
  if (filter.birth_date) criteria += " birth date";
  if (filter.bsn) criteria += " BSN";
  if (filter.involved_only) criteria += " involvement";
  if (criteria == "by") criteria = "all";
  std::vector<std::string> refs;
  for (const StoredClient& client : found) refs.push_back(client.client.ref);
  KNOOP_TRY(record_shown(context, audit::Event::client_searched, criteria, refs));
  return found;
}

Result<void> mark_client(Context& context, std::string_view ref, const MarkChange& change) {
  KNOOP_LET(client, client_by(context, ref));
  const ClientMarks marks{.secret = change.secret.value_or(client.marks.secret),
                          .institutional = change.institutional.value_or(client.marks.institutional)};
  if (client.marks == marks) return {};
  KNOOP_TRY(storage::set_marks(context.tx, client.id, marks, context.now));
  context.wake();
  return record(context, audit::Event::client_changed, audit::Action::update, ref, "",
                fmt::format("geheim {}, institutional {}", marks.secret ? "yes" : "no",
                            marks.institutional ? "yes" : "no"));
}

Result<void> set_deceased(Context& context, std::string_view ref, const std::optional<Date>& day) {
  KNOOP_LET(client, client_by(context, ref));
  if (day && (*day > dutch_day(context.now) || *day < client.client.birth_date))
    return fail(ErrorCode::bad_value, Side::user, "date: is in the future, or before the birth");
  if (client.deceased == day) return {};
  KNOOP_TRY(storage::set_deceased(context.tx, client.id, day, context.now));
  return record(context, audit::Event::client_changed, audit::Action::update, ref, "", "date of death");
}

Result<StoredInvolvement> add_involvement(Context& context, std::string_view ref,
                                          const Involvement& involvement) {
  KNOOP_LET(client, client_by(context, ref));
  if (const auto problem = records::check(involvement, dutch_day(context.now))) return refuse(*problem);
  KNOOP_LET(id, storage::add_involvement(context.tx, client.id, involvement, context.now));
  KNOOP_TRY(record(context, audit::Event::involvement_added, audit::Action::create, ref, name_of(id)));
  context.wake();
  KNOOP_LET(stored, storage::find_involvement(context.tx, id));
  return *stored;
}

Result<StoredInvolvement> extend_involvement(Context& context, InvolvementId id, Date until) {
  KNOOP_LET(stored, open_involvement(context, id));
  const Date today = dutch_day(context.now);
  if (until < today) return fail(ErrorCode::bad_value, Side::user, "tot is in the past; close it instead");
  if (until > today.plus_months(records::longest_involvement_months))
    return fail(ErrorCode::bad_value, Side::user,
                "tot is more than two years ahead; extend it for two years, and again when it is still so");
  stored.involvement.until = until;
  return store_change(context, stored, audit::Event::involvement_changed, "until " + until.iso());
}

Result<StoredInvolvement> close_involvement(Context& context, InvolvementId id, const std::string& why) {
  if (why.empty() || why.size() > records::longest_why)
    return fail(ErrorCode::bad_value, Side::user,
                "reason: an involvement is closed with one, of 1 to {} bytes", records::longest_why);
  KNOOP_LET(stored, open_involvement(context, id));
  stored.involvement.closed_on = dutch_day(context.now);
  stored.involvement.closed_why = why;
  return store_change(context, stored, audit::Event::involvement_closed);
}

Result<std::vector<ListedInvolvement>> list_involvements(Context& context,
                                                         storage::InvolvementFilter filter) {
  filter.today = dutch_day(context.now);
  filter.limit = std::clamp(filter.limit, std::int64_t{1}, most_clients_shown);
  KNOOP_LET(found, storage::list_involvements(context.tx, filter));
  std::vector<ListedInvolvement> out;
  std::vector<std::string> refs;
  for (StoredInvolvement& stored : found) {
    KNOOP_LET(ref, ref_of(context, stored.client));
    refs.push_back(ref);
    out.push_back({std::move(ref), std::move(stored)});
  }
  KNOOP_TRY(
      record_shown(context, audit::Event::involvement_read, filter.active_only ? "active" : "all", refs));
  return out;
}

Result<void> add_fragment_as(Context& context, const FragmentId& id, std::string_view ref,
                             const Fragment& fragment, const std::optional<FragmentId>& parent) {
  KNOOP_LET(client, client_by(context, ref));
  if (const auto problem = records::check(fragment, dutch_day(context.now))) return refuse(*problem);
  if (parent) {
    if (fragment.category != Category::views && fragment.category != Category::attachments)
      return fail(ErrorCode::bad_value, Side::user,
                  "parent: only a view (F17) and an attachment (F18) belong to another fragment");
    KNOOP_LET(other, storage::find_fragment(context.tx, *parent));
    if (!other || other->client != client.id || other->fragment.category == Category::attachments)
      return fail(ErrorCode::bad_value, Side::user,
                  "parent: is no fragment of this client that can have one");
  }
  KNOOP_TRY(storage::add_fragment(context.tx, id, client.id, fragment, context.now, parent));
  return record(context, audit::Event::fragment_added, audit::Action::create, ref, name_of(id));
}

Result<FragmentId> add_fragment(Context& context, std::string_view ref, const Fragment& fragment,
                                const std::optional<FragmentId>& parent) {
  if (exchange::attachment_of(fragment))
    return fail(ErrorCode::bad_value, Side::user,
                "fields: a file is put in first, and says these by itself (attachments)");
  const auto id = context.entropy.draw<FragmentId>();
  KNOOP_TRY(add_fragment_as(context, id, ref, fragment, parent));
  return id;
}

Result<storage::StoredFragment> read_fragment(Context& context, const FragmentId& id,
                                              std::string_view purpose) {
  KNOOP_LET(stored, storage::find_fragment(context.tx, id));
  if (!stored) return fail(ErrorCode::not_found, Side::user, "there is no own {}", name_of(id));
  KNOOP_LET(ref, ref_of(context, stored->client));
  KNOOP_TRY(record(context, audit::Event::fragment_read, audit::Action::read, ref, name_of(id), "", purpose));
  return *stored;
}

namespace {

/// One slice of those that nearly end; true when more may be left.
Result<bool> remind(Context& context, Date today) {
  constexpr std::int64_t slice = 50;
  KNOOP_LET(ending, storage::involvements_to_remind(context.tx, today,
                                                    terms::plus_days(today, records::reminder_days), slice));
  for (const StoredInvolvement& stored : ending) {
    KNOOP_TRY(storage::set_reminded(context.tx, stored.id));
    KNOOP_LET(ref, ref_of(context, stored.client));
    KNOOP_TRY(record(context, audit::Event::involvement_reminded, audit::Action::execute, ref,
                     name_of(stored.id), "ends " + stored.involvement.until.iso()));
  }
  return std::ssize(ending) == slice;
}

}  // namespace

Result<std::optional<Timestamp>> RecordsService::on_tick(Context& context) {
  if (!context.clock_sure()) return std::optional(context.now + Milliseconds{60'000});
  const Date today = dutch_day(context.now);
  KNOOP_LET(row, context.tx.one("SELECT value FROM meta WHERE key = ?", day_key));
  Date last = today;
  if (row) {
    KNOOP_LET(stored, Date::parse(text_view(row->get<ByteView>(0))));
    last = stored;
  }
  if (!row || last < today) {
    KNOOP_TRY(storage::mark_dirty_by_date(context.tx, last, today));
    KNOOP_TRY(
        context.tx.exec("INSERT OR REPLACE INTO meta(key, value) VALUES (?, ?)", day_key, view(today.iso())));
    context.wake();
  }
  KNOOP_LET(more, remind(context, today));
  return more ? context.now : start_of_dutch_day(Date::from_days(today.days() + 1));
}

}  // namespace knoop
