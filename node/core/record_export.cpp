#include "node/core/record_export.h"

#include <algorithm>
#include <charconv>

#include "protocol/records/calendar.h"

namespace knoop {
namespace {

using records::ImportFile;

std::string_view form_name(records::ImportForm form) {
  return form == records::ImportForm::json ? "json" : "csv";
}

template <typename Id>
Result<Id> number_in(std::string_view cursor) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(cursor.data(), cursor.data() + cursor.size(), number);
  if (!cursor.empty() && (error != std::errc() || end != cursor.data() + cursor.size() || number < 0))
    return fail(ErrorCode::bad_value, Side::user, "a cursor is what the page before gave as `next`");
  return Id{number};
}

Result<std::string> ref_of(Context& context, records::ClientId id) {
  KNOOP_LET(client, storage::find_client(context.tx, id));
  return client ? client->client.ref : std::string();
}

/// One entry for each client of a page, and how many of its records the page has.
Result<void> record_page(Context& context, const RecordExport& wanted, ImportFile file,
                         const std::vector<std::string>& refs) {
  std::vector<std::pair<std::string, int>> shown;
  for (const std::string& ref : refs) {
    const auto found = std::ranges::find(shown, ref, &std::pair<std::string, int>::first);
    if (found == shown.end())
      shown.emplace_back(ref, 1);
    else
      ++found->second;
  }
  for (const auto& [ref, count] : shown)
    KNOOP_TRY(context.audit({.event = audit::Event::records_exported,
                             .action = audit::Action::read,
                             .client = ref,
                             .object = "record export " + wanted.id,
                             .purpose = wanted.reason,
                             .detail = fmt::format("{}: {}", to_string(file), count)}));
  return {};
}

Result<RecordPage> clients_page(Context& context, const RecordExport& wanted, std::string_view cursor) {
  KNOOP_LET(after, number_in<records::ClientId>(cursor));
  RecordPage page;
  if (wanted.client) {
    KNOOP_LET(client, storage::find_client(context.tx, *wanted.client));
    if (client && cursor.empty()) page.clients.push_back(std::move(*client));
    return page;
  }
  storage::ClientFilter filter;
  filter.today = dutch_day(context.now);
  filter.after = after;
  filter.limit = export_page_rows;
  KNOOP_LET(found, storage::list_clients(context.tx, filter));
  page.clients = std::move(found);
  if (!page.clients.empty()) page.next = std::to_string(static_cast<std::int64_t>(page.clients.back().id));
  return page;
}

Result<RecordPage> involvements_page(Context& context, const RecordExport& wanted, std::string_view cursor) {
  KNOOP_LET(after, number_in<records::InvolvementId>(cursor));
  storage::InvolvementFilter filter;
  filter.active_only = false;
  filter.today = dutch_day(context.now);
  filter.after = after;
  filter.limit = export_page_rows;
  filter.client = wanted.client;
  KNOOP_LET(found, storage::list_involvements(context.tx, filter));
  RecordPage page;
  if (!found.empty()) page.next = std::to_string(static_cast<std::int64_t>(found.back().id));
  for (storage::StoredInvolvement& each : found) {
    KNOOP_LET(ref, ref_of(context, each.client));
    if (!ref.empty()) page.involvements.push_back({std::move(ref), std::move(each)});
  }
  return page;
}

Result<RecordPage> fragments_page(Context& context, const RecordExport& wanted, std::string_view cursor) {
  std::optional<FragmentId> after;
  if (!cursor.empty()) {
    const auto id = FragmentId::from_hex(cursor);
    if (!id) return fail(ErrorCode::bad_value, Side::user, "a cursor is what the page before gave as `next`");
    after = *id;
  }
  KNOOP_LET(found, storage::fragments_after(context.tx, wanted.client, after, export_page_rows));
  RecordPage page;
  std::size_t bytes = 0;
  for (storage::StoredFragment& each : found) {
    const std::size_t size = each.fragment.text.size() + each.fragment.content.size();
    if (bytes > 0 && bytes + size > export_page_bytes) break;
    bytes += size;
    page.next = each.id.hex();
    KNOOP_LET(ref, ref_of(context, each.client));
    if (!ref.empty()) page.fragments.push_back({std::move(ref), std::move(each)});
  }
  return page;
}

}  // namespace

Result<std::array<std::int64_t, 3>> begin_record_export(Context& context, const RecordExport& wanted) {
  KNOOP_LET(counts, storage::count_records(context.tx, wanted.client));
  std::string ref;
  if (wanted.client) {
    KNOOP_LET(of, ref_of(context, *wanted.client));
    ref = std::move(of);
  }
  KNOOP_TRY(context.audit({.event = audit::Event::records_exported,
                           .action = audit::Action::execute,
                           .client = ref,
                           .object = "record export " + wanted.id,
                           .purpose = wanted.reason,
                           .detail = fmt::format("begun: {} clients, {} involvements, {} fragments, {}",
                                                 counts[0], counts[1], counts[2], form_name(wanted.form))}));
  return counts;
}

Result<RecordPage> read_export_page(Context& context, const RecordExport& wanted, ImportFile file,
                                    std::string_view cursor) {
  Result<RecordPage> page;
  switch (file) {
    case ImportFile::clients:
      page = clients_page(context, wanted, cursor);
      break;
    case ImportFile::involvements:
      page = involvements_page(context, wanted, cursor);
      break;
    case ImportFile::fragments:
      page = fragments_page(context, wanted, cursor);
      break;
  }
  if (!page) return page;
  std::vector<std::string> refs;
  for (const auto& client : page->clients) refs.push_back(client.client.ref);
  for (const auto& involvement : page->involvements) refs.push_back(involvement.client_ref);
  for (const auto& fragment : page->fragments) refs.push_back(fragment.client_ref);
  KNOOP_TRY(record_page(context, wanted, file, refs));
  return page;
}

}  // namespace knoop
