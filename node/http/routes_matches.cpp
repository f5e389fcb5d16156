// Matches (R2.3, R2.4, R2.7): what is known elsewhere about own clients, as far as matching told us. Evidence is shown
// as kinds, never as values; contact data only once both sides chose contact or the match is certain.
#include "node/core/matching_service.h"
#include "node/core/records.h"
#include "node/http/api_routes.h"
#include "node/http/fields.h"
#include "node/http/roles.h"
#include "protocol/names.h"

namespace knoop::http {
namespace {

using storage::StoredMatch;

struct State {
  std::string_view code;
  std::string_view dutch;
};

/// Where the professional's task with this match stands (R2.7).
State state_of(const StoredMatch& match) {
  if (match.ended_why == storage::MatchEnd::left)
    return {"ended", "vervallen: een van beide doet niet meer mee"};
  if (match.ended) return {"ended", "vervallen"};
  if (match.outcome) return {"handled", "afgehandeld"};
  if (match.own_choice == storage::Choice::no_contact) return {"declined", "geen contact"};
  if (match.peer_notice) return {"contact", "contactgegevens bekend"};
  if (match.verdict == matching::Verdict::certain) return {"waiting", "contactgegevens onderweg"};
  if (match.own_choice == storage::Choice::contact) return {"waiting", "wacht op de andere organisatie"};
  return {"open", "te beoordelen"};
}

constexpr std::array<std::pair<matching::Outcome, std::string_view>, 3> outcomes{
    {{matching::Outcome::same_youth, "same"},
     {matching::Outcome::family, "family"},
     {matching::Outcome::someone_else, "other"}}};

Json outcome_json(const std::optional<matching::Outcome>& outcome) {
  return outcome ? Json(name_in(outcomes, *outcome)) : Json();
}

Json match_json(const StoredMatch& match, const Membership& membership) {
  Json evidence = Json::array();
  for (unsigned kind = 1; kind < 32; ++kind)
    if (match.kinds.has(static_cast<matching::Kind>(kind)))
      evidence.push_back(matching::to_string(static_cast<matching::Kind>(kind)));
  const State state = state_of(match);
  Json own_choice;
  if (match.own_choice) own_choice = *match.own_choice == storage::Choice::contact ? "contact" : "no-contact";
  Json out{{"id", match.id.hex()},
           {"class", matching::to_string(match.verdict)},
           {"peer", membership.slug(match.peer)},
           {"clientRef", match.client_ref},
           {"evidence", std::move(evidence)},
           {"state", state.code},
           {"stateText", state.dutch},
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
  if (const auto offset = request.query_value("offset")) {
    KNOOP_LET(number, number_from<std::int64_t>(*offset));
    filter.offset = number;
  }
  KNOOP_LET(found, node.service<MatchingService>().list(context, filter));
  Json matches = Json::array();
  for (const StoredMatch& match : found) matches.push_back(match_json(match, context.membership()));
  Json next;
  if (static_cast<std::int64_t>(found.size()) == filter.limit)
    next = std::to_string(filter.offset + filter.limit);
  return Reply{200, {{"matches", std::move(matches)}, {"next", next}}};
}

Result<Reply> show(Node& node, Context& context, const Request& request) {
  KNOOP_LET(id, id_from<matching::MatchId>(request.param("id")));
  KNOOP_LET(match, node.service<MatchingService>().show(context, id));
  return Reply{200, match_json(match, context.membership())};
}

Result<Reply> choose(Node& node, Context& context, const Request& request) {
  KNOOP_LET(id, id_from<matching::MatchId>(request.param("id")));
  BodyReader body(request.body);
  constexpr std::array<std::pair<storage::Choice, std::string_view>, 2> choices{
      {{storage::Choice::contact, "contact"}, {storage::Choice::no_contact, "no-contact"}}};
  const auto choice = word_from(body, "choice", body.text("choice", 20), choices);
  KNOOP_TRY(body.finish());
  KNOOP_TRY(node.service<MatchingService>().choose(context, id, choice));
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
  router.get("/api/v1/matches", care(), {"client", "peer", "ended", "offset"}, list);
  router.get("/api/v1/matches/{id}", care(), {}, show);
  router.post("/api/v1/matches/{id}/choice", care(), choose);
  router.post("/api/v1/matches/{id}/outcome", care(), record_outcome);
  router.post("/api/v1/matching/{peer}/resume", overseers(), resume);
  router.post("/api/v1/matching/{peer}/epoch", overseers(), open_epoch);
}

}  // namespace knoop::http
