// What a body or a query names: objects of another client, of another organisation, that were destroyed, or that there are not. They are
// refused, or nothing is found by them; with a name of one's own the same request succeeds, so that each was refused for its name alone.
// (Addresses: tests/unit/node/http/others_objects_test.cpp.)
//
// The description says which fields there are. One that may hold a name and is neither tried here nor excused fails the last test.
#include <fmt/format.h>

#include "tests/api/walk.h"

namespace knoop::api {
namespace {

const std::string nothing(32, '0');

/// Operation and field, "?" before a name of a query.
std::set<std::string>& tried() {
  static std::set<std::string> all;
  return all;
}

/// No list in it has anything.
bool shows_nothing(const Json& answer) {
  return std::ranges::all_of(answer, [](const Json& value) { return !value.is_array() || value.empty(); });
}

class Asked {
 public:
  explicit Asked(Walk& walk) : walk_(walk) {}

  /// A POST of `good` with each wrong value in `field`: refused, and nothing changed. Then `good` itself, which must succeed.
  Json post(std::string_view as, const std::string& operation, const std::string& address, const Json& good,
            const std::string& field, const std::vector<Json>& wrong, bool also_good = true) {
    tried().insert(operation + " " + field);
    for (const Json& value : wrong) {
      Json body = good;
      body[field] = value;
      INFO(operation << ": " << body.dump());
      Json answer;
      const unsigned status =
          walk_.call(walk_.smw(), as, "POST", address, "application/json", body.dump(), &answer);
      INFO(answer.dump());
      CHECK(status >= 400);
      CHECK(status < 500);
    }
    return also_good ? walk_.post(walk_.smw(), as, address, good) : Json();
  }
  void get(std::string_view as, const std::string& operation, const std::string& path,
           const std::string& field, const std::vector<std::string>& wrong, const std::string& rest = "") {
    tried().insert(operation + " ?" + field);
    for (const std::string& value : wrong) {
      const std::string address = "/api/v1/" + path + "?" + field + "=" + value + rest;
      INFO(address);
      Json answer;
      const unsigned status = walk_.call(walk_.smw(), as, "GET", address, "", "", &answer);
      INFO(answer.dump());
      CHECK(status < 500);
      CHECK((status >= 400 || shows_nothing(answer)));
    }
  }

