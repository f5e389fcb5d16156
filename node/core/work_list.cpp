#include "node/core/work_list.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "node/core/leaving.h"
#include "node/core/match_tasks.h"
#include "protocol/consent/record.h"
#include "protocol/records/calendar.h"
#include "storage/aftercare_repository.h"
#include "storage/consent_repository.h"
#include "storage/handover_repository.h"
#include "storage/records_repository.h"
#include "storage/work_repository.h"

namespace knoop {
namespace {

constexpr std::int64_t most_of_a_kind = 10'000;  // the soonest due; what is later comes nearer

bool is_for(const WorkItem& item, std::string_view owner) {
  return owner.empty() || item.owner.empty() || item.stage == terms::Stage::escalated ||
         !item.trouble.empty() || storage::same_professional(item.owner, owner);
}

storage::DutyId duty_id(ByteView id) {
  return *storage::DutyId::from(id);
}

/// Who answers for each of `things`, asked at once.
template <typename Things>
Result<std::map<storage::DutyId, std::string>> responsible(Context& context, storage::Duty duty,
                                                           const Things& things) {
  std::vector<storage::DutyId> ids;
  for (const auto& one : things) ids.push_back(duty_id(one.id.view()));
  return storage::responsible_of(context.tx, duty, ids);
}

Result<void> add_handovers(Context& context, std::vector<WorkItem>& out) {
  storage::HandoverFilter open;
  open.open_only = true;
  KNOOP_LET(handovers, storage::list_handovers(context.tx, open));
  KNOOP_LET(who, responsible(context, storage::Duty::handover, handovers));
  for (const storage::StoredHandover& handover : handovers) {
    if (!handover.deadline) continue;
    out.push_back({WorkKind::handover, handover.id.hex(), handover.client_ref, handover.peer,
                   std::string(handover::to_string(handover.deadline->task)),
                   handover.deadline->owner == handover.party, handover.deadline->span.due, handover.stage,
                   who[duty_id(handover.id.view())]});
  }
  return {};
}

Result<void> add_matches(Context& context, std::vector<WorkItem>& out) {
  KNOOP_LET(matches, storage::open_match_tasks(context.tx, most_of_a_kind));
  for (const storage::OpenMatchTask& open_task : matches) {
    const storage::StoredMatchTask& task = open_task.task;
    if (!task.deadline) continue;
    KNOOP_LET(whose, owner_of(context, task, open_task.client));
    out.push_back({WorkKind::match, task.match.hex(), open_task.client_ref, open_task.peer,
                   std::string(followup::to_string(task.deadline->task)),
                   followup::is_ours(task.deadline->task), task.deadline->span.due, task.stage,
                   std::move(whose), task.trouble ? std::string(followup::to_string(*task.trouble)) : ""});
  }
  return {};
}

Result<void> add_involvements(Context& context, std::vector<WorkItem>& out) {
  const Date today = dutch_day(context.now);
  KNOOP_LET(ending, storage::reminded_involvements(context.tx, today, most_of_a_kind));
  for (const storage::StoredInvolvement& stored : ending) {
    KNOOP_LET(client, storage::find_client(context.tx, stored.client));
    if (!client) continue;
    out.push_back({WorkKind::involvement, std::to_string(static_cast<std::int64_t>(stored.id)),
                   client->client.ref, std::nullopt, std::string(records::ending_task), true,
                   stored.involvement.until, terms::stage_on(records::term_of(stored.involvement), today),
                   stored.involvement.professional.name});
  }
  return {};
}

/// Those that hold now; what replaced one has its own last day.
Result<void> add_consents(Context& context, std::vector<WorkItem>& out) {
  const Date today = dutch_day(context.now);
  KNOOP_LET(ending, storage::ending_consents(
                        context.tx, today, terms::plus_days(today, consent::reminder_days), most_of_a_kind));
  if (ending.empty()) return {};
  KNOOP_LET(policy, storage::consent_policy(context.tx));
  KNOOP_LET(who, responsible(context, storage::Duty::consent, ending));
  for (const consent::Consent& record : ending) {
    KNOOP_LET(client, storage::find_client(context.tx, record.client));
    KNOOP_LET(all, storage::consents_of(context.tx, record.client));
    if (!client || consent::standing_of(record, all, client->client.birth_date, policy.authority, today) !=
                       consent::Standing::in_force)
      continue;
    out.push_back({WorkKind::consent, record.id.hex(), record.client, record.recipient,
                   std::string(consent::ending_task), true, *record.until, terms::Stage::reminded,
                   who[duty_id(record.id.view())]});
  }
  return {};
}

Result<void> add_aftercare(Context& context, std::vector<WorkItem>& out) {
  KNOOP_LET(plans, storage::list_aftercare(context.tx, {.tasks_only = true, .limit = most_of_a_kind}));
  KNOOP_LET(who, responsible(context, storage::Duty::aftercare, plans));
  for (const storage::StoredAftercare& plan : plans)
    out.push_back({WorkKind::aftercare, plan.id.hex(), plan.client_ref, std::nullopt,
                   std::string(aftercare::task), true, plan.span.due, plan.stage,
                   who[duty_id(plan.id.view())]});
  return {};
}

/// What nobody took has been due since its professional left.
Result<void> add_untaken(Context& context, std::vector<WorkItem>& out) {
  KNOOP_LET(things, untaken(context));
  for (Untaken& one : things)
    out.push_back({WorkKind::takeover, fmt::format("{} {}", to_string(one.held.kind), one.held.id),
                   std::move(one.held.client_ref), std::nullopt, std::string(records::takeover_task), true,
                   one.left, terms::Stage::overdue, "", "was van " + one.held.professional});
  return {};
}

Result<std::vector<WorkItem>> collect(Context& context) {
  std::vector<WorkItem> out;
  KNOOP_TRY(add_handovers(context, out));
  KNOOP_TRY(add_matches(context, out));
  KNOOP_TRY(add_involvements(context, out));
  KNOOP_TRY(add_consents(context, out));
  KNOOP_TRY(add_aftercare(context, out));
  KNOOP_TRY(add_untaken(context, out));
  std::ranges::sort(out, {},
                    [](const WorkItem& item) {  // as place_in_work() sorts, without writing it each time
                      return std::tuple(item.due, !item.ours, item.kind, std::string_view(item.id));
                    });
  return out;
}

Result<void> log_read(Context& context, std::string detail) {
  return context
      .audit({.event = audit::Event::work_read,
              .action = audit::Action::read,
              .object = "work",
              .detail = std::move(detail)})
      .map([](std::uint64_t) {});
}

}  // namespace

std::string place_in_work(const WorkItem& item) {
  return fmt::format("{} {} {} {}", item.due.iso(), item.ours ? 0 : 1, static_cast<int>(item.kind), item.id);
}

Result<std::vector<WorkItem>> work_list(Context& context, std::string_view owner, std::int64_t limit,
                                        std::string_view after) {
  KNOOP_LET(out, collect(context));
  std::erase_if(out, [&](const WorkItem& item) {
    return !is_for(item, owner) || (!after.empty() && place_in_work(item) <= after);
  });
  if (std::ssize(out) > limit) out.resize(static_cast<std::size_t>(limit));
  KNOOP_TRY(log_read(context, fmt::format("{} listed", out.size())));
  return out;
}

Result<std::vector<WorkStatus>> work_status(Context& context) {
  KNOOP_LET(items, collect(context));
  std::map<std::tuple<WorkKind, std::optional<MemberId>, bool, terms::Stage>, WorkStatus> lines;
  for (const WorkItem& item : items) {
    WorkStatus& line = lines[{item.kind, item.peer, item.ours, item.stage}];
    if (line.count == 0) line = {item.kind, item.peer, item.ours, item.stage, 0, item.due};
    line.count += 1;  // sorted by due: the first was the oldest
  }
  std::vector<WorkStatus> out;
  for (const auto& [key, line] : lines) out.push_back(line);
  KNOOP_TRY(log_read(context, "statuses alone"));
  return out;
}

}  // namespace knoop
