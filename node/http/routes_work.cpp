// The work list (R2.7, R5.6), and what a monitor sees of it.
#include "node/core/membership.h"
#include "node/core/work_list.h"
#include "node/http/api_routes.h"
#include "node/http/page.h"
#include "node/http/roles.h"

namespace knoop::http {
namespace {

Json peer_or_null(const Context& context, const std::optional<MemberId>& peer) {
  return peer ? Json(context.membership().slug(*peer)) : Json();
}

Result<Reply> list(Node&, Context& context, const Request& request) {
  KNOOP_LET(page, page_of(request, "work", longest_page));
  KNOOP_LET(items, work_list(context, request.query_value("owner").value_or(""), page.limit, page.after));
  Json out = Json::array();
  for (const WorkItem& item : items)
    out.push_back({{"kind", to_string(item.kind)},
                   {"id", item.id},
                   {"clientRef", item.client_ref},
                   {"peer", peer_or_null(context, item.peer)},
                   {"task", item.task},
                   {"ours", item.ours},
                   {"due", item.due.iso()},
                   {"stage", terms::to_string(item.stage)},
                   {"owner", item.owner},
                   {"escalated", item.trouble}});
  const Json next = next_page(page, "work", items, [](const WorkItem& item) { return place_in_work(item); });
  return Reply{200, {{"work", std::move(out)}, {"next", next}}};
}

/// No client, no id, no person: statuses alone.
Result<Reply> statuses(Node&, Context& context, const Request&) {
  KNOOP_LET(lines, work_status(context));
  Json out = Json::array();
  for (const WorkStatus& line : lines)
    out.push_back({{"kind", to_string(line.kind)},
                   {"peer", peer_or_null(context, line.peer)},
                   {"ours", line.ours},
                   {"stage", terms::to_string(line.stage)},
                   {"count", line.count},
                   {"oldestDue", line.oldest_due.iso()}});
  return Reply{200, {{"statuses", std::move(out)}}};
}

}  // namespace

void add_work_routes(Router& router) {
  router.get("/api/v1/work", care(), {"owner", "cursor", "limit"}, list);
  router.get("/api/v1/work-status", {Role::monitor, Role::team_lead}, {}, statuses);
}

}  // namespace knoop::http
