#include "node/files/fhir_export.h"

#include <nlohmann/json.hpp>

#include "protocol/exchange/release.h"

namespace knoop {
namespace {

using audit::Field;
using Json = nlohmann::ordered_json;

constexpr std::string_view dicom = "http://dicom.nema.org/resources/ontology/DCM";
constexpr std::string_view entity_types = "http://terminology.hl7.org/CodeSystem/audit-entity-type";
constexpr std::string_view object_roles = "http://terminology.hl7.org/CodeSystem/object-role";
constexpr std::string_view participation = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType";
constexpr std::string_view profiles = "https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit.";

Json coding(std::string_view system, std::string_view code, std::string_view display) {
  Json out{{"system", system}, {"code", code}};
  if (!display.empty()) out["display"] = display;
  return out;
}
Json concept_of(std::string_view system, std::string_view code, std::string_view display) {
  return {{"coding", Json::array({coding(system, code, display)})}};
}
Json identified(std::string_view what, const std::string& value, const std::string& display = "") {
  Json out{{"identifier", {{"system", fmt::format("urn:x-knoop:{}", what)}, {"value", value}}}};
  if (!display.empty()) out["display"] = display;
  return out;
}
Json member_reference(const MemberId& member, const NameOf& name_of) {
  Json out = identified("member", member.hex(), name_of(member));
  out["type"] = "Organization";
  return out;
}
Json patient_reference(const MemberId& self, const std::string& client) {
  Json out = client.empty() ? Json{{"display", "not shown"}} : identified("client:" + self.hex(), client);
  out["type"] = "Patient";
  return out;
}

/// Open values; the rest is as if it were empty.
const std::string& value(const audit::ExportedEntry& entry, Field field) {
  static const std::string nothing;
  const auto* opening = std::get_if<audit::Opening>(&entry.fields[slot(field)]);
  return opening ? opening->value : nothing;
}
bool is_open(const audit::ExportedEntry& entry, Field field) {
  return std::holds_alternative<audit::Opening>(entry.fields[slot(field)]);
}

struct Kind {
  std::string_view action;   ///< FHIR's letter.
  std::string_view profile;  ///< BALP's, without "Patient".
  std::string_view interaction;
  std::string_view user_role;
  std::string_view user_role_name;
};
constexpr Kind reads{"R", "Read", "read", "IRCP", "information recipient"};
constexpr Kind creates{"C", "Create", "create", "AUT", "author (originator)"};
constexpr Kind updates{"U", "Update", "update", "AUT", "author (originator)"};
constexpr Kind erases{"D", "Delete", "delete", "CST", "custodian"};
constexpr Kind executes{"E", "", "", "", ""};

const Kind& kind_of(const audit::ExportedEntry& entry) {
  switch (audit::action_from(value(entry, Field::action)).value_or(audit::Action::execute)) {
    case audit::Action::read:
      return reads;
    case audit::Action::create:
      return creates;
    case audit::Action::update:
      return updates;
    case audit::Action::erase:
      return erases;
    case audit::Action::execute:
      break;
  }
  return executes;
}

std::string_view outcome_code(std::string_view outcome) {
  if (outcome == "success") return "0";
  return outcome == "refused" ? "4" : "8";
}

Json agent(std::string_view code, std::string_view display, Json who, const std::string& address) {
  return {{"type", concept_of(dicom, code, display)},
          {"who", std::move(who)},
          {"requestor", false},
          {"network", {{"address", address}, {"type", "5"}}}};
}
std::string address_of(const MemberId& member) {
  return "urn:x-knoop:member:" + member.hex();
}

Json entity(std::string_view type, std::string_view type_name, std::string_view role,
            std::string_view role_name, Json what) {
  return {{"what", std::move(what)},
          {"type", coding(entity_types, type, type_name)},
          {"role", coding(object_roles, role, role_name)}};
}

/// Structural fields of the entry, which prove the chain of a disclosure.
Json details_of(const audit::ExportedEntry& entry) {
  Json out = Json::array();
  out.push_back({{"type", "leaf"}, {"valueString", entry.leaf.hex()}});
  for (const Field field : {Field::decision, Field::basis, Field::receipt, Field::reference})
    if (!value(entry, field).empty())
      out.push_back({{"type", std::string(audit::to_string(field))}, {"valueString", value(entry, field)}});
  for (const Field field : {Field::authorisation, Field::consent_profile, Field::emergency, Field::source})
    if (is_open(entry, field) && !value(entry, field).empty())
      out.push_back({{"type", std::string(audit::to_string(field))}, {"valueString", value(entry, field)}});
  return out;
}

Json labels(const std::vector<Category>& categories) {
  Json out = Json::array();
  for (const Category category : categories)
    out.push_back(concept_of("urn:x-knoop:category", to_string(category), facts(category).label));
  return out;
}

std::string line(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace

std::string fhir_audit_event(const audit::LogOrigin& origin, const audit::ExportedEntry& entry,
                             const NameOf& name_of) {
  const std::string& event = value(entry, Field::event);
  const bool success = value(entry, Field::outcome) == "success";
  const auto peer = MemberId::from_hex(value(entry, Field::peer));
  const bool gives = success && peer && event == audit::to_string(audit::Event::release_disclosed);
  const bool gets = success && peer && event == audit::to_string(audit::Event::release_received);
  const Kind& kind = kind_of(entry);
  const bool restful = success && !gives && !gets && !kind.profile.empty();
  const std::string& client = value(entry, Field::client);
  const Json node = member_reference(origin.member, name_of);

  Json out{{"resourceType", "AuditEvent"},
           {"id", fmt::format("log-{}-entry-{}", origin.incarnation, entry.index)}};
  std::string profile;
  if (gives) profile = "PrivacyDisclosure.Source";
  if (gets) profile = "PrivacyDisclosure.Recipient";
  if (restful) profile = fmt::format("{}{}", client.empty() ? "" : "Patient", kind.profile);
  if (!profile.empty()) out["meta"] = {{"profile", Json::array({std::string(profiles) + profile})}};

  Json subtypes = Json::array();
  if (gives || gets) {
    out["type"] = gives ? coding(dicom, "110106", "Export") : coding(dicom, "110107", "Import");
    subtypes.push_back(coding("http://terminology.hl7.org/CodeSystem/iso-21089-lifecycle", "disclose",
                              "Disclose Record Lifecycle Event"));
  } else if (restful) {
    out["type"] =
        coding("http://terminology.hl7.org/CodeSystem/audit-event-type", "rest", "Restful Operation");
    subtypes.push_back(coding("http://hl7.org/fhir/restful-interaction", kind.interaction, kind.interaction));
  } else {
    out["type"] = coding(dicom, "110100", "Application Activity");
  }
  subtypes.push_back(coding("urn:x-knoop:audit-event", event, ""));
  out["subtype"] = std::move(subtypes);
  out["action"] = gives ? "R" : gets ? "C" : std::string(kind.action);
  out["recorded"] = value(entry, Field::time);
  out["outcome"] = outcome_code(value(entry, Field::outcome));
  if (!value(entry, Field::detail).empty()) out["outcomeDesc"] = value(entry, Field::detail);
  if (!value(entry, Field::purpose).empty())
    out["purposeOfEvent"] = Json::array({{{"text", value(entry, Field::purpose)}}});

  Json agents = Json::array();
  if (gives || gets) {
    const MemberId source = gives ? origin.member : *peer;
    const MemberId recipient = gives ? *peer : origin.member;
    agents.push_back(
        agent("110153", "Source Role ID", member_reference(source, name_of), address_of(source)));
    agents.push_back(
        agent("110152", "Destination Role ID", member_reference(recipient, name_of), address_of(recipient)));
  } else {
    // The node answers requests at its socket: it is the server, whoever asks through it the client.
    const bool reading = kind.action == reads.action;
    const Json asks =
        identified("interface", is_open(entry, Field::source) ? value(entry, Field::source) : "not shown");
    agents.push_back(agent(reading ? "110152" : "110153", reading ? "Destination Role ID" : "Source Role ID",
                           asks, "urn:x-knoop:interface"));
    agents.push_back(agent(reading ? "110153" : "110152", reading ? "Source Role ID" : "Destination Role ID",
                           node, address_of(origin.member)));
    if (peer)
      agents.push_back({{"type", concept_of(participation, "PRCP", "primary information recipient")},
                        {"who", member_reference(*peer, name_of)},
                        {"requestor", false}});
  }
  if (!value(entry, Field::user).empty()) {
    Json user{{"type", concept_of(participation, kind.user_role.empty() ? "AUT" : kind.user_role,
                                  kind.user_role.empty() ? "author (originator)" : kind.user_role_name)},
              {"who", identified("user:" + origin.member.hex(), value(entry, Field::user))},
              {"name", value(entry, Field::user)},
              {"requestor", true}};
    if (!value(entry, Field::role).empty())
      user["role"] = Json::array({concept_of("urn:x-knoop:role", value(entry, Field::role), "")});
    agents.push_back(std::move(user));
  }
  if (!value(entry, Field::responsible).empty())
    agents.push_back({{"type", concept_of(participation, "RESP", "responsible party")},
                      {"who", identified("user:" + origin.member.hex(), value(entry, Field::responsible))},
                      {"requestor", false}});
  out["agent"] = std::move(agents);
  out["source"] = {{"observer", node}};

  Json entities = Json::array();
  if (!client.empty() || gives || gets)
    entities.push_back(entity("1", "Person", "1", "Patient", patient_reference(origin.member, client)));
  const std::string& object = value(entry, Field::object);
  Json data =
      entity("2", "System Object", "4", "Domain Resource",
             object.empty() ? identified("log-entry", fmt::format("{}#{}", origin.text(), entry.index))
                            : identified("object:" + origin.member.hex(), object));
  data["detail"] = details_of(entry);
  entities.push_back(std::move(data));
  out["entity"] = std::move(entities);
  return line(out);
}

std::string fhir_consent(const MemberId& self, const consent::Consent& consent, const NameOf& name_of) {
  const bool permits = consent.answer == consent::Answer::yes || consent.answer == consent::Answer::partly;
  Json out{{"resourceType", "Consent"}, {"id", consent.id.hex()}};
  out["status"] = consent.withdrawn_at ? "inactive" : permits ? "active" : "rejected";
  const bool care = consent.kind == consent::Kind::help;
  out["scope"] = concept_of("http://terminology.hl7.org/CodeSystem/consentscope",
                            care ? "treatment" : "patient-privacy", care ? "Treatment" : "Privacy Consent");
  out["category"] =
      Json::array({concept_of("http://loinc.org", "59284-0", "Consent Document"),
                   concept_of("urn:x-knoop:consent-kind", consent::to_string(consent.kind), "")});
  out["patient"] = patient_reference(self, consent.client);
  out["dateTime"] = consent.recorded_at.iso();
  Json performers = Json::array();
  for (const consent::Giver& giver : consent.givers)
    performers.push_back({{"type", giver.capacity == consent::Capacity::youth ? "Patient" : "RelatedPerson"},
                          {"display", fmt::format("{}: {}", consent::to_string(giver.capacity), giver.who)}});
  out["performer"] = std::move(performers);
  out["organization"] = Json::array({member_reference(self, name_of)});
  out["policyRule"] = {
      {"text", fmt::format("Tekst {}{}", consent.text_version,
                           consent.text_hash ? ", SHA-256 " + consent.text_hash->hex() : "")}};
  Json provision{{"type", permits ? "permit" : "deny"}};
  Json period{{"start", consent.from.iso()}};
  if (consent.until) period["end"] = consent.until->iso();
  provision["period"] = std::move(period);
  if (consent.recipient)
    provision["actor"] = Json::array({{{"role", concept_of(participation, "IRCP", "information recipient")},
                                       {"reference", member_reference(*consent.recipient, name_of)}}});
  if (consent.purpose)
    provision["purpose"] =
        Json::array({coding("urn:x-knoop:purpose", consent::to_string(*consent.purpose), "")});
  Json codes = labels(consent.categories);
  if (consent.everything)
    codes.push_back(concept_of("urn:x-knoop:category", "not-sensitive", "Alles wat niet gevoelig is"));
  if (!codes.empty()) provision["code"] = std::move(codes);
  if (!consent.exclusions.empty())
    provision["provision"] =
        Json::array({{{"type", permits ? "deny" : "permit"}, {"code", labels(consent.exclusions)}}});
  out["provision"] = std::move(provision);
  return line(out);
}

std::string fhir_provenance(const MemberId& self, const storage::Release& release,
                            const std::vector<BasisId>& bases, const NameOf& name_of) {
  if (!release.receipt || release.state != storage::ReleaseState::disclosed) return "";
  const auto body = decode<exchange::ReceiptBody>(release.receipt->body);
  if (!body) return "";
  Json out{{"resourceType", "Provenance"}, {"id", release.request.exchange.hex()}};
  Json targets = Json::array();
  for (const exchange::OfferedItem& item : body->items) {
    targets.push_back(
        identified("fragment:" + self.hex(), item.fragment.hex(), std::string(facts(item.category).label)));
    targets.back()["type"] = "DocumentReference";
  }
  if (targets.empty()) return "";
  out["target"] = std::move(targets);
  out["occurredDateTime"] = body->at.iso();
  out["recorded"] = release.changed.iso();
  out["reason"] =
      Json::array({concept_of("urn:x-knoop:purpose", consent::to_string(body->obligations.purpose), "")});
  out["activity"] = concept_of("http://terminology.hl7.org/CodeSystem/iso-21089-lifecycle", "disclose",
                               "Disclose Record Lifecycle Event");
  const auto acts = [&](std::string_view code, std::string_view display, const MemberId& who) {
    return Json{{"type", concept_of("http://terminology.hl7.org/CodeSystem/provenance-participant-type", code,
                                    display)},
                {"who", member_reference(who, name_of)}};
  };
  out["agent"] =
      Json::array({acts("custodian", "Custodian", self), acts("informant", "Informant", release.peer)});
  Json entities = Json::array();
  entities.push_back(
      {{"role", "source"}, {"what", identified("receipt", exchange::receipt_hash(*release.receipt).hex())}});
  for (const BasisId& basis : bases) {
    entities.push_back({{"role", "source"}, {"what", identified("basis", basis.hex())}});
    entities.back()["what"]["type"] = "Consent";
  }
  out["entity"] = std::move(entities);
  return line(out);
}

}  // namespace knoop
