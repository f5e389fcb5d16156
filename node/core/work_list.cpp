#include "node/core/work_list.h"

#include <algorithm>
#include <tuple>

#include "node/core/membership.h"
#include "protocol/records/calendar.h"
#include "storage/handover_repository.h"
#include "storage/match_repository.h"

namespace knoop {
namespace {

/// What a live match asks of us; nothing when it was dealt with or waits for the other side.
std::string task_of(const storage::StoredMatch& match) {
  if (match.outcome || match.own_choice == storage::Choice::no_contact) return "";
  if (match.peer_notice) return "contact opnemen en uitkomst vastleggen";
  if (match.verdict != matching::Verdict::certain && !match.own_choice) return "beoordelen en contact kiezen";
  return "";
}

}  // namespace

Result<std::vector<WorkItem>> work_list(Context& context) {
  std::vector<WorkItem> out;
  storage::HandoverFilter open;
  open.open_only = true;
  KNOOP_LET(handovers, storage::list_handovers(context.tx, open));
  for (const storage::StoredHandover& handover : handovers)
    if (handover.deadline)
      out.push_back({WorkKind::handover, handover.id.hex(), handover.client_ref, handover.peer,
                     std::string(handover::to_string(handover.deadline->task)),
                     handover.deadline->owner == handover.party, handover.deadline->span.due,
                     handover.stage});
  const auto& convenant = context.membership().convenant();
  const terms::AgreedTerms agreed = convenant ? convenant->terms : terms::AgreedTerms{};
  const Date today = dutch_day(context.now);
  KNOOP_LET(matches, storage::list_matches(context.tx, {}));
  for (const storage::StoredMatch& match : matches) {
    std::string task = task_of(match);
    if (task.empty()) continue;
    const terms::Span span = terms::span_until(dutch_day(match.found), match.contact_before, agreed);
    out.push_back({WorkKind::match, match.id.hex(), match.client_ref, match.peer, std::move(task), true,
                   span.due, terms::stage_on(span, today)});
  }
  std::ranges::sort(out, {}, [](const WorkItem& item) {
    return std::tuple(item.due, !item.ours, item.kind, std::string_view(item.id));
  });
  audit::AuditEntry entry;
  entry.event = audit::Event::work_read;
  entry.action = audit::Action::read;
  entry.object = "work";
  entry.detail = fmt::format("{} listed", out.size());
  KNOOP_TRY(context.audit(std::move(entry)));
  return out;
}

}  // namespace knoop
