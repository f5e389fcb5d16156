// Cursors, ETags and keys of requests on the node's own routes and records.
#include <catch2/catch.hpp>

#include "node/core/services.h"
#include "node/http/api_routes.h"
#include "tests/unit/node/http/plain_request.h"

namespace knoop::http {
namespace {

ApiOptions with_as() {
  ApiOptions options;
  options.allow_as = true;
  return options;
}

class Office {
 public:
  Office() {
    const std::string rows =
        "client_ref;bsn;voornamen;voorvoegsel;achternaam;geboortedatum;geslacht;postcode;huisnummer;"
        "toevoeging;gemeentecode;ouder1_bsn;ouder2_bsn\n"
        "A;;Eva;;Jansen;2015-03-04;V;;;;;;\nB;;Bo;;Smit;2014-01-01;M;;;;;;\nC;;Cas;;Smit;2013-01-01;M;;;;;;"
        "\n";
    const std::string import =
        "/api/v1/imports/" + ask("administrator:ada", "POST", "/api/v1/imports", "{}").json().at("id").dump();
    REQUIRE(plain_request(served_, "PUT", import + "/clients/chunks/0", rows,
                          "X-Knoop-As: administrator:ada\r\n", "application/octet-stream")
                .status == 200);
    REQUIRE(ask("administrator:ada", "POST", import + "/finish", "{}").status == 200);
    while (ask("administrator:ada", "GET", import).json().at("state") == "applying")
      std::this_thread::yield();
  }
  WebAnswer ask(const std::string& as, const std::string& method, const std::string& target,
                const std::string& body = "", const std::string& lines = "") {
    return plain_request(served_, method, target, body, "X-Knoop-As: " + as + "\r\n" + lines);
  }
  WebAnswer anja(const std::string& method, const std::string& target, const std::string& body = "",
                 const std::string& lines = "") {
    return ask("professional:anja", method, target, body, lines);
  }
  std::int64_t involve(const std::string& ref, const std::string& lines = "") {
    const Json body{{"clientRef", ref},      {"kind", "signaal"},      {"from", "2026-10-01"},
                    {"until", "2027-10-01"}, {"name", "A. Voorbeeld"}, {"phone", "020-5550100"}};
    const WebAnswer added = anja("POST", "/api/v1/involvements", body.dump(), lines);
    INFO(added.body);
    REQUIRE(added.status == 201);
    return added.json().at("id");
  }

