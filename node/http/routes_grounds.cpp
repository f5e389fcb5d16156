// Sharing without consent (R3.6): decided by a professional, reviewed by the privacy officer, told to the client.
#include "node/core/consent_service.h"
#include "node/http/api_routes.h"
#include "node/http/case_views.h"
#include "node/http/fields.h"
#include "node/http/page.h"
#include "node/http/roles.h"
#include "node/http/versions.h"
#include "protocol/records/calendar.h"

namespace knoop::http {
namespace {

Result<Reply> listed(Context& context, const std::vector<consent::Ground>& grounds) {
  Json out = Json::array();
  for (const consent::Ground& ground : grounds) {
    Json one = ground_json(context.membership(), ground, dutch_day(context.now));
    KNOOP_TRY(show_etag(context, storage::Kind::ground, one.at("id").get<std::string>(), one));
    out.push_back(std::move(one));
  }
  return Reply{200, {{"grounds", std::move(out)}}};
}

Result<Reply> record(Node& node, Context& context, const Request& request) {
  BodyReader body(request.body);
  consent::Ground draft;
  draft.client = body.text("client", 100);
  const auto kind = value_in(consent::ground_kinds, body.text("kind", 60));
  if (!kind) body.complain("kind", fmt::format("must be one of {}", names_of(consent::ground_kinds)));
  draft.kind = kind.value_or(consent::GroundKind::emergency);
  const auto recipient = read_member(body, "recipient", context.membership());
  if (!recipient) body.complain("recipient", "is needed: one organisation");
  draft.recipient = recipient.value_or(MemberId{});
  for (const std::string& text : body.texts("items", 200, 2 * FragmentId::size)) {
    if (const auto id = FragmentId::from_hex(text))
      draft.items.push_back(*id);
    else
      body.complain("items", "must hold ids of fragments");
  }
  draft.reasons = body.text("reasons", 4000);
  draft.source = body.text_or("source", "", 1000);
  draft.consulted = body.text_or("consulted", "", 100);
  draft.until = body.optional_date("until").value_or(dutch_day(context.now));
  KNOOP_TRY(body.finish());
  KNOOP_LET(ground, node.service<ConsentService>().record_ground(context, std::move(draft)));
  return Reply{201, ground_json(context.membership(), ground, dutch_day(context.now))};
}

Result<Reply> list(Node& node, Context& context, const Request& request) {
  const auto client = request.query_value("client");
  if (!client) return fail(ErrorCode::bad_value, Side::user, "grounds are listed of one client: say which");
  KNOOP_LET(grounds, node.service<ConsentService>().grounds(context, *client));
  return listed(context, grounds);
}

Result<Reply> end(Node& node, Context& context, const Request& request) {
  KNOOP_LET(id, id_from<BasisId>(request.param("id")));
  KNOOP_LET(effect, node.service<ConsentService>().end_ground(context, id));
  return Reply{200, {{"id", id.hex()}, {"cancelled", effect.cancelled}, {"followed", effect.followed}}};
}

Result<Reply> reviews(Node& node, Context& context, const Request& request) {
  KNOOP_LET(page, page_of(request, "ground-reviews", usual_page));
  KNOOP_LET(wanted, rows_after<storage::GroundsAfter>(page));
  KNOOP_LET(grounds, node.service<ConsentService>().reviews(context, wanted));
  KNOOP_LET(reply, listed(context, grounds));
  reply.body["next"] = next_page(page, "ground-reviews", grounds,
                                 [](const consent::Ground& one) { return place_at(one.review_due, one.id); });
  return reply;
}

Result<Reply> review(Node& node, Context& context, const Request& request) {
  KNOOP_LET(id, id_from<BasisId>(request.param("id")));
  BodyReader body(request.body);
  const auto verdict = word_from(body, "verdict", body.text_or("verdict", "", 60), consent::verdicts);
  const std::string words = body.text("words", 4000);
  KNOOP_TRY(body.finish());
  KNOOP_LET(reviewed, node.service<ConsentService>().review(context, id, verdict, words));
  Json out = ground_json(context.membership(), reviewed.ground, dutch_day(context.now));
  out["cancelled"] = reviewed.effect.cancelled;
  out["followed"] = reviewed.effect.followed;
  return Reply{200, std::move(out)};
}

Result<Reply> to_tell(Node& node, Context& context, const Request& request) {
  KNOOP_LET(page, page_of(request, "clients-to-tell", usual_page));
  KNOOP_LET(wanted, rows_after<storage::GroundsAfter>(page));
  KNOOP_LET(grounds, node.service<ConsentService>().clients_to_tell(context, wanted));
  KNOOP_LET(reply, listed(context, grounds));
  reply.body["next"] = next_page(page, "clients-to-tell", grounds, [](const consent::Ground& one) {
    return place_at(one.informing.due, one.id);
  });
  return reply;
}

Result<Reply> told(Node& node, Context& context, const Request& request) {
  KNOOP_LET(id, id_from<BasisId>(request.param("id")));
  BodyReader body(request.body);
  const std::string how = body.text("how", 4000);
  KNOOP_TRY(body.finish());
  KNOOP_TRY(node.service<ConsentService>().client_told(context, id, how));
  return Reply{200, {{"id", id.hex()}}};
}

Result<Reply> postpone(Node& node, Context& context, const Request& request) {
  KNOOP_LET(id, id_from<BasisId>(request.param("id")));
  BodyReader body(request.body);
  const Date due = body.date("until");
  const std::string because = body.text("because", 4000);
  KNOOP_TRY(body.finish());
  KNOOP_TRY(node.service<ConsentService>().postpone_telling(context, id, due, because));
  return Reply{200, {{"id", id.hex()}, {"due", due.iso()}}};
}

}  // namespace

void add_ground_routes(Router& router) {
  router.post("/api/v1/grounds", care(), record);
  router.get("/api/v1/grounds", care_and_privacy(), {"client"}, list);
  router.post("/api/v1/grounds/{id}/end", care(), end).versioned(version_of(storage::Kind::ground, "id"));
  router.get("/api/v1/ground-reviews", {Role::privacy_officer}, {"cursor", "limit"}, reviews);
  router.post("/api/v1/grounds/{id}/review", {Role::privacy_officer}, review)
      .versioned(version_of(storage::Kind::ground, "id"));
  router.get("/api/v1/clients-to-tell", care_and_privacy(), {"cursor", "limit"}, to_tell);
  router.post("/api/v1/grounds/{id}/telling", care(), told)
      .versioned(version_of(storage::Kind::ground, "id"));
  router.post("/api/v1/grounds/{id}/postponement", care(), postpone)
      .versioned(version_of(storage::Kind::ground, "id"));
}

}  // namespace knoop::http
