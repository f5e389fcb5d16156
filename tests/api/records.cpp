// Chapters about taking part and about an organisation's own records.
#include <fmt/format.h>

#include "protocol/channel/preshared_file.h"
#include "tests/api/walk.h"

namespace knoop::api {
namespace {

std::string csv(std::string_view header, std::initializer_list<std::string_view> rows) {
  std::string out(header);
  for (const std::string_view row : rows) out += "\n" + std::string(row);
  return out + "\n";
}
constexpr std::string_view client_columns =
    "client_ref;bsn;voornamen;voorvoegsel;achternaam;geboortedatum;geslacht;postcode;huisnummer;toevoeging;"
    "gemeentecode;ouder1_bsn;ouder2_bsn";

void import(Walk& walk, SimNode& node, const std::string& clients, const std::string& involvements) {
  const std::string id =
      "/api/v1/imports/" + walk.post(node, epd, "/api/v1/imports", {{"dryRun", false}}).at("id").dump();
  walk.put(node, epd, id + "/clients/chunks/0", clients);
  walk.put(node, epd, id + "/involvements/chunks/0", involvements);
  walk.post(node, epd, id + "/finish");
  walk.until("the rows are applied", [&] { return walk.get(node, epd, id).at("state") == "done"; });
}

}  // namespace

void join_the_network(Walk& walk) {
  SimNode& smw = walk.smw();
  for (const std::string_view who : {anja, piet, ada, std::string_view("monitor:mo"), epd}) {
    walk.get(smw, who, "/api/v1/status");
    walk.get(smw, who, "/api/v1/openapi.json");
  }
  const Json cards = walk.get(smw, anja, "/api/v1/cards").at("cards");
  CHECK(cards.size() == walk.region.size());
  CHECK(walk.get(smw, anja, "/api/v1/cards/own").at("id") == "smw-een");
  const Json card = walk.get(smw, ada, "/api/v1/cards/bjz-twee");
  walk.post(smw, ada, "/api/v1/cards", {{"note", card.at("note")}});
  CHECK(walk.get(smw, piet, "/api/v1/convenants/current").at("number") == 1);
  const std::string next =
      walk.region.sign_next([](Convenant& convenant) { convenant.name = "Regio Voorbeeld 2"; });
  for (const auto& node : walk.region.nodes())
    CHECK(walk.post(*node, ada, "/api/v1/convenants", {{"note", next}}).at("number") == 2);
  CHECK(walk.get(smw, ada, "/api/v1/peers").at("peers").size() == walk.region.size() - 1);

  TestEntropy entropy(5);
  const Bytes key = preshared_file(entropy.draw<PresharedKey>(), smw.node().membership().network(),
                                   smw.member(), walk.jgz().member());
  const std::string_view text(reinterpret_cast<const char*>(key.data()), key.size());
  walk.put(smw, ada, "/api/v1/peers/jgz-drie/preshared-key", text);
  walk.put(walk.jgz(), ada, "/api/v1/peers/smw-een/preshared-key", text);
  CHECK(walk.get(smw, ada, "/api/v1/peers/jgz-drie").contains("presharedKey"));
  walk.remove(smw, ada, "/api/v1/peers/jgz-drie/preshared-key");
  walk.remove(walk.jgz(), ada, "/api/v1/peers/smw-een/preshared-key");
  walk.until("all are connected again", [&] { return walk.region.all_ready(); });
}

void feed_records_in(Walk& walk) {
  SimNode& smw = walk.smw();
  const std::string given_up = "/api/v1/imports/" + walk.post(smw, ada, "/api/v1/imports").at("id").dump();
  CHECK(walk.remove(smw, ada, given_up).at("state") == "cancelled");
  constexpr std::string_view involvement_columns =
      "client_ref;soort;vanaf;tot;professional;functie;telefoon;email";
  import(walk, smw,
         csv(client_columns,
             {"S-1;999999011;Sanne;;Lubbers;2015-02-06;V;7606YI;193;;;;",
              "S-2;;Fatima;;Yilmaz;2012-11-30;V;3484SO;246;;;;",
              "S-3;999990019;Eva;;Jansen;2015-03-04;V;;;;;;", "S-4;123;Bo;;Smit;2014-01-01;M;;;;;;"}),
         csv(involvement_columns,
             {"S-1;ketenregistratie;2026-01-15;2027-11-01;A. Voorbeeld;werker;023-5550100;a@smw.example",
              "S-2;ketenregistratie;2026-01-15;2027-11-01;A. Voorbeeld;werker;023-5550100;a@smw.example"}));
  CHECK(walk.get(smw, epd, "/api/v1/imports/2/rejects?limit=1").at("rejects").size() == 1);
  CHECK(walk.get(smw, epd, "/api/v1/imports/2/preview").at("files").size() == 2);
  const std::string rest = walk.get(smw, epd, "/api/v1/imports?limit=1").at("next");
  CHECK(walk.get(smw, epd, "/api/v1/imports?limit=1&cursor=" + rest).at("imports").size() == 1);
  const std::string mapping = "/api/v1/import-mappings/kidos";
  walk.put_json(smw, epd, mapping, {{"clients", {{{"field", "achternaam"}, {"column", "Naam"}}}}});
  CHECK(walk.get(smw, epd, mapping).at("otherColumns") == "refuse");
  CHECK(walk.get(smw, epd, "/api/v1/import-mappings").at("mappings").size() == 1);
  walk.remove(smw, epd, mapping);
  import(walk, walk.bjz(),
         csv(client_columns, {"B-1;999999011;Sanne;;Lubbers;2015-02-06;V;7606YI;193;;;;",
                              "B-2;999999035;Fatima;;Yilmaz;2012-11-30;V;3484SO;246;;;;"}),
         csv(involvement_columns,
             {"B-1;ketenregistratie;2026-01-15;2027-11-01;B. Voorbeeld;voogd;023-5550101;b@bjz.example",
              "B-2;ketenregistratie;2026-01-15;2027-11-01;B. Voorbeeld;voogd;023-5550101;b@bjz.example"}));
}

void write_records(Walk& walk) {
  SimNode& smw = walk.smw();
  CHECK(walk.post(smw, anja, "/api/v1/clients/search", {{"surnamePrefix", "jan"}}).at("clients").size() == 1);
  walk.post(smw, anja, "/api/v1/clients/S-3/marks", {{"institutional", true}});
  walk.post(smw, anja, "/api/v1/clients/S-3/death", {{"date", "2026-11-01"}});
  walk.post(smw, anja, "/api/v1/clients/S-3/death");
  const Json involvement = walk.post(smw, anja, "/api/v1/involvements",
                                     {{"clientRef", "S-3"},
                                      {"kind", "signaal"},
                                      {"from", "2026-10-01"},
                                      {"until", "2027-10-01"},
                                      {"name", "A. Voorbeeld"},
                                      {"email", "a@voorbeeld.example"},
                                      {"reason", "alleen hier"}});
  const std::string address = "/api/v1/involvements/" + involvement.at("id").dump();
  CHECK(walk.post(smw, anja, address + "/extend", {{"until", "2028-01-01"}}).at("until") == "2028-01-01");
  CHECK(walk.get(smw, tom, "/api/v1/involvements?all=false&limit=10").at("involvements").size() == 3);
  walk.post(smw, anja, address + "/close", {{"reason", "Afgerond"}});

  Json fragment{{"clientRef", "S-1"},  {"category", "F05"},        {"title", "Aanleiding"},
                {"nature", "feit"},    {"author", "A. Voorbeeld"}, {"date", "2026-10-01"},
                {"text", "een tekst"}, {"persons", {"jeugdige"}}};
  walk.fragment = walk.post(smw, anja, "/api/v1/fragments", fragment).at("id");
  CHECK(walk.get(smw, anja, "/api/v1/fragments/" + walk.fragment + "?purpose=overleg").at("text") ==
        "een tekst");
  fragment.erase("clientRef");
  fragment["text"] = "een betere tekst";
  walk.post(smw, anja, "/api/v1/fragments/" + walk.fragment + "/correct", fragment);
  CHECK(walk.get(smw, anja, "/api/v1/clients/S-1?purpose=overleg").at("fragments").size() == 1);
  const Json begun = walk.post(smw, tom, "/api/v1/record-exports", {{"reason", "Overgang"}, {"form", "csv"}});
  const std::string out = "/api/v1/record-exports/" + begun.at("id").get<std::string>();
  CHECK(walk.get(smw, tom, out + "/clients?cursor=0").at("count") == 3);
  CHECK(walk.get(smw, tom, out + "/fragments").at("count") == 1);
  walk.remove(smw, tom, out);
  CHECK(walk.get(smw, anja, "/api/v1/schemas").at("schemas").size() == 18);
  CHECK(walk.get(smw, piet, "/api/v1/schemas").at("schemas").size() == 18);
  CHECK(walk.get(smw, anja, "/api/v1/schemas/F02/1").contains("properties"));
}

void look_after_rights(Walk& walk) {
  SimNode& smw = walk.smw();
  const Json question{
      {"client", "S-3"}, {"kind", "inzage"}, {"who", "de moeder"}, {"words", "wat weet u van ons"}};
  const std::string request =
      "/api/v1/subject-requests/" +
      walk.post(smw, piet, "/api/v1/subject-requests", question).at("id").get<std::string>();
  CHECK(walk.get(smw, anja, "/api/v1/subject-requests?client=S-3&all=true").at("requests").size() == 1);
  CHECK(walk.post(smw, anja, request + "/extension", {{"why", "veel om na te kijken"}}).at("extended") ==
        true);
  walk.post(smw, anja, request + "/statement", {{"words", "wij zien dat anders"}});
  walk.post(smw, anja, request + "/answer", {{"answer", "ingewilligd"}, {"words", "meegegeven"}});
  walk.get(smw, anja, "/api/v1/retention-due");

  const auto asked = [&](const std::string& client) {
    return walk.post(smw, anja, "/api/v1/destructions",
                     {{"client", client}, {"ground", "onterecht"}, {"reason", "hoort hier niet"}});
  };
  const auto address = [](const Json& made) {
    return "/api/v1/destructions/" + made.at("id").get<std::string>();
  };
  walk.post(smw, anja, address(asked("S-3")) + "/cancellation", {{"why", "toch wel"}});
  const Json made = asked("S-3");
  walk.post(smw, tom, address(made) + "/approval", {{"fingerprint", made.at("fingerprint")}});
  walk.until("it is destroyed", [&] {
    const Json all = walk.get(smw, piet, "/api/v1/destructions").at("destructions");
    for (const Json& one : all)
      if (one.at("id") == made.at("id"))
        return one.at("state") == "vernietigd" && !one.at("logEntry").is_null();
    return false;
  });
  walk.until("it is proven",
             [&] { return walk.call(smw, piet, "GET", address(made) + "/proof", "", "") == 200; });
}

void fill_forms(Walk& walk) {
  SimNode& smw = walk.smw();
  const Json form = walk.get(smw, anja, "/api/v1/forms").at("forms")[0];
  const std::string address = "/api/v1/forms/" + form.at("form").get<std::string>();
  const std::string version = address + "/" + form.at("version").dump();
  walk.post(smw, anja, version + "/fill", {{"client", "S-1"}});
  walk.post(smw, anja, version + "/feedback", {{"score", 4}, {"words", "scheelt overtypen"}});
  CHECK(walk.get(smw, tom, address + "/feedback").at("feedback").size() == 1);
}

}  // namespace knoop::api
