// The work list (R2.7, R5.6), and what a monitor sees of it.
#include "node/core/figures.h"
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

Json told_json(const Told& count) {
  return count ? Json(*count) : Json();
}
template <std::size_t Parts>
Json counted_json(const Counted<Parts>& counted, const std::array<std::string_view, Parts>& names) {
  Json out{{"count", told_json(counted.whole)}};
  for (std::size_t i = 0; i < Parts; ++i)
    out[std::string(names[i])] = counted.parts ? Json((*counted.parts)[i]) : Json();
  return out;
}

Result<Reply> show_figures(Node&, Context& context, const Request&) {
  KNOOP_LET(all, figures(context));
  Json months = Json::array();
  for (const MonthFigures& one : all.months)
    months.push_back({{"month", one.month.iso().substr(0, 7)},
                      {"matches", counted_json<2>(one.matches, {"inTime", "late"})},
                      {"asked", counted_json<2>(one.asked, {"arrived", "wrong"})},
                      {"received", counted_json<2>(one.received, {"arrived", "wrong"})},
                      {"leadDays", told_json(one.lead_days)}});
  return Reply{200,
               {{"smallestTold", smallest_told},
                {"months", std::move(months)},
                {"circles", counted_json<3>(all.circles, {"two", "three", "more"})}}};
}

}  // namespace

void add_work_routes(Router& router) {
  router.get("/api/v1/work", care(), {"owner", "cursor", "limit"}, list);
  router.get("/api/v1/figures", {Role::monitor, Role::privacy_officer, Role::team_lead}, {}, show_figures);
  router.get("/api/v1/work-status", {Role::monitor, Role::team_lead}, {}, statuses);
}

}  // namespace knoop::http
