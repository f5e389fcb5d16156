// What waits for the privacy officer because something did not go the ordinary way: readings in an emergency, and messages that
// could not be applied.
#include "node/core/exchange_service.h"
#include "node/http/api_routes.h"
#include "node/http/case_views.h"
#include "node/http/fields.h"
#include "node/http/page.h"
#include "node/http/roles.h"
#include "node/http/versions.h"
#include "protocol/records/calendar.h"

namespace knoop::http {
namespace {

Json read_json(const storage::EmergencyRead& read, const Date& today) {
  Json review{{"due", read.due.iso()}, {"overdue", !read.review && read.due < today}, {"verdict", nullptr}};
  if (read.review) {
    review["verdict"] = consent::to_string(read.review->verdict);
    review["words"] = read.review->words;
    review["by"] = read.review->by;
    review["at"] = read.review->at.iso();
  }
  return {
      {"id", read.id}, {"client", read.client}, {"reason", read.reason},      {"fragments", read.fragments},
      {"by", read.by}, {"at", read.at.iso()},   {"review", std::move(review)}};
}

Result<Reply> emergencies(Node& node, Context& context, const Request& request) {
  KNOOP_LET(page, page_of(request, "emergency-reads", usual_page));
  KNOOP_LET(wanted, rows_after<storage::EmergencyReadsAfter>(page));
  KNOOP_LET(waiting, node.service<ExchangeService>().emergency_reads(context, wanted));
  Json out = Json::array();
  for (const auto& each : waiting) {
    Json one = read_json(each, dutch_day(context.now));
    KNOOP_TRY(show_etag(context, storage::Kind::emergency_read, std::to_string(each.id), one));
    out.push_back(std::move(one));
  }
  const Json next = next_page(page, "emergency-reads", waiting,
                              [](const storage::EmergencyRead& one) { return place_at(one.due, one.id); });
  return Reply{200, {{"emergencyReads", std::move(out)}, {"next", next}}};
}

Result<Reply> review(Node& node, Context& context, const Request& request) {
  KNOOP_LET(id, number_from<std::int64_t>(request.param("id")));
  BodyReader body(request.body);
  const auto verdict = word_from(body, "verdict", body.text_or("verdict", "", 60), consent::verdicts);
  const std::string words = body.text("words", 4000);
  KNOOP_TRY(body.finish());
  KNOOP_LET(reviewed, node.service<ExchangeService>().review_emergency(context, id, verdict, words));
  return Reply{200, read_json(reviewed, dutch_day(context.now))};
}

Result<Reply> dead_letters(Node& node, Context& context, const Request& request) {
  KNOOP_LET(page, page_of(request, "dead-letters", usual_page));
  KNOOP_LET(wanted, rows_after<storage::DeadLettersAfter>(page));
  KNOOP_LET(letters, node.service<ExchangeService>().dead_letters(context, wanted));
  Json out = Json::array();
  for (const storage::DeadLetter& one : letters)
    out.push_back({{"id", one.id},
                   {"from", context.membership().slug(one.peer)},
                   {"type", to_string(one.type)},
                   {"subject", one.subject ? Json(one.subject->hex()) : Json()},
                   {"sent", one.sent_at.iso()},
                   {"received", one.received_at.iso()},
                   {"code", one.code},
                   {"sentence", one.sentence}});
  const Json next = next_page(page, "dead-letters", letters,
                              [](const storage::DeadLetter& one) { return place_at(one.id); });
  return Reply{200, {{"deadLetters", std::move(out)}, {"next", next}}};
}

Result<Reply> handle(Node& node, Context& context, const Request& request) {
  KNOOP_LET(id, number_from<std::int64_t>(request.param("id")));
  BodyReader body(request.body);
  const std::string how = body.text("how", 1000);
  KNOOP_TRY(body.finish());
  KNOOP_TRY(node.service<ExchangeService>().handle_dead_letter(context, id, how));
  return Reply{200, {{"id", id}}};
}

}  // namespace

void add_emergency_routes(Router& router) {
  router.get("/api/v1/emergency-reads", {Role::privacy_officer}, {"cursor", "limit"}, emergencies);
  router.post("/api/v1/emergency-reads/{id}/review", {Role::privacy_officer}, review)
      .versioned(version_of(storage::Kind::emergency_read, "id"));
  router.get("/api/v1/dead-letters", overseers(), {"cursor", "limit"}, dead_letters);
  router.post("/api/v1/dead-letters/{id}/handling", {Role::privacy_officer}, handle);
}

}  // namespace knoop::http
