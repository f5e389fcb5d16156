#include "node/http/case_views.h"

#include <map>

#include "node/core/records.h"
#include "node/http/fragment_views.h"

namespace knoop::http {
namespace {

Json codes(const std::vector<Category>& categories) {
  Json out = Json::array();
  for (const Category category : categories) out.push_back(to_string(category));
  return out;
}

Json date_or_null(const std::optional<Date>& date) {
  return date ? Json(date->iso()) : Json();
}
Json time_or_null(const std::optional<Timestamp>& time) {
  return time ? Json(time->iso()) : Json();
}

template <typename Id>
Json ids(const std::vector<Id>& values) {
  Json out = Json::array();
  for (const Id& id : values) out.push_back(id.hex());
  return out;
}
Json hash_or_null(const std::optional<Hash256>& hash) {
  return hash ? Json(hash->hex()) : Json();
}

std::string_view name_of(storage::LoanStatus status) {
  switch (status) {
    case storage::LoanStatus::on_loan:
      return "on-loan";
    case storage::LoanStatus::locked:
      return "locked";
    case storage::LoanStatus::taken_over:
      return "taken-over";
    case storage::LoanStatus::flagged:
      return "flagged";
  }
  return "";
}

}  // namespace

ExchangeService::Selection read_selection(BodyReader& body) {
  ExchangeService::Selection selection;
  for (const std::string& hex : body.texts("withheld", exchange::most_items, 2 * FragmentId::size)) {
    if (const auto fragment = FragmentId::from_hex(hex))
      selection.withheld.insert(*fragment);
    else
      body.complain("withheld", "must hold ids of fragments");
  }
  selection.without_third_persons = body.truth_or("withoutThirdPersons", false);
  return selection;
}

std::vector<Category> read_categories(BodyReader& body, const std::string& field) {
  std::vector<Category> out;
  for (const std::string& code : body.texts(field, all_categories.size(), 3)) {
    if (const auto category = category_from(code))
      out.push_back(*category);
    else
      body.complain(field, "must hold codes F01 to F18");
  }
  return out;
}

Result<void> must_be_own_client(Context& context, const std::optional<std::string>& ref) {
  if (!ref) return {};
  KNOOP_LET(client, storage::find_client(context.tx, *ref));
  if (!client) return fail(ErrorCode::not_found, Side::user, "there is no client with this reference");
  return {};
}

std::optional<MemberId> read_member(BodyReader& body, const std::string& field,
                                    const Membership& membership) {
  const auto slug = body.optional_text(field, 40);
  if (!slug) return std::nullopt;
  const auto member = membership.by_slug(*slug);
  if (!member) body.complain(field, "must be the short name of a member of the convenant");
  return member;
}

Json consent_json(const Membership& membership, const ConsentService::Listed& listed) {
  const consent::Consent& consent = listed.consent;
  Json givers = Json::array();
  for (const consent::Giver& giver : consent.givers)
    givers.push_back({{"capacity", consent::to_string(giver.capacity)},
                      {"who", giver.who},
                      {"identity", giver.identity},
                      {"authority", giver.authority},
                      {"checked", giver.checked.iso()}});
  return {{"id", consent.id.hex()},
          {"client", consent.client},
          {"version", listed.version},
          {"replaces", ids(consent.replaces)},
          {"standing", consent::to_string(listed.standing)},
          {"kind", consent::to_string(consent.kind)},
          {"answer", consent::to_string(consent.answer)},
          {"givers", std::move(givers)},
          {"releaser", consent.releaser ? Json(membership.slug(*consent.releaser)) : Json()},
          {"recipient", consent.recipient ? Json(membership.slug(*consent.recipient)) : Json()},
          {"purpose", consent.purpose ? Json(consent::to_string(*consent.purpose)) : Json()},
          {"everything", consent.everything},
          {"categories", codes(consent.categories)},
          {"exclusions", codes(consent.exclusions)},
          {"once", consent.once},
          {"from", consent.from.iso()},
          {"until", date_or_null(consent.until)},
          {"othersHaveAuthority", consent.others_have_authority},
          {"exception", consent.exception},
          {"way", consent::to_string(consent.way)},
          {"evidence", hash_or_null(consent.evidence)},
          {"textVersion", consent.text_version},
          {"textHash", hash_or_null(consent.text_hash)},
          {"toldWithdrawable", consent.told_withdrawable},
          {"recordedBy", consent.recorded_by},
          {"recordedAt", consent.recorded_at.iso()},
          {"withdrawnAt", time_or_null(consent.withdrawn_at)},
          {"usedAt", time_or_null(consent.used_at)}};
}

Json ground_json(const Membership& membership, const consent::Ground& ground, const Date& today) {
  Json review{{"due", ground.review_due.iso()},
              {"overdue", !ground.review && ground.review_due < today},
              {"verdict", nullptr}};
  if (ground.review) {
    review["verdict"] = consent::to_string(ground.review->verdict);
    review["words"] = ground.review->words;
    review["by"] = ground.review->by;
    review["at"] = ground.review->at.iso();
  }
  const consent::Informing& telling = ground.informing;
  return {{"id", ground.id.hex()},
          {"client", ground.client},
          {"kind", consent::to_string(ground.kind)},
          {"force", consent::to_string(consent::force_of(ground.kind))},
          {"law", consent::law_of(ground.kind)},
          {"explanation", consent::dutch(ground.kind)},
          {"recipient", membership.slug(ground.recipient)},
          {"items", ids(ground.items)},
          {"reasons", ground.reasons},
          {"source", ground.source},
          {"consulted", ground.consulted},
          {"recordedBy", ground.recorded_by},
          {"recordedAt", ground.recorded_at.iso()},
          {"until", ground.until.iso()},
          {"endedAt", time_or_null(ground.ended_at)},
          {"review", std::move(review)},
          {"telling",
           {{"due", telling.due.iso()},
            {"overdue", !telling.told_at && telling.due < today},
            {"postponedBecause", telling.postponed_because},
            {"told", telling.told},
            {"by", telling.by},
            {"at", time_or_null(telling.told_at)}}}};
}

Json policy_json(const consent::ConsentPolicy& policy) {
  Json ages = Json::array();
  for (const consent::AgeRule& rule : policy.authority.ages)
    ages.push_back({{"from", rule.from},
                    {"youth", consent::to_string(rule.youth)},
                    {"elders", consent::to_string(rule.elders)},
                    {"exception", rule.exception}});
  return {{"ages", std::move(ages)},
          {"everyParent", policy.authority.every_parent},
          {"groundDays", policy.grounds.longest_days},
          {"emergencyDays", policy.grounds.emergency_days},
          {"reviewDays", policy.grounds.review_days},
          {"emergencyReviewDays", policy.grounds.emergency_review_days},
          {"tellingDays", policy.grounds.inform_days}};
}

Json term_json(const terms::Span& span, terms::Stage stage) {
  return {{"begins", span.begins.iso()},
          {"due", span.due.iso()},
          {"remind", span.remind.iso()},
          {"escalate", span.escalate.iso()},
          {"stage", terms::to_string(stage)}};
}

Json handover_json(const Membership& membership, const storage::StoredHandover& handover) {
  Json out{{"id", handover.id.hex()},
           {"party", handover::to_string(handover.party)},
           {"peer", membership.slug(handover.peer)},
           {"clientRef", handover.client_ref},
           {"match", handover.ask.match.hex()},
           {"kind", handover::to_string(handover.ask.kind)},
           {"earlier", handover.ask.earlier ? Json(handover.ask.earlier->hex()) : Json()},
           {"urgency", handover::to_string(handover.ask.urgency)},
           {"occasion", handover.ask.occasion},
           {"goal", handover.ask.goal},
           {"categories", codes(handover.ask.categories)},
           {"state", handover::to_string(handover.state)},
           {"responsible", handover::to_string(bearer(handover))},
           {"version", handover.version},
           {"pending", nullptr},
           {"term", nullptr},
           {"notTaken", handover.not_taken},
           {"created", handover.created.iso()},
           {"changed", handover.changed.iso()}};
  if (handover.pending) out["pending"] = handover::to_string(handover.pending->event);
  if (handover.deadline) {
    out["term"] = term_json(handover.deadline->span, handover.stage);
    out["term"]["task"] = handover::to_string(handover.deadline->task);
    out["term"]["owner"] = handover::to_string(handover.deadline->owner);
  }
  return out;
}

std::string clock_text(std::uint16_t minute) {
  return fmt::format("{:02}:{:02}", minute / 60, minute % 60);
}

Json happening_json(const storage::StoredHappening& stored) {
  const handover::Happening& happening = stored.happening;
  return {{"version", stored.version},
          {"event", handover::to_string(happening.event)},
          {"by", handover::to_string(happening.by)},
          {"who", happening.who},
          {"words", happening.words},
          {"date", date_or_null(happening.date)},
          {"time", happening.minute ? Json(clock_text(*happening.minute)) : Json()},
          {"place", happening.place},
          {"alternative", happening.alternative},
          {"feedback", happening.feedback ? Json(handover::to_string(*happening.feedback)) : Json()},
          {"at", happening.at.iso()},
          {"state", handover::to_string(stored.state)}};
}

Json answered_json(const ExchangeService::Answered& answered) {
  struct Row {
    std::size_t permitted = 0;
    std::optional<consent::Reason> denied;
  };
  std::map<Category, Row> rows;
  for (const consent::FragmentDecision& decision : answered.decisions) {
    Row& row = rows[decision.category];
    if (decision.permitted)
      ++row.permitted;
    else
      row.denied = decision.reason;
  }
  for (const exchange::Denied& denied : answered.denied) {
    Row& row = rows[denied.category];
    if (!row.denied) row.denied = denied.reason;
  }
  Json categories = Json::array();
  for (const auto& [category, row] : rows) {
    Json one{{"category", to_string(category)},
             {"label", facts(category).label},
             {"decision", row.permitted > 0 ? "permit" : "deny"},
             {"fragments", row.permitted}};
    if (row.denied) {
      one["reason"] = consent::to_string(*row.denied);
      one["explanation"] = consent::dutch(*row.denied);
    }
    categories.push_back(std::move(one));
  }
  return {{"exchange", answered.exchange.hex()},
          {"offered", answered.offered},
          {"categories", std::move(categories)}};
}

Json received_json(const Membership& membership, const storage::ReceivedFragment& received) {
  Json out = wire_json(received.fragment);
  out["exchange"] = received.exchange.hex();
  out["from"] = membership.slug(received.peer);
  out["clientRef"] = received.client;
  out["purpose"] = consent::to_string(received.purpose);
  out["until"] = received.until.iso();
  out["onward"] = false;
  out["state"] = received.lapsed ? "lease-over" : name_of(received.status);
  out["received"] = received.received.iso();
  out["corrected"] = time_or_null(received.corrected);
  return out;
}

Json entry_json(const Membership& membership, const audit::ExportedEntry& entry) {
  Json out{{"leaf", entry.leaf.hex()}};
  for (const auto& [field, name] : audit::all_fields) {
    const auto* opening = std::get_if<audit::Opening>(&entry.fields[audit::slot(field)]);
    const std::string key = field == audit::Field::consent_profile ? "consentProfile" : std::string(name);
    if (opening == nullptr) {
      out[key] = nullptr;
      continue;
    }
    if (opening->value.empty()) continue;
    out[key] = opening->value;
    if (field != audit::Field::peer) continue;
    if (const auto member = MemberId::from_hex(opening->value)) out["peerName"] = membership.slug(*member);
  }
  return out;
}

}  // namespace knoop::http