 private:
  Walk& walk_;
};

Json fragment_of(const std::string& client) {
  return {{"clientRef", client}, {"category", "F05"},    {"title", "Aanleiding"}, {"nature", "feit"},
          {"author", "A. Smit"}, {"date", "2026-10-01"}, {"text", "een tekst"}};
}

Json consent_of(const std::string& client) {
  return {{"client", client},
          {"answer", "yes"},
          {"recipient", "bjz-twee"},
          {"purpose", "warme-overdracht"},
          {"categories", {"F05"}},
          {"until", "2027-03-01"},
          {"textVersion", "2026-1"},
          {"toldWithdrawable", true},
          {"identity", "paspoort"},
          {"authority", "gezagsregister"},
          {"givers", client == "S-2" ? Json{"youth", "parent"} : Json{"parent"}}};
}

void try_them(Walk& walk) {
  join_the_network(walk);
  feed_records_in(walk);
  write_records(walk);
  match_children(walk);
  SimNode& smw = walk.smw();
  std::string other_match;
  const Json matches = walk.get(smw, anja, "/api/v1/matches?ended=true").at("matches");
  for (const Json& one : matches)
    if (one.at("id") != walk.match) other_match = one.at("id");
  REQUIRE_FALSE(other_match.empty());
  const std::string others = walk.post(smw, anja, "/api/v1/fragments", fragment_of("S-2")).at("id");
  const std::string theirs = walk.post(walk.bjz(), anja, "/api/v1/fragments", fragment_of("B-1")).at("id");
  const std::string other_consent = walk.post(smw, anja, "/api/v1/consents", consent_of("S-2")).at("id");
  look_after_rights(walk);  // destroys S-3

  const std::vector<Json> clients{"S-9", "B-1", "S-3", "' OR 1=1 --"};
  const std::vector<std::string> client_queries{"S-9", "B-1", "S-3", "%25", ""};
  const std::vector<Json> members{"niemand", "", "SMW-EEN", "kees"};
  const std::vector<Json> fragments{nothing, others, theirs, "x"};
  const auto each_in_list = [](const std::vector<Json>& values) {
    std::vector<Json> out;
    for (const Json& value : values) out.push_back(Json::array({value}));
    return out;
  };
  Asked asked(walk);

  // Of clients.
  const std::string ends = Date::from_days(walk.today(smw).days() + 100).iso();
  const Json plan = asked.post(anja, "watchAftercare", "/api/v1/aftercare",
                               {{"client", "S-1"}, {"ends", ends}}, "client", clients);
  const Json attachment = asked.post(
      anja, "beginAttachment", "/api/v1/attachments",
      {{"clientRef", "S-1"}, {"name", "brief.pdf"}, {"mediaType", "application/pdf"}, {"bytes", 9}},
      "clientRef", clients);
  asked.post(anja, "confirmConsents", "/api/v1/consent-doubts", {{"client", "S-1"}, {"how", "gebeld"}},
             "client", clients, false);
  asked.post(anja, "addFragment", "/api/v1/fragments", fragment_of("S-1"), "clientRef", clients);
  asked.post(anja, "addInvolvement", "/api/v1/involvements",
             {{"clientRef", "S-1"},
              {"kind", "signaal"},
              {"from", "2026-10-01"},
              {"until", "2027-10-01"},
              {"name", "A. Smit"},
              {"email", "a@smw.example"}},
             "clientRef", clients);
  const std::string form = walk.get(smw, anja, "/api/v1/forms").at("forms")[0].at("form");
  asked.post(anja, "fillForm", "/api/v1/forms/" + form + "/1/fill", {{"client", "S-1"}}, "client", clients);
  asked.post(piet, "receiveSubjectRequest", "/api/v1/subject-requests",
             {{"client", "S-1"}, {"kind", "inzage"}, {"who", "de moeder"}, {"words", "wat weet u"}}, "client",
             clients);
  asked.post(anja, "exportConsents", "/api/v1/consent-exports", {{"client", "S-1"}, {"reason", "verhuizing"}},
             "client", clients);
  asked.post(tom, "beginRecordExport", "/api/v1/record-exports", {{"client", "S-1"}, {"reason", "overgang"}},
             "client", clients);
  asked.post(anja, "readInEmergency", "/api/v1/received-fragments/emergency",
             {{"client", "S-1"}, {"reason", "vermist"}}, "client", clients, false);
  for (const auto& [operation, path, who] :
       std::vector<std::tuple<std::string, std::string, std::string_view>>{
           {"listAftercare", "aftercare", anja},
           {"listConsents", "consents", piet},
           {"listConsentsElsewhere", "consents-elsewhere", piet},
           {"listGrounds", "grounds", piet},
           {"listHandovers", "handovers", anja},
           {"listMatches", "matches", anja},
           {"listReceivedAttachments", "received-attachments", anja},
           {"listReceivedFragments", "received-fragments", anja},
           {"listSubjectRequests", "subject-requests", piet}})
    asked.get(who, operation, path, "client", client_queries);

  // No name that was refused stands in the log.
  asked.get(piet, "listAuditEntries", "audit-entries", "client", {"S-9", "B-1", "%25"});

  // Of fragments.
  const Json begun = asked.post(anja, "askDestruction", "/api/v1/destructions",
                                {{"client", "S-2"}, {"ground", "onterecht"}, {"reason", "hoort hier niet"}},
                                "client", clients);
  asked.post(anja, "askDestruction", "/api/v1/destructions",
             {{"client", "S-1"}, {"ground", "onterecht"}, {"reason", "hoort hier niet"}}, "fragment",
             fragments, false);
  asked.post(tom, "approveDestruction",
             "/api/v1/destructions/" + begun.at("id").get<std::string>() + "/approval",
             {{"fingerprint", std::string(64, '0')}}, "fingerprint", {std::string(64, 'f')}, false);
  walk.post(smw, anja, "/api/v1/destructions/" + begun.at("id").get<std::string>() + "/cancellation",
            {{"why", "toch wel"}});
  const std::string file = "/api/v1/attachments/" + attachment.at("id").get<std::string>();
  walk.put(smw, anja, file + "/pieces/0", "%PDF-1.7\n");
  asked.post(anja, "finishAttachment", file + "/finish",
             {{"title", "Brief"}, {"author", "A. Smit"}, {"date", "2026-11-01"}, {"parent", walk.fragment}},
             "parent", fragments);
  Json view = fragment_of("S-1");
  view["category"] = "F17";
  view["parent"] = walk.fragment;
  asked.post(anja, "addFragment", "/api/v1/fragments", view, "parent", fragments);
  const Json ground{{"client", "S-1"},
                    {"kind", "noodsituatie"},
                    {"recipient", "jgz-drie"},
                    {"items", {walk.fragment}},
                    {"reasons", "kind is vermist"}};
  asked.post(anja, "recordGround", "/api/v1/grounds", ground, "client", clients, false);
  asked.post(anja, "recordGround", "/api/v1/grounds", ground, "recipient", members, false);
  asked.post(anja, "recordGround", "/api/v1/grounds", ground, "items", each_in_list(fragments));

  // Of consents, members, matches and hand-overs.
  const Json consent = consent_of("S-1");
  asked.post(anja, "recordConsent", "/api/v1/consents", consent, "client", clients, false);
  asked.post(anja, "recordConsent", "/api/v1/consents", consent, "recipient", members, false);
  asked.post(anja, "recordConsent", "/api/v1/consents", consent, "releaser", members, false);
  asked.post(anja, "recordConsent", "/api/v1/consents", consent, "textVersion", {"2025-9", "S-1"}, false);
  asked.post(anja, "recordConsent", "/api/v1/consents", consent, "replaces",
             each_in_list({nothing, other_consent, theirs}));
  Json released = consent;
  released["recipient"] = "smw-een";
  released["releaser"] = "bjz-twee";
  released["match"] = walk.match;
  asked.post(anja, "recordConsent", "/api/v1/consents", released, "match", {nothing, other_match, "x"});
  released.erase("match");
  asked.post(anja, "recordConsent", "/api/v1/consents", released, "handover", {nothing, walk.match}, false);
  for (const char* const field : {"recipient", "releaser"})
    asked.post(anja, "printConsentText", "/api/v1/consent-texts/2026-1/prints", {{"categories", {"F05"}}},
               field, members);
  asked.get(piet, "showConsentRegister", "consent-register", "recipient", {"niemand", "%25"});
  asked.get(piet, "listHeadEvidence", "audit-head-evidence", "member", {"niemand", "%25"});
  asked.get(anja, "listMatches", "matches", "peer", {"niemand", "ggz-vier", "smw-een"});

  const Json preview{{"client", "S-1"}, {"recipient", "bjz-twee"}, {"categories", {"F05"}}};
  asked.post(anja, "previewRelease", "/api/v1/release-previews", preview, "client", clients);
  asked.post(anja, "previewRelease", "/api/v1/release-previews", preview, "recipient", members);
  asked.post(anja, "previewRelease", "/api/v1/release-previews", preview, "withheld",
             each_in_list(fragments));

  const Json question{{"peer", "bjz-twee"},
                      {"match", walk.match},
                      {"occasion", "aanmelding"},
                      {"goal", "overdracht"},
                      {"categories", {"F05"}}};
  asked.post(anja, "requestFragments", "/api/v1/fragment-requests", question, "peer",
             {"niemand", "jgz-drie", "ggz-vier", "smw-een"}, false);
  asked.post(anja, "requestFragments", "/api/v1/fragment-requests", question, "form", {"geen", "*"}, false);
  asked.post(anja, "requestFragments", "/api/v1/fragment-requests", question, "match",
             {nothing, walk.fragment, "x"});
  Json in_handover = question;
  in_handover.erase("match");

  const Json handover{{"match", walk.match}, {"goal", "verder helpen"}, {"categories", {"F05"}}};
  asked.post(anja, "requestHandover", "/api/v1/handovers", handover, "match", {nothing, walk.fragment, "x"},
             false);
  const std::string made =
      asked
          .post(anja, "requestHandover", "/api/v1/handovers", handover, "earlier", {nothing, walk.match, "x"})
          .at("id");
  Json back{{"match", other_match}, {"goal", "terug"}, {"kind", "terugverwijzing"}};
  asked.post(anja, "requestHandover", "/api/v1/handovers", back, "earlier", {made}, false);
  asked.post(anja, "requestFragments", "/api/v1/fragment-requests", in_handover, "handover",
             {nothing, walk.match, made + "0"}, false);
  asked.post(anja, "transferHandover", "/api/v1/handovers/" + made + "/transfer", Json::object(), "withheld",
             each_in_list(fragments), false);
  asked.get(anja, "listReceivedFragments", "received-fragments", "handover", {nothing, walk.match, "x"});
  INFO("a hand-over of one client and the name of another");
  CHECK(walk.call(smw, anja, "GET", "/api/v1/received-fragments?client=S-2&handover=" + made, "", "") == 400);
  CHECK(walk.call(smw, anja, "GET", "/api/v1/received-fragments?client=S-1&handover=" + made, "", "") == 200);
  asked.post(anja, "recordAftercarePlan", "/api/v1/aftercare/" + plan.at("id").get<std::string>() + "/made",
             {{"words", "besproken"}}, "handover", {nothing, made, walk.match, "x"});

  // A question of BJZ about its own child, who is S-1 here.
  const std::string exchange = walk.post(walk.bjz(), anja, "/api/v1/fragment-requests",
                                         {{"peer", "smw-een"},
                                          {"match", walk.match},
                                          {"occasion", "aanmelding"},
                                          {"goal", "overdracht"},
                                          {"categories", {"F05"}}})
                                   .at("exchange");
  walk.until("the question is there",
             [&] { return !walk.get(smw, anja, "/api/v1/fragment-requests").at("requests").empty(); });
  const std::string answer = "/api/v1/fragment-requests/bjz-twee/" + exchange;
  asked.post(anja, "previewAnswer", answer + "/preview", Json::object(), "withheld", each_in_list(fragments));
  asked.post(anja, "answerRequest", answer + "/answer", Json::object(), "withheld", each_in_list(fragments));

  // Of what an administrator and a team lead name.
  asked.post(epd, "startImport", "/api/v1/imports", {{"dryRun", true}}, "mapping", {"geen", "../x", "S-1"});
  const Json leaver{{"name", "A. Voorbeeld"}, {"to", "B. Smit"}};
  tried().insert("recordLeaving clients");
  for (const char* const client : {"S-9", "B-1", "S-3"}) {
    Json body = leaver;
    body["clients"] = {client};
    Json left;
    if (walk.call(smw, tom, "POST", "/api/v1/professionals/leave", "application/json", body.dump(), &left) <
        300)
      CHECK(left.at("moved").empty());
  }
}

/// Names that hold words, quantities or days wherever they stand, and so name no object.
const std::set<std::string> words{
    "words",       "reason",      "reasons",   "why",         "how",       "because",   "goal",
    "occasion",    "title",       "author",    "text",        "source",    "who",       "persons",
    "description", "place",       "time",      "alternative", "consulted", "exception", "identity",
    "authority",   "displayName", "mediaType", "function",    "phone",     "email",     "purpose",
    "field",       "column",      "constant",  "from",        "to",        "body"};

/// The rest, each with why it is not tried here.
const std::map<std::string, std::string> excused{
    {"assignMatch owner", "a professional is a name, not yet an account"},
    {"listWork ?owner", "the same; the list of a team is its own to see"},
    {"showCaseload name", "a professional is a name"},
    {"showCaseload account", "a team lead asks for any of the own accounts"},
    {"recordLeaving name", "a professional is a name"},
    {"recordLeaving account", "a team lead's, of any of the own accounts"},
    {"recordReturn name", "a professional is a name"},
    {"addInvolvement name", "a professional is a name"},
    {"beginAttachment name", "what the file is called"},
    {"createAccount name", "a new one; tests/unit/node/core/sign_in_test.cpp"},
    {"createAccount subject", "of somebody at the identity provider; tests/unit/node/core/sign_in_test.cpp"},
    {"createAccount role", "one of the roles; tests/unit/node/core/sign_in_test.cpp"},
    {"changeRole role", "one of the roles; tests/unit/node/core/sign_in_test.cpp"},
    {"createApiKey name", "what the key is called"},
    {"createApiKey role", "one of the roles; tests/unit/node/core/sign_in_test.cpp"},
    {"createApiKey scopes", "what each opens: tests/unit/node/http/gate_walk_test.cpp"},
    {"createAccount password", "a secret"},
    {"setPassword password", "a secret"},
    {"signIn name", "tests/unit/node/core/sign_in_test.cpp"},
    {"signIn password", "a secret"},
    {"signIn code", "a secret; tests/unit/node/core/sign_in_test.cpp"},
    {"checkSecondFactor code", "a secret"},
    {"confirmSecondFactor code", "a secret"},
    {"finishOpenIdConnect ?code", "tests/unit/node/http/openid_sign_in_test.cpp"},
    {"finishOpenIdConnect ?error", "tests/unit/node/http/openid_sign_in_test.cpp"},
    {"finishOpenIdConnect ?iss", "tests/unit/node/http/openid_sign_in_test.cpp"},
    {"finishOpenIdConnect ?state", "tests/unit/node/http/openid_sign_in_test.cpp"},
    {"installCard note", "signed by whom it is of"},
    {"installConvenant note", "signed by the managers"},
    {"openIncarnation root", "of the own log; tests/sim/incarnation_refused_test.cpp"},
    {"addConsentText version", "a new one"},
    {"recordConsent evidence", "the hash of a document that this node does not have"},
    {"searchClients surnamePrefix", "looks for own clients only"},
    {"searchClients bsn", "looks for own clients only"},
    {"nameOwnFamily bsn", "nobody can read it"},
};

/// Whether a value of this schema can be any text.
bool is_text(const Json& schema) {
  if (schema.contains("enum") || schema.contains("const")) return false;
  if (schema.value("format", "") == "date" || schema.value("pattern", "").starts_with("^\\d{4}-"))
    return false;
  if (schema.value("pattern", "").starts_with("^F(")) return false;
  const Json type = schema.value("type", Json());
  return type == "string" || (type.is_array() && std::ranges::find(type, "string") != type.end());
}

void texts_in(const Json& document, const Json& given, const std::string& name, std::set<std::string>& out) {
  const Json& schema = given.contains("$ref")
                           ? document.at(Json::json_pointer(given.at("$ref").get<std::string>().substr(1)))
                           : given;
  if (is_text(schema)) out.insert(name);
  for (const char* const several : {"anyOf", "allOf", "oneOf"})
    for (const Json& one : schema.value(several, Json::array())) texts_in(document, one, name, out);
  if (schema.contains("items")) texts_in(document, schema.at("items"), name, out);
  if (schema.contains("properties"))
    for (const auto& [field, value] : schema.at("properties").items()) texts_in(document, value, field, out);
}

}  // namespace

TEST_CASE(
    "what a body or a query names and is not the asker's to name is refused, every such field is tried or "
    "excused") {
  Walk walk;
  try_them(walk);
  const Json& document = test::described_api().document();
  std::set<std::string> there;
  for (const Json& methods : document.at("paths"))
    for (const Json& operation : methods) {
      const std::string id = operation.at("operationId");
      std::set<std::string> fields;
      for (const Json& one : operation.value("parameters", Json::array()))
        if (one.value("in", "") == "query" && one.at("name") != "cursor")
          texts_in(document, one.at("schema"), "?" + one.at("name").get<std::string>(), fields);
      const Json body = operation.value("requestBody", Json{{"content", Json::object()}}).at("content");
      if (body.contains("application/json"))
        texts_in(document, body.at("application/json").at("schema"), "", fields);
      for (const std::string& field : fields) {
        if (field.empty() || field == "cursor" ||
            words.contains(field.starts_with('?') ? field.substr(1) : field)) {
          if (!tried().contains(id + " " + field)) continue;
        }
        there.insert(id + " " + field);
      }
    }
  for (const std::string& one : there) {
    INFO(one << " may name an object: try it here, or say why it need not be tried");
    CHECK((tried().contains(one) || excused.contains(one)));
  }
  for (const std::string& one : tried()) {
    INFO(one << " is tried, and the description does not have it");
    CHECK(there.contains(one));
  }
  for (const auto& [one, why] : excused) {
    INFO(one << " is excused, and the description does not have it, or it is tried");
    CHECK((there.contains(one) && !tried().contains(one)));
  }
}

}  // namespace knoop::api
