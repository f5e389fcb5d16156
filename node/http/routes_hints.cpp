// Hints at what is odd (R8.5): the privacy officer reads and closes them; who sees clients names own family.
#include "node/core/hints.h"
#include "node/http/api_routes.h"
#include "node/http/body.h"
#include "node/http/fields.h"
#include "node/http/page.h"
#include "node/http/roles.h"

namespace knoop::http {
namespace {

Json hint_json(const ShownHint& hint) {
  Json out{{"id", hint.row.id},
           {"kind", to_string(hint.kind)},
           {"about", hint.row.subject},
           {"raised", hint.row.raised.iso()},
           {"meaning", dutch(hint.kind)},
           {"detail", hint.row.detail},
           {"closed", nullptr}};
  if (hint.row.closed)
    out["closed"] = {{"at", hint.row.closed->iso()}, {"by", hint.row.closed_by}, {"reason", hint.row.reason}};
  return out;
}

Result<Reply> list(Node&, Context& context, const Request& request) {
  KNOOP_LET(page, page_of(request, "hints", usual_page));
  KNOOP_LET(wanted, rows_after<storage::HintsAfter>(page));
  KNOOP_LET(hints, list_hints(context, request.query_value("all") != "true", wanted));
  Json out = Json::array();
  for (const ShownHint& hint : hints) out.push_back(hint_json(hint));
  const Json next =
      next_page(page, "hints", hints, [](const ShownHint& hint) { return place_at(hint.row.id); });
  return Reply{200, {{"hints", std::move(out)}, {"next", next}}};
}

Result<Reply> close(Node&, Context& context, const Request& request) {
  KNOOP_LET(id, number_from<std::int64_t>(request.param("id")));
  BodyReader body(request.body);
  const std::string reason = body.text("reason", 1000);
  KNOOP_TRY(body.finish());
  KNOOP_TRY(close_hint(context, id, reason));
  return Reply{200, {{"id", id}}};
}

Result<Reply> name_family(Node&, Context& context, const Request& request) {
  BodyReader body(request.body);
  const std::string bsn = body.text("bsn", 9);
  KNOOP_TRY(body.finish());
  KNOOP_LET(parsed, records::Bsn::parse(bsn));
  KNOOP_TRY(name_own_family(context, parsed));
  return Reply{201, Json::object()};
}

Result<Reply> take_back(Node&, Context& context, const Request&) {
  KNOOP_LET(count, take_back_own_family(context));
  return Reply{200, {{"count", count}}};
}

}  // namespace

void add_hint_routes(Router& router) {
  router.get("/api/v1/hints", {Role::privacy_officer}, {"all", "cursor", "limit"}, list);
  router.post("/api/v1/hints/{id}/close", {Role::privacy_officer}, close);
  router.post("/api/v1/own-family", care_and_privacy(), name_family);
  router.add({"DELETE", "/api/v1/own-family", care_and_privacy(), {}, BodyKind::none, take_back});
}

}  // namespace knoop::http
