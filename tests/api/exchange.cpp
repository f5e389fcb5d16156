// Chapters about a child that two organisations know.
#include <fmt/format.h>

#include "storage/matching_repository.h"
#include "tests/api/walk.h"

namespace knoop::api {
namespace {

constexpr std::string_view peer = "/api/v1/fragment-requests/";

std::string received_pieces(const Walk& walk) {
  return "/api/v1/received-attachments/smw-een/" + walk.exchange + "/" + walk.attachment + "/pieces/0";
}

Json consent_to(const Json& categories) {
  return {{"client", "S-1"},
          {"answer", "yes"},
          {"recipient", "bjz-twee"},
          {"purpose", "warme-overdracht"},
          {"categories", categories},
          {"until", "2027-03-01"},
          {"textVersion", "2026-1"},
          {"toldWithdrawable", true},
          {"identity", "paspoort"},
          {"authority", "gezagsregister"},
          {"givers", Json::array({"parent"})}};
}

/// BJZ asks, and the question is there.
std::string ask(Walk& walk, const Json& categories) {
  const std::string exchange = walk.post(walk.bjz(), anja, "/api/v1/fragment-requests",
                                         {{"peer", "smw-een"},
                                          {"match", walk.match},
                                          {"occasion", "aanmelding"},
                                          {"goal", "overdracht"},
                                          {"categories", categories}})
                                   .at("exchange");
  walk.until("the question is there", [&] {
    const Json waiting = walk.get(walk.smw(), anja, "/api/v1/fragment-requests").at("requests");
    for (const Json& one : waiting)
      if (one.at("exchange") == exchange) return true;
    return false;
  });
  return exchange;
}

}  // namespace

void match_children(Walk& walk) {
  const auto found = [&](SimNode& node) {
    return walk.get(node, anja, "/api/v1/matches?ended=true&limit=1000").at("matches");
  };
  walk.until("both children are found",
             [&] { return found(walk.smw()).size() == 2 && found(walk.bjz()).size() == 2; });
  std::string possible;
  for (const Json& one : found(walk.smw())) {
    if (one.at("class") == "certain") walk.match = one.at("id");
    if (one.at("class") == "possible") possible = one.at("id");
  }
  REQUIRE_FALSE(walk.match.empty());
  REQUIRE_FALSE(possible.empty());
  for (SimNode* node : {&walk.smw(), &walk.bjz()})
    walk.post(*node, anja, "/api/v1/matches/" + possible + "/choice", {{"choice", "contact"}});
  walk.until("contact data crossed", [&] {
    return walk.get(walk.smw(), anja, "/api/v1/matches/" + possible).contains("contact") &&
           walk.get(walk.smw(), anja, "/api/v1/matches/" + walk.match).contains("contact");
  });
  walk.get(walk.smw(), anja, "/api/v1/work");
  walk.post(walk.smw(), anja, "/api/v1/matches/" + possible + "/outcome", {{"outcome", "same"}});
}

void ask_consent(Walk& walk) {
  SimNode& smw = walk.smw();
  CHECK(walk.get(smw, anja, "/api/v1/consent-texts").at("texts").size() == 2);
  walk.post(smw, piet, "/api/v1/consent-texts",
            {{"version", "eigen-1"}, {"body", "{ontvanger} {doel} {rubrieken} {periode} intrekken"}});
  walk.post(smw, anja, "/api/v1/consent-texts/eigen-1/prints",
            {{"recipient", "bjz-twee"}, {"categories", {"F05"}}});
  walk.get(smw, anja, "/api/v1/consent-policy");
  walk.post(smw, piet, "/api/v1/consent-policy", {{"reviewDays", 5}});
  Json withdrawn = consent_to({"F05"});
  withdrawn["recipient"] = "jgz-drie";
  const std::string first = walk.post(smw, anja, "/api/v1/consents", withdrawn).at("id");
  CHECK_FALSE(
      walk.get(smw, anja, "/api/v1/consents/" + first + "/text").at("text").get<std::string>().empty());
  walk.post(smw, anja, "/api/v1/consents/" + first + "/withdrawal");
  walk.consent = walk.post(smw, anja, "/api/v1/consents", consent_to({"F05", "F18"})).at("id");
  CHECK(walk.get(smw, piet, "/api/v1/consents?client=S-1").at("consents").size() == 2);
  walk.get(smw, piet, "/api/v1/withdrawals?open=false");
  const Json all = walk.get(smw, piet, "/api/v1/consent-register");
  CHECK(all.at("consents").size() == 2);
  CHECK(all.at("next").is_null());
  const Json taken_back = walk.get(smw, piet, "/api/v1/consent-register?state=withdrawn&recipient=jgz-drie");
  REQUIRE(taken_back.at("consents").size() == 1);
  CHECK(taken_back.at("consents")[0].at("id") == first);
  CHECK(walk.get(smw, piet, "/api/v1/consent-register?state=in-force&recipient=jgz-drie")
            .at("consents")
            .empty());
  CHECK(
      walk.get(smw, piet, "/api/v1/consent-register?state=refused&cursor=0-00000000000000000000000000000000")
          .at("consents")
          .empty());
  walk.get(smw, piet, "/api/v1/consents-elsewhere?client=S-1");
}

void exchange_fragments(Walk& walk) {
  SimNode& smw = walk.smw();
  const Json preview =
      walk.post(smw, anja, "/api/v1/release-previews",
                {{"client", "S-1"}, {"recipient", "bjz-twee"}, {"categories", {"F05", "F11"}}});
  INFO(preview.dump());
  CHECK(preview.at("fragments").size() == 1);
  const std::string exchange = ask(walk, {"F05", "F11"});
  const std::string address = std::string(peer) + "bjz-twee/" + exchange;
  walk.post(smw, anja, address + "/preview", {{"withoutThirdPersons", true}});
  CHECK(walk.post(smw, anja, address + "/answer").at("offered") == true);
  walk.until("it is received", [&] {
    return walk.get(walk.bjz(), anja, "/api/v1/received-fragments?client=B-1").at("fragments").size() == 1;
  });
  walk.get(smw, anja, "/api/v1/receipts");
  walk.until("the receipt is back", [&] {
    return walk.call(smw, piet, "POST", "/api/v1/receipts/bjz-twee/" + exchange + "/export",
                     "application/json", "{}") == 201;
  });
  CHECK(walk.post(smw, piet, "/api/v1/consent-exports", {{"client", "S-1"}, {"reason", "verhuizing"}})
            .at("releases") == 1);
}

void exchange_files(Walk& walk) {
  SimNode& smw = walk.smw();
  const std::string file = "%PDF-1.7\n" + std::string(1000, 'x');
  const Json facts{
      {"clientRef", "S-1"}, {"name", "brief.pdf"}, {"mediaType", "application/pdf"}, {"bytes", file.size()}};
  const std::string given_up = walk.post(smw, anja, "/api/v1/attachments", facts).at("id");
  walk.remove(smw, anja, "/api/v1/attachments/" + given_up);
  walk.attachment = walk.post(smw, anja, "/api/v1/attachments", facts).at("id");
  const std::string address = "/api/v1/attachments/" + walk.attachment;
  walk.put(smw, anja, address + "/pieces/0", file);
  walk.post(smw, anja, address + "/finish",
            {{"title", "Brief"},
             {"author", "A. Voorbeeld"},
             {"date", "2026-11-01"},
             {"persons", {"jeugdige"}},
             {"parent", walk.fragment}});
  walk.get(smw, anja, address + "/pieces/0");
  walk.exchange = ask(walk, {"F18"});
  walk.post(smw, anja, std::string(peer) + "bjz-twee/" + walk.exchange + "/answer");
  walk.until("the file is whole", [&] {
    const Json files = walk.get(walk.bjz(), anja, "/api/v1/received-attachments?client=B-1").at("files");
    return files.size() == 1 && files[0].at("state") == "complete";
  });
  walk.get(walk.bjz(), anja, received_pieces(walk));
}

void hand_over(Walk& walk) {
  SimNode& smw = walk.smw();
  SimNode& bjz = walk.bjz();
  const std::string id =
      walk.post(smw, anja, "/api/v1/handovers",
                {{"match", walk.match}, {"goal", "verder helpen"}, {"categories", {"F05"}}})
          .at("id");
  const std::string address = "/api/v1/handovers/" + id;
  const auto state = [&](SimNode& node, std::string_view wanted) {
    walk.until(wanted, [&] {
      Json answer;
      return walk.call(node, anja, "GET", address, "", "", &answer) == 200 && answer.at("state") == wanted &&
             answer.at("pending").is_null();
    });
  };
  state(bjz, "aangevraagd");
  walk.post(bjz, anja, address + "/events", {{"event", "accepteren"}, {"words", "welkom"}});
  state(smw, "geaccepteerd");
  const std::string day = Date::from_days(walk.today(smw).days() + 2).iso();
  walk.post(smw, anja, address + "/events",
            {{"event", "gesprek plannen"},
             {"date", day},
             {"time", "14:30"},
             {"place", "school"},
             {"words", "samen"}});
  state(bjz, "gesprek gepland");
  CHECK(walk.get(bjz, anja, address + "/calendar")
            .at("text")
            .get<std::string>()
            .starts_with("BEGIN:VCALENDAR"));
  walk.get(smw, anja, "/api/v1/work");
  walk.post(smw, anja, address + "/events",
            {{"event", "gesprek voeren"}, {"date", day}, {"words", "gesproken"}});
  state(bjz, "gesprek gevoerd");
  walk.post(smw, anja, address + "/transfer", {{"withheld", Json::array()}});
  CHECK(walk.get(smw, anja, "/api/v1/handovers?client=S-1").at("handovers").size() == 1);
}

void share_without_consent(Walk& walk) {
  SimNode& smw = walk.smw();
  const std::string id = walk.post(smw, anja, "/api/v1/grounds",
                                   {{"client", "S-1"},
                                    {"kind", "noodsituatie"},
                                    {"recipient", "bjz-twee"},
                                    {"items", {walk.fragment}},
                                    {"reasons", "kind is vermist"}})
                             .at("id");
  const std::string address = "/api/v1/grounds/" + id;
  CHECK(walk.get(smw, piet, "/api/v1/grounds?client=S-1").at("grounds").size() == 1);
  CHECK(walk.get(smw, piet, "/api/v1/ground-reviews").at("grounds").size() == 1);
  CHECK(walk.get(smw, anja, "/api/v1/clients-to-tell").at("grounds").size() == 1);
  walk.post(smw, anja, address + "/postponement",
            {{"until", Date::from_days(walk.today(smw).days() + 10).iso()},
             {"because", "veiligheid van het kind"}});
  walk.post(smw, anja, address + "/telling", {{"how", "gebeld met de moeder"}});
  walk.post(smw, anja, address + "/end");
  walk.post(smw, piet, address + "/review", {{"verdict", "terecht"}, {"words", "goed gedaan"}});
}

void read_what_is_locked(Walk& walk) {
  SimNode& bjz = walk.bjz();
  for (const auto& other : walk.region.nodes())
    if (other.get() != &bjz) walk.region.network.cut(bjz.member(), other->member());
  walk.region.run_for(24h * 8);
  const Json reason{{"reason", "kind is vermist, politie vraagt ernaar"}};
  walk.post(bjz, anja, "/api/v1/received-fragments/emergency",
            {{"client", "B-1"}, {"reason", reason.at("reason")}});
  walk.post(bjz, anja, received_pieces(walk) + "/emergency", reason);
  const Json waiting = walk.get(bjz, piet, "/api/v1/emergency-reads").at("emergencyReads");
  REQUIRE_FALSE(waiting.empty());
  walk.post(bjz, piet, "/api/v1/emergency-reads/" + waiting[0].at("id").dump() + "/review",
            {{"verdict", "terecht"}, {"words", "begrijpelijk"}});
  for (const auto& other : walk.region.nodes())
    if (other.get() != &bjz) walk.region.network.heal(bjz.member(), other->member());
  walk.until("all are connected again", [&] { return walk.region.all_ready(); });
}

}  // namespace knoop::api
