// The opening audit of matching (docs/spec/openings.md): the privacy officer sees how it stands, and takes the sealed openings
// out for the auditor.
#include "node/core/matching_service.h"
#include "node/files/openings_export.h"
#include "node/http/api_routes.h"
#include "node/http/body.h"
#include "node/http/fields.h"
#include "node/http/roles.h"

namespace knoop::http {
namespace {

Json view_json(const Membership& membership, const OpeningAuditView& view) {
  Json out{{"peer", membership.slug(view.peer)},
           {"epoch", view.epoch},
           {"started", view.started.iso()},
           {"stated", view.stated},
           {"handles", view.handles},
           {"opened", view.opened},
           {"done", nullptr},
           {"trouble", nullptr}};
  if (view.done) out["done"] = view.done->iso();
  if (!view.trouble.empty()) out["trouble"] = view.trouble;
  return out;
}

Result<Reply> list(Node& node, Context& context, const Request&) {
  KNOOP_LET(views, node.service<MatchingService>().openings().list(context));
  Json out = Json::array();
  for (const OpeningAuditView& view : views) out.push_back(view_json(context.membership(), view));
  return Reply{200, {{"openings", std::move(out)}}};
}

Result<Reply> export_file(Node& node, Context& context, const Request& request) {
  KNOOP_LET(peer, member_from(context.membership(), request.param("peer")));
  KNOOP_LET(epoch, number_from<matching::Epoch>(request.param("epoch")));
  BodyReader body(request.body);
  KNOOP_TRY(body.finish());
  KNOOP_LET(exported, node.service<MatchingService>().openings().export_openings(context, peer, epoch));
  std::string text = openings_head_line(exported);
  for (const auto& opening : exported.openings) text += opening_line(opening);
  return Reply{201, {{"file", std::move(text)}, {"count", exported.openings.size()}}};
}

}  // namespace

void add_openings_routes(Router& router) {
  router.get("/api/v1/matching-openings", overseers(), {}, list);
  router.post("/api/v1/matching-openings/{peer}/{epoch}/export", {Role::privacy_officer}, export_file)
      .repeats(Repeat::refusal);
}

}  // namespace knoop::http
