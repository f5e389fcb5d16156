// The work list (R2.7, R5.6).
#include "node/core/membership.h"
#include "node/core/work_list.h"
#include "node/http/api_routes.h"
#include "node/http/roles.h"

namespace knoop::http {
namespace {

Result<Reply> list(Node&, Context& context, const Request&) {
  KNOOP_LET(items, work_list(context));
  Json out = Json::array();
  for (const WorkItem& item : items)
    out.push_back({{"kind", item.kind == WorkKind::handover ? "handover" : "match"},
                   {"id", item.id},
                   {"clientRef", item.client_ref},
                   {"peer", context.membership().slug(item.peer)},
                   {"task", item.task},
                   {"ours", item.ours},
                   {"due", item.due.iso()},
                   {"stage", terms::to_string(item.stage)}});
  return Reply{200, {{"work", std::move(out)}}};
}

}  // namespace

void add_work_routes(Router& router) {
  router.get("/api/v1/work", care(), {}, list);
}

}  // namespace knoop::http
