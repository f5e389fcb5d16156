// What came from other organisations (R4.3), and what would leave if it were released now (R4.2).
#include "node/core/exchange_service.h"
#include "node/core/handover_service.h"
#include "node/http/api_routes.h"
#include "node/http/case_views.h"

namespace knoop::http {
namespace {

const std::vector<Role> workers{Role::professional, Role::team_lead};

Result<Reply> received(Node& node, Context& context, const Request& request) {
  auto client = request.query_value("client");
  if (const auto handover = request.query_value("handover")) {
    KNOOP_LET(id, HandoverId::from_hex(*handover));
    KNOOP_LET(detail, node.service<HandoverService>().show(context, id));
    client = detail.handover.client_ref;
  }
  if (!client)
    return fail(ErrorCode::bad_value, Side::user,
                "received fragments are shown of one client: name it, or a hand-over");
  KNOOP_LET(fragments, node.service<ExchangeService>().received(context, *client));
  Json out = Json::array();
  for (const auto& fragment : fragments) out.push_back(received_json(context.membership(), fragment));
  return Reply{200, {{"fragments", std::move(out)}}};
}

Result<Reply> preview(Node& node, Context& context, const Request& request) {
  BodyReader body(request.body);
  const std::string client = body.text("client", 100);
  const auto recipient = context.membership().by_slug(body.text("recipient", 40));
  if (!recipient) body.complain("recipient", "must be the short name of a member of the convenant");
  const auto purpose = value_in(consent::purposes, body.text_or("purpose", "warme-overdracht", 60));
  if (!purpose) body.complain("purpose", fmt::format("must be one of {}", names_of(consent::purposes)));
  const auto categories = read_categories(body, "categories");
  KNOOP_TRY(body.finish());
  KNOOP_LET(decisions,
            node.service<ExchangeService>().preview(context, client, *recipient, *purpose, categories));
  ExchangeService::Answered answered;
  answered.decisions = std::move(decisions);
  Json out = answered_json(answered);
  out.erase("exchange");
  out.erase("offered");
  return Reply{200, std::move(out)};
}

}  // namespace

void add_exchange_routes(Router& router) {
  router.get("/api/v1/received-fragments", workers, {"client", "handover"}, received);
  router.post("/api/v1/release-previews", workers, preview);
}

}  // namespace knoop::http
