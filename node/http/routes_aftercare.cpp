// Plans of aftercare (nazorgplan, R5.5).
#include "node/core/aftercare_service.h"
#include "node/http/api_routes.h"
#include "node/http/case_views.h"
#include "node/http/fields.h"
#include "node/http/roles.h"
#include "node/http/versions.h"

namespace knoop::http {
namespace {

Json plan_json(const storage::StoredAftercare& plan) {
  return {{"id", plan.id.hex()},
          {"clientRef", plan.client_ref},
          {"ends", plan.ends.iso()},
          {"state", aftercare::to_string(plan.state)},
          {"words", plan.words.empty() ? Json() : Json(plan.words)},
          {"handover", plan.handover ? Json(plan.handover->hex()) : Json()},
          {"begins", plan.span.begins.iso()},
          {"due", plan.span.due.iso()},
          {"stage", terms::to_string(plan.stage)}};
}

Result<Reply> watch(Node& node, Context& context, const Request& request) {
  BodyReader body(request.body);
  const std::string client = body.text("client", 100);
  const Date ends = body.date("ends");
  const std::string who = body.text_or("who", "", handover::max_person);
  KNOOP_TRY(body.finish());
  KNOOP_LET(plan, node.service<AftercareService>().watch(context, client, ends, who));
  return Reply{201, plan_json(plan)};
}

Result<Reply> list(Node& node, Context& context, const Request& request) {
  storage::AftercareFilter filter;
  filter.client_ref = request.query_value("client");
  filter.open_only = request.query_value("all") != "true";
  KNOOP_TRY(must_be_own_client(context, filter.client_ref));
  KNOOP_LET(plans, node.service<AftercareService>().list(context, filter));
  Json out = Json::array();
  for (const auto& plan : plans) {
    Json one = plan_json(plan);
    KNOOP_TRY(show_etag(context, storage::Kind::aftercare, plan.id.hex(), one));
    out.push_back(std::move(one));
  }
  return Reply{200, {{"aftercare", std::move(out)}}};
}

Result<Reply> move_end(Node& node, Context& context, const Request& request) {
  BodyReader body(request.body);
  const Date ends = body.date("ends");
  KNOOP_TRY(body.finish());
  KNOOP_LET(id, id_from<storage::AftercareId>(request.param("id")));
  KNOOP_LET(plan, node.service<AftercareService>().move_end(context, id, ends));
  return Reply{200, plan_json(plan)};
}

Result<Reply> made(Node& node, Context& context, const Request& request) {
  BodyReader body(request.body);
  const std::string words = body.text_or("words", "", aftercare::max_words);
  std::optional<HandoverId> handover;
  if (const auto hex = body.optional_text("handover", 2 * HandoverId::size)) {
    if (const auto id = HandoverId::from_hex(*hex))
      handover = *id;
    else
      body.complain("handover", "must be the id of a hand-over");
  }
  KNOOP_TRY(body.finish());
  KNOOP_LET(id, id_from<storage::AftercareId>(request.param("id")));
  KNOOP_LET(plan, node.service<AftercareService>().made(context, id, words, handover));
  return Reply{200, plan_json(plan)};
}

Result<Reply> not_needed(Node& node, Context& context, const Request& request) {
  BodyReader body(request.body);
  const std::string words = body.text("words", aftercare::max_words);
  KNOOP_TRY(body.finish());
  KNOOP_LET(id, id_from<storage::AftercareId>(request.param("id")));
  KNOOP_LET(plan, node.service<AftercareService>().not_needed(context, id, words));
  return Reply{200, plan_json(plan)};
}

}  // namespace

void add_aftercare_routes(Router& router) {
  router.post("/api/v1/aftercare", care(), watch);
  router.get("/api/v1/aftercare", care(), {"client", "all"}, list);
  router.post("/api/v1/aftercare/{id}/end", care(), move_end)
      .versioned(version_of(storage::Kind::aftercare, "id"));
  router.post("/api/v1/aftercare/{id}/made", care(), made)
      .versioned(version_of(storage::Kind::aftercare, "id"));
  router.post("/api/v1/aftercare/{id}/not-needed", care(), not_needed)
      .versioned(version_of(storage::Kind::aftercare, "id"));
}

}  // namespace knoop::http
