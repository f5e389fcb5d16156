// What came from other organisations (R4.3), and what would leave if it were released now (R4.2).
#include "node/core/exchange_service.h"
#include "node/core/handover_service.h"
#include "node/http/api_routes.h"
#include "node/http/case_views.h"
#include "node/http/fields.h"
#include "node/http/form_routes.h"
#include "node/http/fragment_views.h"
#include "node/http/page.h"
#include "node/http/versions.h"
#include "protocol/fragments/forms.h"

namespace knoop::http {
namespace {

const std::vector<Role> workers{Role::professional, Role::team_lead};

Result<Reply> received(Node& node, Context& context, const Request& request) {
  auto client = request.query_value("client");
  if (const auto handover = request.query_value("handover")) {
    KNOOP_LET(id, HandoverId::from_hex(*handover));
    KNOOP_LET(detail, node.service<HandoverService>().show(context, id));
    if (client && *client != detail.handover.client_ref)
      return fail(ErrorCode::bad_value, Side::user,
                  "this hand-over is of another client; name one of the two");
    client = detail.handover.client_ref;
  }
  if (!client)
    return fail(ErrorCode::bad_value, Side::user,
                "received fragments are shown of one client: name it, or a hand-over");
  KNOOP_TRY(must_be_own_client(context, client));
  KNOOP_LET(page, page_of(request, "received-fragments", usual_page));
  KNOOP_LET(wanted, rows_after<storage::ReceivedAfter>(page));
  KNOOP_LET(fragments, node.service<ExchangeService>().received(context, *client, wanted));
  Json out = Json::array();
  for (const auto& fragment : fragments) out.push_back(received_json(context.membership(), fragment));
  const Json next =
      next_page(page, "received-fragments", fragments, [](const storage::ReceivedFragment& one) {
        return place_at(one.received, one.peer, one.exchange, one.fragment.id);
      });
  return Reply{200, {{"fragments", std::move(out)}, {"next", next}}};
}

Result<Reply> received_in_emergency(Node& node, Context& context, const Request& request) {
  BodyReader body(request.body);
  const std::string client = body.text("client", 100);
  const std::string reason = body.text("reason", 300);
  KNOOP_TRY(body.finish());
  KNOOP_TRY(must_be_own_client(context, client));
  KNOOP_LET(fragments, node.service<ExchangeService>().received_in_emergency(context, client, reason));
  Json out = Json::array();
  for (const auto& fragment : fragments) out.push_back(received_json(context.membership(), fragment));
  return Reply{200, {{"fragments", std::move(out)}}};
}

Json preview_json(ExchangeService::Preview&& preview) {
  Json fragments = Json::array();
  for (const auto& fragment : preview.leaving) fragments.push_back(wire_json(fragment));
  const exchange::Obligations obligations = preview.obligations;
  ExchangeService::Answered answered;
  answered.decisions = std::move(preview.decisions);
  answered.denied = std::move(preview.denied);
  Json out = answered_json(answered);
  out.erase("exchange");
  out.erase("offered");
  out["fragments"] = std::move(fragments);
  out["obligations"] = {
      {"purpose", consent::to_string(obligations.purpose)},
      {"until",
       !preview.leaving.empty() && obligations.until.exists() ? Json(obligations.until.iso()) : Json()},
      {"onward", obligations.onward}};
  return out;
}

Result<Reply> preview(Node& node, Context& context, const Request& request) {
  BodyReader body(request.body);
  const std::string client = body.text("client", 100);
  const auto recipient = context.membership().by_slug(body.text("recipient", 40));
  if (!recipient) body.complain("recipient", "must be the short name of a member of the convenant");
  const auto purpose = value_in(consent::purposes, body.text_or("purpose", "warme-overdracht", 60));
  if (!purpose) body.complain("purpose", fmt::format("must be one of {}", names_of(consent::purposes)));
  const auto categories = read_categories(body, "categories");
  const auto selection = read_selection(body);
  KNOOP_TRY(body.finish());
  KNOOP_LET(preview, node.service<ExchangeService>().preview(context, client, *recipient, *purpose,
                                                             categories, selection));
  return Reply{200, preview_json(std::move(preview))};
}

Json request_json(const Membership& membership, const storage::Release& release) {
  const exchange::FragmentRequest& request = release.request;
  return {{"exchange", request.exchange.hex()},
          {"from", membership.slug(release.peer)},
          {"clientRef", release.client},
          {"purpose", consent::to_string(request.purpose)},
          {"occasion", request.occasion},
          {"goal", request.goal},
          {"categories", codes_json(request.categories)},
          {"role", request.role},
          {"created", release.created.iso()}};
}

Result<Reply> ask(Node& node, Context& context, const Request& request) {
  BodyReader body(request.body);
  ExchangeService::Question question;
  KNOOP_LET(peer, member_from(context.membership(), body.text("peer", 40)));
  question.peer = peer;
  if (const auto hex = body.optional_text("match", 32)) {
    KNOOP_LET(match, matching::MatchId::from_hex(*hex));
    question.about.match = match;
  }
  if (const auto hex = body.optional_text("handover", 32)) {
    KNOOP_LET(handover, HandoverId::from_hex(*hex));
    question.about.handover = handover;
  }
  const auto purpose = value_in(consent::purposes, body.text_or("purpose", "warme-overdracht", 60));
  if (!purpose) body.complain("purpose", fmt::format("must be one of {}", names_of(consent::purposes)));
  question.occasion = body.text("occasion", 1000);
  question.goal = body.text("goal", 1000);
  question.categories = read_categories(body, "categories");
  if (const auto id = body.optional_text("form", 40)) {
    if (const forms::Form* form = forms::newest(*id)) {
      question.form = exchange::FormVersion{form->id, form->version};
      if (question.categories.empty()) question.categories = form->categories;
    } else {
      body.complain("form", "must be the id of a form");
    }
  }
  KNOOP_TRY(body.finish());
  question.purpose = *purpose;
  KNOOP_LET(exchange, node.service<ExchangeService>().request(context, question));
  return Reply{201, {{"exchange", exchange.hex()}}};
}

Result<Reply> asked(Node& node, Context& context, const Request&) {
  KNOOP_LET(waiting, node.service<ExchangeService>().asked(context));
  Json out = Json::array();
  for (const auto& one : waiting) out.push_back(request_json(context.membership(), one));
  return Reply{200, {{"requests", std::move(out)}}};
}

Result<Reply> preview_answer(Node& node, Context& context, const Request& request) {
  KNOOP_LET(peer, member_from(context.membership(), request.param("peer")));
  KNOOP_LET(exchange, id_from<ExchangeId>(request.param("exchange")));
  BodyReader body(request.body);
  const auto selection = read_selection(body);
  KNOOP_TRY(body.finish());
  KNOOP_LET(preview, node.service<ExchangeService>().preview(context, peer, exchange, selection));
  return Reply{200, preview_json(std::move(preview))};
}

Result<Reply> answer(Node& node, Context& context, const Request& request) {
  KNOOP_LET(peer, member_from(context.membership(), request.param("peer")));
  KNOOP_LET(exchange, id_from<ExchangeId>(request.param("exchange")));
  BodyReader body(request.body);
  const auto selection = read_selection(body);
  KNOOP_TRY(body.finish());
  KNOOP_LET(answered, node.service<ExchangeService>().answer(context, peer, exchange, selection));
  return Reply{200, answered_json(answered)};
}

Result<Reply> correct(Node& node, Context& context, const Request& request) {
  KNOOP_LET(id, id_from<FragmentId>(request.param("id")));
  Json rest = request.body;
  const TypedContent typed = take_typed_content(rest);
  BodyReader body(rest);
  const auto content = read_fragment_body(body, typed);
  KNOOP_TRY(body.finish());
  KNOOP_TRY(node.service<ExchangeService>().correct(context, id, content));
  return Reply{200, {{"id", id.hex()}}};
}

Result<Reply> kept_receipts(Node& node, Context& context, const Request& request) {
  KNOOP_LET(page, page_of(request, "receipts", usual_page));
  KNOOP_LET(wanted, rows_after<storage::ReceiptsAfter>(page));
  KNOOP_LET(kept, node.service<ExchangeService>().kept_receipts(context, wanted));
  Json out = Json::array();
  for (const auto& one : kept) {
    KNOOP_LET(body, decode<exchange::ReceiptBody>(one.proof.receipt.body));
    out.push_back({{"exchange", one.exchange.hex()},
                   {"peer", context.membership().slug(one.peer)},
                   {"given", one.given},
                   {"receipt", exchange::receipt_hash(one.proof.receipt).hex()},
                   {"at", body.at.iso()},
                   {"fragments", body.items.size()},
                   {"clientDestroyed", one.kept.iso()}});
  }
  const Json next = next_page(page, "receipts", kept, [](const storage::KeptReceipt& one) {
    return place_at(one.kept, one.peer, one.exchange, one.given);
  });
  return Reply{200, {{"receipts", std::move(out)}, {"next", next}}};
}

/// Also who is no member for so long that the convenants do not name it any more: a receipt outlives that.
Result<MemberId> anyone_from(const Membership& membership, const std::string& name) {
  if (const auto id = MemberId::from_hex(name)) return *id;
  return member_from(membership, name);
}

Result<Reply> export_receipt(Node& node, Context& context, const Request& request) {
  KNOOP_LET(peer, anyone_from(context.membership(), request.param("peer")));
  KNOOP_LET(exchange, id_from<ExchangeId>(request.param("exchange")));
  BodyReader body(request.body);
  const bool with_content = body.truth_or("withContent", false);
  KNOOP_TRY(body.finish());
  if (with_content && context.actor.role == Role::privacy_officer)
    return fail(ErrorCode::forbidden, Side::user, "content is for those who work with the dossier");
  KNOOP_LET(file, node.service<ExchangeService>().receipt(context, peer, exchange, with_content));
  KNOOP_LET(text, exchange::write_receipt(file));
  return Reply{201, {{"file", std::move(text)}, {"opened", file.openings.size()}}};
}

}  // namespace

void add_exchange_routes(Router& router) {
  router.get("/api/v1/received-fragments", workers, {"client", "handover", "cursor", "limit"}, received);
  router.post("/api/v1/received-fragments/emergency", workers, received_in_emergency)
      .repeats(Repeat::refusal);
  router.post("/api/v1/release-previews", workers, preview).repeats(Repeat::anew);
  router.post("/api/v1/fragment-requests", workers, ask);
  router.get("/api/v1/fragment-requests", workers, {}, asked);
  router.post("/api/v1/fragment-requests/{peer}/{exchange}/preview", workers, preview_answer)
      .repeats(Repeat::anew);
  router.post("/api/v1/fragment-requests/{peer}/{exchange}/answer", workers, answer);
  router.post("/api/v1/fragments/{id}/correct", workers, correct)
      .versioned(version_of(storage::Kind::fragment, "id"));
  const std::vector<Role> receipt_readers{Role::professional, Role::team_lead, Role::privacy_officer};
  router.get("/api/v1/receipts", receipt_readers, {"cursor", "limit"}, kept_receipts);
  router.post("/api/v1/receipts/{peer}/{exchange}/export", receipt_readers, export_receipt)
      .repeats(Repeat::anew);
  add_form_routes(router);
}

}  // namespace knoop::http
