#include "node/core/audit_reader.h"

#include <algorithm>

#include "node/core/heads.h"
#include "node/core/log_standing.h"
#include "node/core/membership.h"
#include "storage/audit_repository.h"
#include "storage/witness_repository.h"

namespace knoop {
namespace {

using audit::Action;
using audit::Event;

Result<std::vector<audit::ExportedEntry>> entries(Context& context, std::uint32_t incarnation,
                                                  std::uint64_t from, std::uint64_t until) {
  std::vector<audit::ExportedEntry> out;
  KNOOP_TRY(storage::each_audit_entry(context.tx, incarnation, from, until,
                                      [&](const audit::ExportedEntry& entry) -> Result<void> {
                                        out.push_back(entry);
                                        return {};
                                      }));
  return out;
}

/// An earlier log ended when the next was opened: at the newest head that its witnesses confirmed, or that was signed.
Result<void> end_of_earlier(Context& context, AuditExport& out) {
  const std::uint32_t incarnation = out.origin.incarnation;
  KNOOP_LET(size, last_certain_head(context.tx, incarnation));
  if (!size)
    return fail(ErrorCode::not_found, Side::user, "there is no log {} here, or no head of it", incarnation);
  KNOOP_LET(note, storage::own_head(context.tx, incarnation, *size));
  KNOOP_LET(cosigned, own_cosigned_head(context.tx, context.membership(), incarnation, *size));
  KNOOP_ASSERT(note && cosigned, "a head that was found");
  out.size = *size;
  out.head = std::move(*note);
  if (*cosigned != out.head) out.witnessed = std::move(*cosigned);
  return {};
}

}  // namespace

Result<AuditExport> begin_export(Context& context, const AuditLog& log, bool redacted, std::string_view form,
                                 std::uint32_t incarnation, std::string_view reason) {
  AuditExport out;
  KNOOP_LET(origin, log.origin(context.tx));
  out.origin = origin;
  const bool earlier = incarnation != 0 && incarnation != origin.incarnation;
  out.redacted = redacted;
  KNOOP_LET(card, storage::newest_card_note(context.tx, context.membership().self()));
  out.card = std::move(card);
  KNOOP_TRY(context.audit({.event = Event::log_exported,
                           .action = Action::read,
                           .purpose = std::string(reason),
                           .detail = fmt::format("{}, {}{}", form, redacted ? "redacted" : "with openings",
                                                 earlier ? fmt::format(", log {}", incarnation) : "")}));
  if (earlier) {
    out.origin.incarnation = incarnation;
    KNOOP_TRY(end_of_earlier(context, out));
    return out;
  }
  // More than this entry may have come: looking at night raises a hint, which is one too.
  KNOOP_LET(state, storage::audit_state(context.tx));
  out.size = state.tree.size();
  KNOOP_LET(head, log.head(context.tx, context.now));
  out.head = std::move(head);
  KNOOP_LET(standing, log_standing(context.tx, context.membership(), context.now));
  if (standing.witnessed_size > 0) {
    KNOOP_LET(witnessed, own_cosigned_head(context.tx, context.membership(), standing.incarnation,
                                           standing.witnessed_size));
    out.witnessed = witnessed.value_or("");
  }
  return out;
}

Result<std::vector<audit::ExportedEntry>> export_slice(Context& context, const AuditExport& audit_export,
                                                       std::uint64_t from) {
  const std::uint64_t until = std::min(audit_export.size, from + audit_slice);
  KNOOP_LET(slice, entries(context, audit_export.origin.incarnation, from, until));
  if (audit_export.redacted)
    for (audit::ExportedEntry& entry : slice) entry = audit::redact(std::move(entry));
  return slice;
}

Result<LogPage> read_log(Context& context, const std::optional<storage::AuditPlace>& before,
                         std::uint64_t limit) {
  KNOOP_LET(state, storage::audit_state(context.tx));
  const storage::AuditPlace end = before.value_or(storage::AuditPlace{state.incarnation, state.tree.size()});
  const std::uint64_t count = std::min({limit, audit_slice, end.number});
  const std::uint64_t first = end.number - count;
  LogPage page;
  KNOOP_LET(shown, entries(context, end.incarnation, first, end.number));
  page.entries = std::move(shown);
  if (first > 0 && !page.entries.empty()) page.next = storage::AuditPlace{end.incarnation, first};
  KNOOP_TRY(context.audit({.event = Event::log_read,
                           .reference = count == 0 ? "" : fmt::format("{}-{}", first, end.number - 1),
                           .action = Action::read}));
  return page;
}

Result<LogPage> read_log_of_client(Context& context, const std::string& client,
                                   const std::optional<storage::AuditPlace>& from, std::uint64_t limit) {
  LogPage page;
  const auto visit = [&](const storage::AuditPlace& place,
                         const audit::ExportedEntry& entry) -> Result<void> {
    if (page.entries.size() < limit)
      page.entries.push_back(entry);
    else
      page.next = place;
    return {};
  };
  KNOOP_TRY(storage::each_audit_entry_of_client(context.tx, client, from.value_or(storage::AuditPlace{}),
                                                limit + 1, visit));
  KNOOP_TRY(context.audit({.event = Event::log_read,
                           .action = Action::read,
                           .client = client,
                           .detail = fmt::format("{} entries", page.entries.size())}));
  return page;
}

}  // namespace knoop
