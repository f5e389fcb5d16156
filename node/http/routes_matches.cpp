// Matches (R2.3, R2.4, R2.7): what is known elsewhere about own clients, as far as matching told us. Evidence is shown
// as kinds, never as values; contact data only once both sides chose contact or the match is certain.
#include "node/core/match_tasks.h"
#include "node/core/matching_service.h"
#include "node/core/records.h"
#include "node/http/api_routes.h"
#include "node/http/fields.h"
#include "node/http/page.h"
#include "node/http/roles.h"
#include "node/http/versions.h"
#include "protocol/names.h"
#include "protocol/records/calendar.h"

namespace knoop::http {
namespace {

using storage::StoredMatch;

using followup::State;

constexpr std::array<std::pair<State, std::string_view>, 8> states{{{State::to_judge, "open"},
                                                                    {State::awaiting, "waiting"},
                                                                    {State::to_contact, "contact"},
                                                                    {State::contacted, "contacted"},
                                                                    {State::differing, "differing"},
                                                                    {State::concluded, "handled"},
                                                                    {State::no_contact, "declined"},
                                                                    {State::lapsed, "ended"}}};
constexpr std::array<std::pair<followup::Way, std::string_view>, 4> ways{
    {{followup::Way::phone, "phone"},
     {followup::Way::meeting, "meeting"},
     {followup::Way::message, "message"},
     {followup::Way::already, "already"}}};
constexpr std::array<std::pair<followup::Reason, std::string_view>, 4> reasons{
    {{followup::Reason::not_needed, "not-needed"},
     {followup::Reason::client_objects, "client-objects"},
     {followup::Reason::known, "known"},
     {followup::Reason::no_answer, "no-answer"}}};
constexpr std::array<std::pair<followup::Trouble, std::string_view>, 5> troubles{
    {{followup::Trouble::unreachable, "unreachable"},
     {followup::Trouble::disagree, "disagree"},
     {followup::Trouble::agreement, "agreement-broken"},
     {followup::Trouble::capacity, "no-capacity"},
     {followup::Trouble::safety, "safety"}}};
constexpr std::array<std::pair<matching::Outcome, std::string_view>, 3> outcomes{
    {{matching::Outcome::same_youth, "same"},
     {matching::Outcome::family, "family"},
     {matching::Outcome::someone_else, "other"}}};

Json outcome_json(const std::optional<matching::Outcome>& outcome) {
  return outcome ? Json(name_in(outcomes, *outcome)) : Json();
}

/// Who is to do what by when (R2.7); what is over owes nothing.
Json task_json(const MatchTaskView& view) {
  const storage::StoredMatchTask& task = view.task;
  Json out{{"owner", view.owner}, {"due", Json()}};
  if (followup::is_open(task.state) && task.deadline) {
    out["task"] = followup::to_string(task.deadline->task);
    out["ours"] = followup::is_ours(task.deadline->task);
    out["due"] = task.deadline->span.due.iso();
    out["stage"] = terms::to_string(task.stage);
  }
  if (task.contact_day && task.contact_way)
    out["contacted"] = {{"on", task.contact_day->iso()}, {"how", name_in(ways, *task.contact_way)}};
  if (task.declined) out["declined"] = name_in(reasons, *task.declined);
  if (task.trouble && task.escalated_at)
    out["escalated"] = {{"why", name_in(troubles, *task.trouble)}, {"at", task.escalated_at->iso()}};
  return out;
}

Result<Json> match_json(Context& context, const StoredMatch& match) {
  const Membership& membership = context.membership();
  KNOOP_LET(view, view_match_task(context, match));
  Json evidence = Json::array();
  for (unsigned kind = 1; kind < 32; ++kind)
    if (match.kinds.has(static_cast<matching::Kind>(kind)))
      evidence.push_back(matching::to_string(static_cast<matching::Kind>(kind)));
  const State state = followup::state_of(facts_of(match, view.task));
  Json own_choice;
  if (match.own_choice) own_choice = *match.own_choice == storage::Choice::contact ? "contact" : "no-contact";
  Json out{{"id", match.id.hex()},
           {"class", matching::to_string(match.verdict)},
           {"peer", membership.slug(match.peer)},
           {"clientRef", match.client_ref},
           {"evidence", std::move(evidence)},
           {"state", name_in(states, state)},
           {"stateText", followup::to_string(state)},
           {"work", task_json(view)},
           {"ownChoice", own_choice},
           {"found", match.found.iso()},
           {"contactBefore", match.contact_before.iso()},
           {"outcome", {{"own", outcome_json(match.outcome)}, {"peer", outcome_json(match.peer_outcome)}}}};
  if (match.ended) out["ended"] = match.ended->iso();
  if (match.ended_why)
    out["endedWhy"] = *match.ended_why == storage::MatchEnd::left ? "no-member" : "withdrawn";
  if (match.peer_notice) {
    Json contacts = Json::array();
    for (const matching::Contact& contact : match.peer_notice->contacts)
      contacts.push_back({{"name", contact.name},
                          {"function", contact.function},
                          {"phone", contact.phone},
                          {"email", contact.email},
                          {"from", contact.since.iso()}});
    if (!contacts.empty()) out["contact"] = contacts.front();
    out["contacts"] = std::move(contacts);
  }
  return out;
}

Result<Reply> list(Node& node, Context& context, const Request& request) {
  storage::MatchFilter filter;
  if (const auto ref = request.query_value("client")) {
    KNOOP_LET(client, storage::find_client(context.tx, *ref));
    if (!client) return fail(ErrorCode::not_found, Side::user, "there is no client with this reference");
    filter.client = client->id;
  }
  if (const auto peer = request.query_value("peer")) {
    KNOOP_LET(member, member_from(context.membership(), *peer));
    filter.peer = member;
  }
  filter.with_ended = request.query_value("ended") == "true";
  KNOOP_LET(page, page_of(request, "matches", filter.limit));
  filter.limit = page.limit;
  if (!page.after.empty()) {
    KNOOP_LET(place, place_from(page.after));
    KNOOP_LET(id, id_from<matching::MatchId>(place.second));
    filter.after = {Timestamp{place.first}, id};
  }
  KNOOP_LET(found, node.service<MatchingService>().list(context, filter));
  Json matches = Json::array();
  for (const StoredMatch& match : found) {
    KNOOP_LET(shown, match_json(context, match));
    matches.push_back(std::move(shown));
  }
  const Json next = next_page(page, "matches", found, [](const StoredMatch& match) {
    return place_of(match.found.ms, match.id.hex());
  });
  return Reply{200, {{"matches", std::move(matches)}, {"next", next}}};
}

Result<Reply> show(Node& node, Context& context, const Request& request) {
  KNOOP_LET(id, id_from<matching::MatchId>(request.param("id")));
  KNOOP_LET(match, node.service<MatchingService>().show(context, id));
  KNOOP_LET(shown, match_json(context, match));
  return Reply{200, std::move(shown)};
}

Result<Reply> choose(Node& node, Context& context, const Request& request) {
  KNOOP_LET(id, id_from<matching::MatchId>(request.param("id")));
  BodyReader body(request.body);
  constexpr std::array<std::pair<storage::Choice, std::string_view>, 2> choices{
      {{storage::Choice::contact, "contact"}, {storage::Choice::no_contact, "no-contact"}}};
  const auto choice = word_from(body, "choice", body.text("choice", 20), choices);
  const auto reason = word_from(body, "reason", body.text_or("reason", "not-needed", 20), reasons);
  KNOOP_TRY(body.finish());
  KNOOP_TRY(node.service<MatchingService>().choose(context, id, choice, reason));
  return show(node, context, request);
}

Result<Reply> record_outcome(Node& node, Context& context, const Request& request) {
  KNOOP_LET(id, id_from<matching::MatchId>(request.param("id")));
  BodyReader body(request.body);
  const auto outcome = word_from(body, "outcome", body.text("outcome", 20), outcomes);
  KNOOP_TRY(body.finish());
  KNOOP_TRY(node.service<MatchingService>().record_outcome(context, id, outcome));
  return show(node, context, request);
}

// Without a name whoever asks takes it; released, it is whose involvement it is again.
Result<Reply> assign(Node& node, Context& context, const Request& request) {
  KNOOP_LET(id, id_from<matching::MatchId>(request.param("id")));
  BodyReader body(request.body);
  const std::string owner = body.text_or("owner", context.actor.user, 200);
  const bool release = body.truth_or("release", false);
  KNOOP_TRY(body.finish());
  KNOOP_TRY(node.service<MatchTaskService>().assign(context, id, release ? "" : owner));
  return show(node, context, request);
}

Result<Reply> contacted(Node& node, Context& context, const Request& request) {
  KNOOP_LET(id, id_from<matching::MatchId>(request.param("id")));
  BodyReader body(request.body);
  const auto way = word_from(body, "how", body.text("how", 20), ways);
  const auto day = body.optional_date("on");
  KNOOP_TRY(body.finish());
  KNOOP_TRY(
      node.service<MatchTaskService>().contacted(context, id, day.value_or(dutch_day(context.now)), way));
  return show(node, context, request);
}

Result<Reply> escalate(Node& node, Context& context, const Request& request) {
  KNOOP_LET(id, id_from<matching::MatchId>(request.param("id")));
  BodyReader body(request.body);
  const auto trouble = word_from(body, "why", body.text("why", 20), troubles);
  KNOOP_TRY(body.finish());
  KNOOP_TRY(node.service<MatchTaskService>().escalate(context, id, trouble));
  return show(node, context, request);
}

// Somebody looked into why matching with this member stopped.
Result<Reply> resume(Node& node, Context& context, const Request& request) {
  KNOOP_LET(member, member_from(context.membership(), request.param("peer")));
  BodyReader body(request.body);
  KNOOP_TRY(body.finish());
  KNOOP_TRY(node.service<MatchingService>().clear_trouble(context, member));
  return Reply{200, {{"peer", context.membership().slug(member)}}};
}

Result<Reply> open_epoch(Node& node, Context& context, const Request& request) {
  KNOOP_LET(member, member_from(context.membership(), request.param("peer")));
  BodyReader body(request.body);
  KNOOP_TRY(body.finish());
  KNOOP_LET(epoch, node.service<MatchingService>().open_epoch(context, member));
  return Reply{200, {{"peer", context.membership().slug(member)}, {"epoch", epoch}}};
}

}  // namespace

void add_match_routes(Router& router) {
  router.get("/api/v1/matches", care(), {"client", "peer", "ended", "cursor", "limit"}, list);
  router.get("/api/v1/matches/{id}", care(), {}, show).versioned(version_of(storage::Kind::match, "id"));
  router.post("/api/v1/matches/{id}/choice", care(), choose)
      .versioned(version_of(storage::Kind::match, "id"));
  router.post("/api/v1/matches/{id}/outcome", care(), record_outcome)
      .versioned(version_of(storage::Kind::match, "id"));
  router.post("/api/v1/matches/{id}/owner", care(), assign).versioned(version_of(storage::Kind::match, "id"));
  router.post("/api/v1/matches/{id}/contacted", care(), contacted)
      .versioned(version_of(storage::Kind::match, "id"));
  router.post("/api/v1/matches/{id}/escalation", care(), escalate)
      .versioned(version_of(storage::Kind::match, "id"));
  router.post("/api/v1/matching/{peer}/resume", overseers(), resume);
  router.post("/api/v1/matching/{peer}/epoch", overseers(), open_epoch);
}

}  // namespace knoop::http