 private:
  ServedNode served_{make_routes({}), with_as(), {}, make_services()};
};

TEST_CASE("a list is walked page by page, and what is added meanwhile repeats and hides nothing") {
  Office office;
  std::vector<std::int64_t> made{office.involve("A"), office.involve("B"), office.involve("C")};
  std::vector<std::int64_t> seen;
  Json next;
  do {
    const Json page = office
                          .anja("GET", "/api/v1/involvements?limit=1" +
                                           (next.is_null() ? "" : "&cursor=" + next.get<std::string>()))
                          .json();
    for (const Json& one : page.at("involvements")) seen.push_back(one.at("id"));
    if (seen.size() == 1 && made.size() == 3) {
      const Json body{{"clientRef", "A"},      {"kind", "ketenregistratie"}, {"from", "2026-10-01"},
                      {"until", "2027-10-01"}, {"name", "A. Voorbeeld"},     {"phone", "020-5550100"}};
      made.push_back(office.anja("POST", "/api/v1/involvements", body.dump()).json().at("id"));
    }
    next = page.at("next");
  } while (!next.is_null());
  CHECK(seen == made);

  const std::string cursor = office.anja("GET", "/api/v1/involvements?limit=2").json().at("next");
  CHECK(office.anja("GET", "/api/v1/matches?cursor=" + cursor).status == 400);
  CHECK(office.anja("GET", "/api/v1/involvements?cursor=17").status == 400);
  CHECK(office.anja("GET", "/api/v1/involvements?limit=0").status == 400);
  CHECK(office.anja("GET", "/api/v1/involvements?after=1").status == 400);
  for (const char* const list :
       {"/api/v1/matches?limit=1", "/api/v1/handovers?limit=1", "/api/v1/consents?client=A&limit=1"})
    CHECK(office.anja("GET", list).json().at("next").is_null());

  std::set<std::string> found;
  Json body{{"surnamePrefix", "smit"}, {"limit", 1}};
  for (int i = 0; i < 2; ++i) {
    const Json page = office.anja("POST", "/api/v1/clients/search", body.dump()).json();
    REQUIRE(page.at("clients").size() == 1);
    found.insert(page.at("clients")[0].at("ref"));
    body["cursor"] = page.at("next");
  }
  CHECK(found == std::set<std::string>{"B", "C"});
}

TEST_CASE("the log is read backwards, page by page, to its first entry") {
  Office office;
  const std::string officer = "privacy-officer:piet";
  Json page = office.ask(officer, "GET", "/api/v1/audit-entries?limit=3").json();
  const auto index = [](const Json& entry) { return std::stoull(entry.at("index").get<std::string>()); };
  std::uint64_t last = index(page.at("entries").back()) + 1;
  for (;;) {
    const Json& entries = page.at("entries");
    REQUIRE_FALSE(entries.empty());
    CHECK(index(entries.back()) == last - 1);
    last = index(entries.front());
    if (page.at("next").is_null()) break;
    page =
        office
            .ask(officer, "GET", "/api/v1/audit-entries?limit=3&cursor=" + page.at("next").get<std::string>())
            .json();
  }
  CHECK(last == 0);
  for (int i = 0; i < 2; ++i) CHECK(office.anja("GET", "/api/v1/clients/A").status == 200);
  const std::string of_client = "/api/v1/audit-entries?client=A&limit=1";
  const Json first = office.ask(officer, "GET", of_client).json();
  const Json second =
      office.ask(officer, "GET", of_client + "&cursor=" + first.at("next").get<std::string>()).json();
  CHECK(index(second.at("entries")[0]) > index(first.at("entries")[0]));
}

TEST_CASE("two people change one client, and the second is told") {
  Office office;
  const std::string client = "/api/v1/clients/A";
  const std::string etag = office.anja("GET", client).header("ETag");
  CHECK(etag.size() == 34);
  CHECK(office.anja("GET", client).header("ETag") == etag);  // a look changes nothing
  CHECK(office.anja("GET", client, "", "If-None-Match: " + etag + "\r\n").status == 304);
  const std::string match = "If-Match: " + etag + "\r\n";
  CHECK(office.anja("POST", client + "/marks", R"({"secret":true})", match).status == 200);
  const WebAnswer late = office.anja("POST", client + "/marks", R"({"institutional":true})", match);
  CHECK(late.status == 412);
  CHECK(office.anja("GET", client).json().at("institutional") == false);
  CHECK(office.anja("GET", client).header("ETag") != etag);

  const std::string address = "/api/v1/involvements/" + std::to_string(office.involve("A"));
  const auto listed = [&] {
    return office.anja("GET", "/api/v1/involvements")
        .json()
        .at("involvements")[0]
        .at("etag")
        .get<std::string>();
  };
  const std::string first = listed();
  const WebAnswer longer =
      office.anja("POST", address + "/extend", R"({"until":"2028-01-01"})", "If-Match: " + first + "\r\n");
  CHECK(longer.status == 200);
  CHECK(longer.header("ETag") == listed());
  CHECK(office.anja("POST", address + "/close", R"({"reason":"Klaar"})", "If-Match: " + first + "\r\n")
            .status == 412);
  CHECK(listed() == longer.header("ETag"));
}

TEST_CASE("a mapping of an import is made once, and changed or removed only as it was seen") {
  Office office;
  const auto ada = [&](const std::string& method, const std::string& target, const std::string& body = "",
                       const std::string& lines = "") {
    return office.ask("administrator:ada", method, target, body, lines);
  };
  const std::string mapping = "/api/v1/import-mappings/leverancier";
  const std::string body = R"({"clients":[{"field":"geslacht","column":"Sekse"}]})";
  const std::string other = R"({"clients":[{"field":"geslacht","column":"M/V"}]})";
  CHECK(ada("PUT", mapping, body, "If-Match: \"0\"\r\n").status == 412);  // it was removed meanwhile
  CHECK(ada("GET", mapping).status == 404);
  const std::string etag = ada("PUT", mapping, body, "If-None-Match: *\r\n").header("ETag");
  CHECK(etag.size() == 34);
  CHECK(ada("PUT", mapping, other, "If-None-Match: *\r\n").status == 412);
  CHECK(ada("GET", mapping).header("ETag") == etag);
  const WebAnswer changed = ada("PUT", mapping, other, "If-Match: " + etag + "\r\n");
  CHECK(changed.status == 200);
  CHECK(changed.header("ETag") != etag);
  CHECK(ada("PUT", mapping, body, "If-Match: " + etag + "\r\n").status == 412);
  CHECK(ada("DELETE", mapping, "", "If-Match: " + etag + "\r\n").status == 412);
  CHECK(ada("GET", mapping).json().at("clients")[0].at("column") == "M/V");
  CHECK(ada("DELETE", mapping, "", "If-Match: " + changed.header("ETag") + "\r\n").status == 200);
  CHECK(ada("GET", mapping).status == 404);
}

TEST_CASE("two privacy officers choose a policy of consent, and the second is told") {
  Office office;
  const std::string policy = "/api/v1/consent-policy";
  const std::string officer = "privacy-officer:piet";
  const std::string match = "If-Match: " + office.ask(officer, "GET", policy).header("ETag") + "\r\n";
  CHECK(office.ask(officer, "POST", policy, R"({"reviewDays":3})", match).status == 201);
  CHECK(office.ask(officer, "POST", policy, R"({"reviewDays":5})", match).status == 412);
  CHECK(office.ask(officer, "GET", policy).json().at("reviewDays") == 3);
}

TEST_CASE("a work list of several pages is the whole one, each line once") {
  Office office;
  for (const char* const ends : {"2027-01-10", "2027-01-10", "2027-02-10", "2027-01-05", "2027-03-01"})
    for (const char* const client : {"A", "B"}) {
      const Json body{{"client", client}, {"ends", ends}};
      const WebAnswer made = office.anja("POST", "/api/v1/aftercare", body.dump());
      INFO(made.body);
      REQUIRE((made.status == 201 || made.status == 409));
    }
  const Json whole = office.anja("GET", "/api/v1/work").json();
  REQUIRE(whole.at("work").size() > 1);
  CHECK(whole.at("next").is_null());
  Json walked = Json::array();
  std::string cursor;
  do {
    const Json page = office.anja("GET", "/api/v1/work?limit=1" + cursor).json();
    for (const Json& line : page.at("work")) walked.push_back(line);
    cursor = page.at("next").is_null() ? "" : "&cursor=" + page.at("next").get<std::string>();
  } while (!cursor.empty());
  CHECK(walked == whole.at("work"));
  CHECK(office.anja("GET", "/api/v1/work?cursor=" + std::string("zz")).status == 400);
}

TEST_CASE(
    "an involvement that is sent twice with its key is there once, and its look-up is logged each time") {
  Office office;
  const std::string key = "Idempotency-Key: 7f\r\n";
  CHECK(office.involve("A", key) == office.involve("A", key));
  CHECK(office.anja("GET", "/api/v1/involvements").json().at("involvements").size() == 1);
  for (int i = 0; i < 2; ++i)
    CHECK(office.anja("POST", "/api/v1/clients/search", R"({"surnamePrefix":"jansen"})", key)
              .header("Idempotency-Replayed") == "");
}

}  // namespace
}  // namespace knoop::http
