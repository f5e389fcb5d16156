#include "node/http/case_views.h"

#include <map>

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

Json consent_json(const Membership& membership, const consent::Consent& consent) {
  Json givers = Json::array();
  for (const consent::Giver& giver : consent.givers)
    givers.push_back({{"capacity", consent::to_string(giver.capacity)},
                      {"who", giver.who},
                      {"identity", giver.identity},
                      {"authority", giver.authority},
                      {"checked", giver.checked.iso()}});
  return {{"id", consent.id.hex()},
          {"client", consent.client},
          {"kind", consent::to_string(consent.kind)},
          {"answer", consent::to_string(consent.answer)},
          {"givers", std::move(givers)},
          {"recipient", consent.recipient ? Json(membership.slug(*consent.recipient)) : Json()},
          {"purpose", consent.purpose ? Json(consent::to_string(*consent.purpose)) : Json()},
          {"everything", consent.everything},
          {"categories", codes(consent.categories)},
          {"exclusions", codes(consent.exclusions)},
          {"once", consent.once},
          {"from", consent.from.iso()},
          {"until", date_or_null(consent.until)},
          {"way", consent::to_string(consent.way)},
          {"textVersion", consent.text_version},
          {"recordedBy", consent.recorded_by},
          {"recordedAt", consent.recorded_at.iso()},
          {"withdrawnAt", time_or_null(consent.withdrawn_at)},
          {"usedAt", time_or_null(consent.used_at)}};
}

Json handover_json(const Membership& membership, const storage::StoredHandover& handover) {
  Json out{{"id", handover.id.hex()},
           {"party", handover::to_string(handover.party)},
           {"peer", membership.slug(handover.peer)},
           {"clientRef", handover.client_ref},
           {"match", handover.ask.match.hex()},
           {"urgency", handover::to_string(handover.ask.urgency)},
           {"occasion", handover.ask.occasion},
           {"goal", handover.ask.goal},
           {"categories", codes(handover.ask.categories)},
           {"state", handover::to_string(handover.state)},
           {"responsible", handover::to_string(handover.responsible)},
           {"version", handover.version},
           {"pending", nullptr},
           {"notTaken", handover.not_taken},
           {"created", handover.created.iso()},
           {"changed", handover.changed.iso()}};
  if (handover.pending) out["pending"] = handover::to_string(handover.pending->event);
  return out;
}

Json happening_json(const storage::StoredHappening& stored) {
  const handover::Happening& happening = stored.happening;
  return {{"version", stored.version},
          {"event", handover::to_string(happening.event)},
          {"by", handover::to_string(happening.by)},
          {"who", happening.who},
          {"words", happening.words},
          {"date", date_or_null(happening.date)},
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
  const exchange::WireFragment& fragment = received.fragment;
  return {{"id", fragment.id.hex()},
          {"exchange", received.exchange.hex()},
          {"from", membership.slug(received.peer)},
          {"clientRef", received.client},
          {"category", to_string(fragment.category)},
          {"label", facts(fragment.category).label},
          {"title", fragment.title},
          {"nature", fragment.nature == exchange::Nature::fact ? "feit" : "interpretatie"},
          {"author", fragment.author},
          {"date", fragment.date.iso()},
          {"text", fragment.text},
          {"persons", fragment.persons},
          {"purpose", consent::to_string(received.purpose)},
          {"until", received.until.iso()},
          {"state", name_of(received.status)},
          {"received", received.received.iso()}};
}

Json entry_json(const Membership& membership, const audit::ExportedEntry& entry) {
  Json out{{"leaf", entry.leaf.hex()}};
  for (const auto& [field, name] : audit::all_fields) {
    const auto* opening = std::get_if<audit::Opening>(&entry.fields[audit::slot(field)]);
    if (opening == nullptr) {
      out[std::string(name)] = nullptr;
      continue;
    }
    if (opening->value.empty()) continue;
    out[std::string(name)] = opening->value;
    if (field != audit::Field::peer) continue;
    if (const auto member = MemberId::from_hex(opening->value)) out["peerName"] = membership.slug(*member);
  }
  return out;
}

}  // namespace knoop::http
