// Destruction, retention and requests of data subjects (R1.4, R8.4). Two people destroy: who asks and who approves are checked by
// the service, not by the route.
#include "node/core/destruction_service.h"
#include "node/core/records.h"
#include "node/core/retention.h"
#include "node/core/subject_requests.h"
#include "node/http/api_routes.h"
#include "node/http/fields.h"
#include "node/http/page.h"
#include "node/http/roles.h"
#include "node/http/versions.h"
#include "protocol/records/calendar.h"

namespace knoop::http {
namespace {

Json day_json(const std::optional<Date>& day) {
  return day ? Json(day->iso()) : Json();
}
Json time_json(const std::optional<Timestamp>& time) {
  return time ? Json(time->iso()) : Json();
}
Json text_json(const std::string& text) {
  return text.empty() ? Json() : Json(text);
}

// ---- destruction

Json destruction_json(const storage::Destruction& d) {
  return {{"id", d.id.hex()},
          {"client", text_json(d.client)},
          {"fragment", d.fragment ? Json(d.fragment->hex()) : Json()},
          {"ground", to_string(d.ground)},
          {"reason", text_json(d.reason)},
          {"fingerprint", d.fingerprint.hex()},
          {"state", to_string(d.state)},
          {"askedBy", d.asked_by},
          {"askedAt", d.asked.iso()},
          {"approvedBy", text_json(d.approved_by)},
          {"approvedAt", time_json(d.approved)},
          {"doneAt", time_json(d.done)},
          {"logEntry", d.entry ? Json(d.entry->index) : Json()},
          {"fieldsErased", d.fields},
          {"waitsFor", text_json(d.waits_for)}};
}

Json order_json(const Membership& membership, const storage::DestructionOrderOut& order) {
  return {{"recipient", membership.slug(order.peer)},
          {"exchange", order.exchange.hex()},
          {"given", order.given},
          {"sentAt", order.sent.iso()},
          {"answeredAt", time_json(order.answered)},
          {"destroyed", order.answered ? Json(order.destroyed) : Json()},
          {"kept", order.answered ? Json(order.kept) : Json()},
          {"overdue", order.overdue}};
}

Result<Reply> ask(Node& node, Context& context, const Request& request) {
  BodyReader body(request.body);
  DestructionService::Question question;
  question.client = body.text("client", 100);
  if (const auto hex = body.optional_text("fragment", 32)) {
    if (const auto id = FragmentId::from_hex(*hex))
      question.fragment = *id;
    else
      body.complain("fragment", "must be the id of a fragment");
  }
  const auto ground = storage::destruction_ground_from(body.text("ground", 40));
  if (!ground) body.complain("ground", "must be one of bewaartermijn, verzoek, onterecht");
  question.ground = ground.value_or(storage::DestructionGround::mistake);
  question.reason = body.text("reason", 4000);
  KNOOP_TRY(body.finish());
  KNOOP_LET(made, node.service<DestructionService>().ask(context, question));
  return Reply{201, destruction_json(made)};
}

Result<Reply> list(Node& node, Context& context, const Request& request) {
  KNOOP_LET(page, page_of(request, "destructions", usual_page));
  KNOOP_LET(wanted, rows_after<storage::DestructionsAfter>(page));
  KNOOP_LET(all, node.service<DestructionService>().list(context, wanted));
  Json out = Json::array();
  for (const auto& one : all) {
    Json item = destruction_json(one.destruction);
    item["orders"] = Json::array();
    for (const auto& order : one.orders) item["orders"].push_back(order_json(context.membership(), order));
    KNOOP_TRY(show_etag(context, storage::Kind::destruction, one.destruction.id.hex(), item));
    out.push_back(std::move(item));
  }
  const Json next = next_page(page, "destructions", all, [](const DestructionService::Listed& one) {
    return place_at(one.destruction.asked, one.destruction.id);
  });
  return Reply{200, {{"destructions", std::move(out)}, {"next", next}}};
}

Result<Reply> approve(Node& node, Context& context, const Request& request) {
  KNOOP_LET(id, id_from<DestructionId>(request.param("id")));
  BodyReader body(request.body);
  const auto seen = Hash256::from_hex(body.text("fingerprint", 64));
  if (!seen) body.complain("fingerprint", "must be that of the destruction as it was asked");
  KNOOP_TRY(body.finish());
  KNOOP_LET(approved, node.service<DestructionService>().approve(context, id, *seen));
  return Reply{200, destruction_json(approved)};
}

Result<Reply> cancel(Node& node, Context& context, const Request& request) {
  KNOOP_LET(id, id_from<DestructionId>(request.param("id")));
  BodyReader body(request.body);
  const std::string why = body.text("why", 1000);
  KNOOP_TRY(body.finish());
  KNOOP_TRY(node.service<DestructionService>().cancel(context, id, why));
  return Reply{200, {{"id", id.hex()}}};
}

Result<Reply> proof(Node& node, Context& context, const Request& request) {
  KNOOP_LET(id, id_from<DestructionId>(request.param("id")));
  KNOOP_LET(text, node.service<DestructionService>().proof(context, id));
  return Reply{200, {{"proof", text}}};
}

// ---- retention

Result<Reply> due(Node&, Context& context, const Request& request) {
  records::ClientId after{0};
  KNOOP_LET(page, page_of(request, "retention", longest_page));
  if (!page.after.empty()) {
    KNOOP_LET(id, number_from<records::ClientId>(page.after));
    after = id;
  }
  KNOOP_LET(found, retention_due(context, after));
  Json out = Json::array();
  for (const RetentionClock& clock : found.due) {
    Json fragments = Json::array();
    for (const FragmentClock& one : clock.fragments)
      fragments.push_back({{"id", one.id.hex()},
                           {"category", to_string(one.category)},
                           {"retention", to_string(one.retention)},
                           {"until", day_json(one.until)}});
    out.push_back({{"client", clock.client},
                   {"pastAge", clock.past_age},
                   {"deceased", clock.deceased},
                   {"caseRuns", clock.runs},
                   {"keepUntil", day_json(clock.keep_until)},
                   {"fragments", std::move(fragments)}});
  }
  const auto next = static_cast<std::int64_t>(found.next);
  return Reply{
      200,
      {{"due", std::move(out)}, {"next", next == 0 ? Json() : next_page("retention", std::to_string(next))}}};
}

Result<Reply> death(Node&, Context& context, const Request& request) {
  BodyReader body(request.body);
  const auto day = body.optional_date("date");
  KNOOP_TRY(body.finish());
  KNOOP_TRY(set_deceased(context, request.param("ref"), day));
  return Reply{200, {{"ref", request.param("ref")}, {"deceased", day_json(day)}}};
}

// ---- requests of data subjects

Json request_json(const storage::SubjectRequest& r, const Date& today) {
  Json notes = Json::array();
  for (const auto& note : r.notes)
    notes.push_back({{"at", note.at.iso()}, {"by", note.by}, {"words", note.words}});
  return {{"id", r.id.hex()},
          {"client", text_json(r.client)},
          {"kind", to_string(r.kind)},
          {"state", to_string(r.state)},
          {"who", text_json(r.who)},
          {"received", r.received.iso()},
          {"due", r.due.iso()},
          {"extended", r.extended},
          {"overdue", !r.closed && r.due < today},
          {"closed", day_json(r.closed)},
          {"notes", std::move(notes)}};
}

Result<Reply> receive(Node& node, Context& context, const Request& request) {
  BodyReader body(request.body);
  SubjectRequestService::Draft draft;
  draft.client = body.text("client", 100);
  draft.kind = word_from(body, "kind", body.text("kind", 40), storage::subject_request_kinds);
  draft.who = body.text("who", 200);
  draft.words = body.text("words", 4000);
  draft.received = body.optional_date("received").value_or(dutch_day(context.now));
  KNOOP_TRY(body.finish());
  KNOOP_LET(made, node.service<SubjectRequestService>().receive(context, draft));
  return Reply{201, request_json(made, dutch_day(context.now))};
}

Result<Reply> requests(Node& node, Context& context, const Request& request) {
  KNOOP_LET(page, page_of(request, "subject-requests", usual_page));
  KNOOP_LET(wanted, rows_after<storage::SubjectRequestsAfter>(page));
  KNOOP_LET(found,
            node.service<SubjectRequestService>().list(context, request.query_value("client"),
                                                       !request.query_value("all").has_value(), wanted));
  Json out = Json::array();
  for (const auto& one : found) {
    Json item = request_json(one, dutch_day(context.now));
    KNOOP_TRY(show_etag(context, storage::Kind::subject_request, one.id.hex(), item));
    out.push_back(std::move(item));
  }
  const Json next = next_page(page, "subject-requests", found, [](const storage::SubjectRequest& one) {
    return place_at(one.closed.has_value(), one.due, one.id);
  });
  return Reply{200, {{"requests", std::move(out)}, {"next", next}}};
}

Result<Reply> extend(Node& node, Context& context, const Request& request) {
  KNOOP_LET(id, id_from<SubjectRequestId>(request.param("id")));
  BodyReader body(request.body);
  const std::string why = body.text("why", 4000);
  KNOOP_TRY(body.finish());
  KNOOP_LET(changed, node.service<SubjectRequestService>().extend(context, id, why));
  return Reply{200, request_json(changed, dutch_day(context.now))};
}

Result<Reply> statement(Node& node, Context& context, const Request& request) {
  KNOOP_LET(id, id_from<SubjectRequestId>(request.param("id")));
  BodyReader body(request.body);
  const std::string words = body.text("words", 4000);
  KNOOP_TRY(body.finish());
  KNOOP_LET(fragment, node.service<SubjectRequestService>().add_statement(context, id, words));
  return Reply{201, {{"id", id.hex()}, {"fragment", fragment.hex()}}};
}

Result<Reply> answer(Node& node, Context& context, const Request& request) {
  KNOOP_LET(id, id_from<SubjectRequestId>(request.param("id")));
  BodyReader body(request.body);
  const auto state = word_from(body, "answer", body.text("answer", 40), storage::subject_request_states);
  const std::string words = body.text("words", 4000);
  KNOOP_TRY(body.finish());
  KNOOP_LET(changed, node.service<SubjectRequestService>().answer(context, id, state, words));
  return Reply{200, request_json(changed, dutch_day(context.now))};
}

}  // namespace

void add_rights_routes(Router& router) {
  router.post("/api/v1/destructions", care_and_privacy(), ask);
  router.get("/api/v1/destructions", care_and_privacy(), {"cursor", "limit"}, list);
  router.post("/api/v1/destructions/{id}/approval", {Role::team_lead, Role::privacy_officer}, approve)
      .versioned(version_of(storage::Kind::destruction, "id"));
  router.post("/api/v1/destructions/{id}/cancellation", care_and_privacy(), cancel)
      .versioned(version_of(storage::Kind::destruction, "id"));
  router.get("/api/v1/destructions/{id}/proof", care_and_privacy(), {}, proof);
  router.get("/api/v1/retention-due", care_and_privacy(), {"cursor"}, due);
  router.post("/api/v1/clients/{ref}/death", care(), death)
      .versioned(version_of(storage::Kind::client, "ref"));
  router.post("/api/v1/subject-requests", care_and_privacy(), receive);
  router.get("/api/v1/subject-requests", care_and_privacy(), {"client", "all", "cursor", "limit"}, requests);
  router.post("/api/v1/subject-requests/{id}/extension", care_and_privacy(), extend)
      .versioned(version_of(storage::Kind::subject_request, "id"));
  router.post("/api/v1/subject-requests/{id}/statement", care_and_privacy(), statement)
      .versioned(version_of(storage::Kind::subject_request, "id"));
  router.post("/api/v1/subject-requests/{id}/answer", care_and_privacy(), answer)
      .versioned(version_of(storage::Kind::subject_request, "id"));
}

}  // namespace knoop::http
