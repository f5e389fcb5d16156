// Warm hand-overs (R5): ask, answer, and what follows. Every answer shows the hand-over as it then is.
#include <algorithm>

#include "node/core/handover_service.h"
#include "node/files/calendar_file.h"
#include "node/http/api_routes.h"
#include "node/http/case_views.h"
#include "node/http/fields.h"
#include "node/http/page.h"
#include "node/http/versions.h"
#include "protocol/handover/machine.h"

namespace knoop::http {
namespace {

const std::vector<Role> workers{Role::professional, Role::team_lead};

/// Who acts, for the other side: as given, or the account's name.
std::string who_of(BodyReader& body, const Context& context) {
  return body.text_or("who", context.actor.user, handover::max_person);
}

/// What this side may do next, so that a page offers nothing else.
Json steps_json(const storage::StoredHandover& handover) {
  Json out = Json::array();
  const handover::Flow flow = handover::flow_of(handover.ask.kind);
  for (const auto& [event, name] : handover::events)
    if (handover::step(flow, handover.state, bearer(handover), event, handover.party).answer ==
        handover::Answer::moves)
      out.push_back(name);
  return out;
}

Result<Reply> show_one(Node& node, Context& context, const HandoverId& id, unsigned status) {
  KNOOP_LET(detail, node.service<HandoverService>().show(context, id));
  Json out = handover_json(context.membership(), detail.handover);
  out["professional"] = detail.professional.empty() ? Json() : Json(detail.professional);
  out["steps"] = steps_json(detail.handover);
  out["happenings"] = Json::array();
  for (const auto& happening : detail.happenings) out["happenings"].push_back(happening_json(happening));
  return Reply{status, std::move(out)};
}

Result<Reply> request_handover(Node& node, Context& context, const Request& request) {
  BodyReader body(request.body);
  handover::Ask ask;
  if (const auto match = matching::MatchId::from_hex(body.text("match", 2 * matching::MatchId::size)))
    ask.match = *match;
  else
    body.complain("match", "must be the id of a match");
  const auto kind = value_in(handover::kinds, body.text_or("kind", "warme overdracht", 40));
  if (!kind) body.complain("kind", fmt::format("must be one of {}", names_of(handover::kinds)));
  ask.kind = kind.value_or(handover::Kind::handover);
  if (const auto earlier = body.optional_text("earlier", 2 * HandoverId::size)) {
    if (const auto id = HandoverId::from_hex(*earlier))
      ask.earlier = *id;
    else
      body.complain("earlier", "must be the id of a hand-over");
  }
  const auto urgency = value_in(handover::urgencies, body.text_or("urgency", "normaal", 20));
  if (!urgency) body.complain("urgency", fmt::format("must be one of {}", names_of(handover::urgencies)));
  ask.urgency = urgency.value_or(handover::Urgency::normal);
  ask.goal = body.text("goal", handover::max_words);
  ask.occasion = body.text_or("occasion", ask.goal, handover::max_words);
  ask.categories = read_categories(body, "categories");
  const std::string who = who_of(body, context);
  const bool only_prepare = body.truth_or("prepare", false);
  KNOOP_TRY(body.finish());
  HandoverService& service = node.service<HandoverService>();
  KNOOP_LET(id, only_prepare ? service.prepare(context, ask, who) : service.request(context, ask, who));
  return show_one(node, context, id, 201);
}

/// "14:30"
std::optional<std::uint16_t> minute_from(std::string_view text) {
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  const auto hour = number_from<std::uint16_t>(text.substr(0, 2));
  const auto minute = number_from<std::uint16_t>(text.substr(3, 2));
  if (!hour || !minute || *hour > 23 || *minute > 59) return std::nullopt;
  return static_cast<std::uint16_t>(*hour * 60 + *minute);
}

Result<Reply> act(Node& node, Context& context, const Request& request) {
  KNOOP_LET(id, HandoverId::from_hex(request.param("id")));
  BodyReader body(request.body);
  const auto event = value_in(handover::events, body.text("event", 60));
  if (!event) body.complain("event", fmt::format("must be one of {}", names_of(handover::events)));
  ActWords words;
  words.who = who_of(body, context);
  words.words = body.text_or("words", "", handover::max_words);
  words.date = body.optional_date("date");
  if (const auto time = body.optional_text("time", 5)) {
    words.minute = minute_from(*time);
    if (!words.minute) body.complain("time", "must be a time of day such as 14:30");
  }
  words.place = body.text_or("place", "", handover::max_place);
  words.alternative = body.text_or("alternative", "", handover::max_words);
  if (const auto kind = body.optional_text("feedback", 30)) {
    words.feedback = value_in(handover::feedbacks, *kind);
    if (!words.feedback)
      body.complain("feedback", fmt::format("must be one of {}", names_of(handover::feedbacks)));
  }
  KNOOP_TRY(body.finish());
  KNOOP_TRY(node.service<HandoverService>().act(context, id, *event, words));
  return show_one(node, context, id, 200);
}

Result<Reply> transfer(Node& node, Context& context, const Request& request) {
  KNOOP_LET(id, HandoverId::from_hex(request.param("id")));
  BodyReader body(request.body);
  const auto selection = read_selection(body);
  KNOOP_TRY(body.finish());
  KNOOP_LET(answered, node.service<HandoverService>().transfer(context, id, selection));
  return Reply{200, answered_json(answered)};
}

/// The planned driegesprek, for the professional's agenda.
Result<Reply> calendar(Node& node, Context& context, const Request& request) {
  KNOOP_LET(id, HandoverId::from_hex(request.param("id")));
  KNOOP_LET(detail, node.service<HandoverService>().show(context, id));
  const auto& happenings = detail.happenings;
  const auto planned = std::ranges::find_if(happenings.rbegin(), happenings.rend(), [](const auto& one) {
    return one.happening.event == handover::Event::plan;
  });
  if (planned == happenings.rend() || !planned->happening.date)
    return fail(ErrorCode::wrong_state, Side::user, "no conversation is planned; plan it first");
  const handover::Happening& plan = planned->happening;
  const std::string text =
      files::calendar_file({id, planned->version, context.membership().slug(detail.handover.peer), *plan.date,
                            plan.minute, plan.place, plan.at});
  return Reply{200, {{"file", "driegesprek.ics"}, {"type", "text/calendar"}, {"text", text}}};
}

Result<Reply> list(Node& node, Context& context, const Request& request) {
  storage::HandoverFilter filter;
  filter.client_ref = request.query_value("client");
  KNOOP_TRY(must_be_own_client(context, filter.client_ref));
  KNOOP_LET(page, page_of(request, "handovers", 200));
  filter.limit = page.limit;
  if (!page.after.empty()) {
    KNOOP_LET(place, place_from(page.after));
    KNOOP_LET(id, id_from<HandoverId>(place.second));
    filter.after = {Timestamp{place.first}, id};
  }
  KNOOP_LET(handovers, node.service<HandoverService>().list(context, filter));
  Json out = Json::array();
  for (const auto& handover : handovers) out.push_back(handover_json(context.membership(), handover));
  const Json next = next_page(page, "handovers", handovers, [](const storage::StoredHandover& one) {
    return place_of(one.changed.ms, one.id.hex());
  });
  return Reply{200, {{"handovers", std::move(out)}, {"next", next}}};
}

Result<Reply> show(Node& node, Context& context, const Request& request) {
  KNOOP_LET(id, HandoverId::from_hex(request.param("id")));
  return show_one(node, context, id, 200);
}

}  // namespace

void add_handover_routes(Router& router) {
  router.post("/api/v1/handovers", workers, request_handover);
  router.get("/api/v1/handovers", workers, {"client", "cursor", "limit"}, list);
  router.get("/api/v1/handovers/{id}", workers, {}, show)
      .versioned(version_of(storage::Kind::handover, "id"));
  router.get("/api/v1/handovers/{id}/calendar", workers, {}, calendar);
  router.post("/api/v1/handovers/{id}/events", workers, act)
      .versioned(version_of(storage::Kind::handover, "id"));
  router.post("/api/v1/handovers/{id}/transfer", workers, transfer)
      .versioned(version_of(storage::Kind::handover, "id"));
}

}  // namespace knoop::http
