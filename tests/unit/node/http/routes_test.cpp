// The API's own routes on a node with all its services: imports in chunks, and records with their log entries. Matches,
// consents and hand-overs need two nodes: tests/sim and tests/integration.
#include <catch2/catch.hpp>

#include "node/core/services.h"
#include "node/http/api_routes.h"
#include "node/http/page.h"
#include "storage/audit_repository.h"
#include "tests/unit/node/http/served_node.h"

namespace knoop::http {
namespace {

constexpr std::string_view header =
    "client_ref;bsn;voornamen;voorvoegsel;achternaam;geboortedatum;geslacht;postcode;huisnummer;toevoeging;"
    "gemeentecode;"
    "ouder1_bsn;ouder2_bsn\n";
constexpr std::string_view professional = "professional:anja";

class Office {
 public:
  explicit Office(const ReadLimits& limits = {})
      : served_(make_routes(limits), options(), {}, make_services()) {}

  Answer call(std::string_view method, std::string_view target, const Json& body = {},
              std::string_view as = "") {
    return served_.call(method, target, body.is_null() ? "" : body.dump(), "application/json",
                        std::string(as));
  }
  Json must(unsigned status, std::string_view method, std::string_view target, const Json& body = {},
            std::string_view as = "") {
    const Answer answer = call(method, target, body, as);
    INFO(method << " " << target << ": " << answer.body);
    CHECK(answer.status == status);
    return Json::parse(answer.body);
  }
  std::string code(const Answer& answer) { return served_.problem(answer).at("code"); }
  Answer chunk(const std::string& import, const std::string& file, int number, std::string_view bytes) {
    return served_.call("PUT", import + "/" + file + "/chunks/" + std::to_string(number), bytes,
                        "application/octet-stream");
  }
  std::string start() {
    return "/api/v1/imports/" + must(201, "POST", "/api/v1/imports", Json::object()).at("id").dump();
  }
  /// The node applies rows by itself: asks until it is done.
  Json wait(const std::string& import) {
    for (;;) {
      const Json job = must(200, "GET", import);
      if (job.at("state") != "applying") return job;
      std::this_thread::yield();
    }
  }
  Json import_clients(const std::string& rows) {
    const std::string import = start();
    CHECK(chunk(import, "clients", 0, std::string(header) + rows).status == 200);
    must(200, "POST", import + "/finish", Json::object());
    return wait(import);
  }
  ServedNode& served() { return served_; }

 private:
  static ApiOptions options() {
    ApiOptions options;
    options.allow_as = true;
    return options;
  }
  ServedNode served_;
};

TEST_CASE("a file comes in chunks, a chunk may come twice, and rows are applied after finish") {
  Office office;
  const std::string import = office.start();
  const std::string text =
      std::string(header) + "A;;Eva;;Jansen;2015-03-04;V;;;;;;\nB;123;Bo;;Smit;2014-01-01;M;;;;;;\n";
  CHECK(office.chunk(import, "clients", 0, text.substr(0, 150)).status == 200);
  CHECK(office.chunk(import, "clients", 0, text.substr(0, 150)).status == 200);
  const Answer early = office.chunk(import, "clients", 2, "x");
  CHECK((early.status == 400 && office.code(early) == "bad-sequence"));
  CHECK(office.chunk(import, "clients", 1, text.substr(150)).status == 200);
  office.must(200, "POST", import + "/finish", Json::object());
  const Json job = office.wait(import);
  CHECK(job.at("state") == "done");
  CHECK(job.at("accepted") == 1);
  CHECK(job.at("rejected") == 1);
  const Json rejects = office.must(200, "GET", import + "/rejects").at("rejects");
  REQUIRE(rejects.size() == 1);
  CHECK(rejects[0].at("field") == "bsn");
  CHECK(rejects[0].dump().find("123\"") == std::string::npos);
  const std::string next = office.must(200, "GET", import + "/rejects?limit=1").at("next");
  const Json rest = office.must(200, "GET", import + "/rejects?cursor=" + next);
  CHECK(rest.at("rejects").empty());
  CHECK(rest.at("next").is_null());
  const Answer late = office.chunk(import, "clients", 2, "x");
  CHECK((late.status == 409 && office.code(late) == "wrong-state"));
}

TEST_CASE(
    "matching that was stopped goes on only by an administrator or privacy officer, and only when it was "
    "stopped") {
  Office office;
  CHECK(office.call("POST", "/api/v1/matching/other/resume", Json::object(), professional).status == 403);
  CHECK(office.call("POST", "/api/v1/matching/other/resume", Json::object(), "monitor:m").status == 403);
  const Answer unknown =
      office.call("POST", "/api/v1/matching/other/resume", Json::object(), "privacy-officer:fg");
  CHECK((unknown.status == 404 && office.code(unknown) == "not-found"));
}

TEST_CASE("the next epoch of matching is opened by an administrator or privacy officer only") {
  Office office;
  CHECK(office.call("POST", "/api/v1/matching/other/epoch", Json::object(), professional).status == 403);
  const Answer unknown =
      office.call("POST", "/api/v1/matching/other/epoch", Json::object(), "administrator:a");
  CHECK((unknown.status == 404 && office.code(unknown) == "not-found"));
}

TEST_CASE("a file that cannot be read as a whole fails the import, and the next one can start") {
  ReadLimits limits;
  limits.file_bytes = 2000;
  Office office(limits);
  const std::string bad = office.start();
  const Answer refused = office.chunk(bad, "clients", 0, "no;such;columns\n");
  CHECK(refused.status == 400);
  CHECK(office.must(200, "GET", bad).at("state") == "failed");
  CHECK_FALSE(office.must(200, "GET", bad).at("failure").get<std::string>().empty());

  const std::string open_quote = office.start();
  CHECK(office.chunk(open_quote, "clients", 0, std::string(header) + "A;;\"Eva").status == 200);
  CHECK(office.call("POST", open_quote + "/finish", Json::object()).status >= 400);
  CHECK(office.must(200, "GET", open_quote).at("state") == "failed");

  const std::string large = office.start();
  CHECK(office.chunk(large, "clients", 0, std::string(header) + std::string(1000, 'x')).status == 200);
  CHECK(office.chunk(large, "clients", 1, std::string(1000, 'x')).status == 413);
  CHECK(office.must(200, "GET", large).at("state") == "failed");
  CHECK(office.import_clients("A;;Eva;;Jansen;2015-03-04;V;;;;;;\n").at("accepted") == 1);
}

TEST_CASE(
    "an upload is for who began it to go on with, an administrator may cancel it, and nothing of it is "
    "left") {
  Office office;
  const auto put = [&](const std::string& import, int number, const std::string& as) {
    return office.served()
        .call("PUT", import + "/clients/chunks/" + std::to_string(number), number == 0 ? header : "A;;Eva",
              "application/octet-stream", as)
        .status;
  };
  const Json begun = office.must(201, "POST", "/api/v1/imports", Json::object(), "service:epd");
  const std::string import = "/api/v1/imports/" + begun.at("id").dump();
  CHECK(put(import, 0, "service:epd") == 200);
  for (const char* const other : {"service:ecd", "administrator:epd", "administrator:ada"}) {
    CHECK(put(import, 1, other) == 404);
    CHECK(office.call("POST", import + "/finish", Json::object(), other).status == 404);
  }
  CHECK(office.call("DELETE", import, {}, "service:ecd").status == 404);
  CHECK(put(import, 1, "service:epd") == 200);
  CHECK(office.must(200, "GET", import, {}, "service:ecd").at("chunks") ==
        Json{{{"file", "clients"}, {"next", 2}}});
  CHECK(office.must(200, "DELETE", import, {}, "administrator:ada").at("state") == "cancelled");
  CHECK(put(import, 2, "service:epd") == 409);
}

TEST_CASE("a file is put in by who began it, and by nobody else") {
  Office office;
  office.import_clients("A;999990019;Eva;van;Jansen;2015-03-04;V;1234AB;1;;0392;;\n");
  const Json facts{{"clientRef", "A"}, {"name", "brief.pdf"}, {"mediaType", "application/pdf"}, {"bytes", 9}};
  const std::string file =
      "/api/v1/attachments/" +
      office.must(201, "POST", "/api/v1/attachments", facts, professional).at("id").get<std::string>();
  const auto put = [&](std::string_view as) {
    return office.served()
        .call("PUT", file + "/pieces/0", "%PDF-1.7\n", "application/octet-stream", std::string(as))
        .status;
  };
  const Json words{{"title", "Brief"}, {"author", "A. Smit"}, {"date", "2026-11-01"}};
  for (const char* const other : {"professional:bo", "team-lead:anja"}) {
    CHECK(put(other) == 404);
    CHECK(office.call("POST", file + "/finish", words, other).status == 404);
    CHECK(office.call("DELETE", file, {}, other).status == 404);
  }
  CHECK(put(professional) == 200);
  CHECK(office.call("POST", file + "/finish", words, professional).status == 201);
}

TEST_CASE("one upload at a time, a cancelled or forgotten one makes room") {
  Office office;
  const std::string first = office.start();
  CHECK(office.call("POST", "/api/v1/imports", Json::object()).status == 409);
  CHECK(office.call("DELETE", first).status == 200);
  const std::string second = office.start();
  office.served().clock().advance(std::chrono::minutes(4));
  CHECK(office.call("POST", "/api/v1/imports", Json::object()).status == 409);
  office.served().clock().advance(std::chrono::minutes(1));
  const std::string third = office.start();
  CHECK(office.must(200, "GET", second).at("state") == "failed");
  CHECK(office.chunk(second, "clients", 0, header).status == 409);
  CHECK(office.chunk(third, "clients", 0, header).status == 200);
  CHECK(office.chunk(third, "clients", 1, std::string((64UL << 10U) + 1, 'x')).status == 413);
  CHECK(office.chunk(third, "parents", 0, header).status == 404);
  CHECK(office.call("GET", "/api/v1/imports/77").status == 404);
  CHECK(office.call("GET", "/api/v1/imports/abc").status == 400);
}

TEST_CASE(
    "R1.2 a file of another system is understood through a mapping, a preview shows columns and verdicts, no "
    "values") {
  Office office;
  const Json mapping{{"otherColumns", "ignore"},
                     {"clients",
                      {{{"field", "client_ref"}, {"column", "Nummer"}},
                       {{"field", "achternaam"}, {"column", "Naam"}},
                       {{"field", "geboortedatum"}, {"column", "Geboren"}},
                       {{"field", "geslacht"},
                        {"column", "Sekse"},
                        {"values", {{{"from", "Man"}, {"to", "M"}}, {{"from", "?"}}}}}}}};
  const std::string address = "/api/v1/import-mappings/ander-systeem";
  CHECK(office.call("PUT", address, mapping, professional).status == 403);
  CHECK(office.must(201, "PUT", address, mapping, "service:epd").at("name") == "ander-systeem");
  CHECK(office.must(200, "PUT", address, mapping).at("clients") == mapping.at("clients"));
  CHECK(office.must(200, "GET", "/api/v1/import-mappings").at("mappings").size() == 1);
  const auto refused = [&](const std::string& name, const Json& body) {
    CHECK(office.call("PUT", "/api/v1/import-mappings/" + name, body).status == 400);
  };
  refused("Hoofdletter", mapping);
  refused(std::string(41, 'a'), mapping);
  refused("a", Json::object());
  refused("a", {{"otherColumns", "soms"}, {"clients", mapping.at("clients")}});
  refused("a", {{"clients", {{{"field", "kleur"}}}}});
  refused("a", {{"clients", {{{"column", "Naam"}}}}});
  refused("a", {{"clients", {"client_ref"}}});
  refused("a", {{"clients", {{{"field", "bsn"}, {"colour", "rood"}}}}});
  CHECK(office.call("POST", "/api/v1/imports", {{"mapping", "is-er-niet"}}).status == 404);
  CHECK(office.call("POST", "/api/v1/imports", {{"form", "xml"}}).status == 400);

  const std::string import =
      "/api/v1/imports/" +
      office.must(201, "POST", "/api/v1/imports", {{"dryRun", true}, {"mapping", "ander-systeem"}})
          .at("id")
          .dump();
  CHECK(office
            .chunk(import, "clients", 0,
                   "Kleur;Nummer;Naam;Geboren;Sekse\nrood;A;Jansen;2015-03-04;Man\nrood;B;Smit;4-3-2015;?\n")
            .status == 200);
  CHECK(office.must(200, "GET", import).at("progress") == Json{{"read", 2}, {"of", nullptr}, {"applied", 0}});
  CHECK(office.must(200, "GET", import).at("chunks") == Json{{{"file", "clients"}, {"next", 1}}});
  office.must(200, "POST", import + "/finish", Json::object());
  const Json done = office.wait(import);
  CHECK(done.at("progress") == Json{{"read", 2}, {"of", 2}, {"applied", 2}});
  CHECK(done.at("mapping") == "ander-systeem");
  CHECK_FALSE(done.contains("chunks"));
  const Json preview = office.must(200, "GET", import + "/preview");
  REQUIRE(preview.at("files").size() == 1);
  const Json& file = preview.at("files")[0];
  CHECK(file.at("columns").size() == 4);
  CHECK(file.at("columns")[1] == Json{{"field", "achternaam"}, {"column", "Naam"}, {"constant", false}});
  CHECK(file.at("ignored") == 1);
  REQUIRE(file.at("rows").size() == 2);
  CHECK(file.at("rows")[0] == Json{{"line", 2}, {"verdict", "added"}});
  CHECK(file.at("rows")[1].at("field") == "geboortedatum");
  for (const char* const value : {"Jansen", "Smit", "rood", "4-3"})
    CHECK(preview.dump().find(value) == std::string::npos);
  CHECK(office.call("GET", import + "/preview", {}, professional).status == 403);
  CHECK(office.call("GET", "/api/v1/imports/77/preview").status == 404);
  CHECK(
      office.must(200, "POST", "/api/v1/clients/search", Json::object(), professional).at("clients").empty());

  office.must(200, "DELETE", address);
  CHECK(office.call("DELETE", address).status == 404);
  CHECK(office.call("GET", address).status == 404);
}

TEST_CASE("R1.2 clients come as a JSON array too, cut anywhere, imports are listed and can be given up") {
  Office office;
  const std::string import =
      "/api/v1/imports/" + office.must(201, "POST", "/api/v1/imports", {{"form", "json"}}).at("id").dump();
  CHECK(office.chunk(import, "clients", 0, R"([{"client_ref":"A","achternaam":"Jan)").status == 200);
  CHECK(office.chunk(import, "clients", 1, R"(sen","geboortedatum":"2015-03-04"}])").status == 200);
  office.must(200, "POST", import + "/finish", Json::object());
  CHECK(office.wait(import).at("accepted") == 1);
  CHECK(office.call("DELETE", import).status == 409);
  const std::string cut =
      "/api/v1/imports/" + office.must(201, "POST", "/api/v1/imports", {{"form", "json"}}).at("id").dump();
  CHECK(office.chunk(cut, "clients", 0, R"([{"client_ref":"B")").status == 200);
  CHECK(office.call("POST", cut + "/finish", Json::object()).status == 400);
  CHECK(office.must(200, "GET", cut).at("state") == "failed");
  const std::string given_up = office.start();
  CHECK(office.must(200, "DELETE", given_up).at("state") == "cancelled");
  const Json page = office.must(200, "GET", "/api/v1/imports?limit=2");
  CHECK(page.at("imports").size() == 2);
  CHECK(page.at("imports")[0].at("state") == "cancelled");
  const Json rest =
      office.must(200, "GET", "/api/v1/imports?limit=2&cursor=" + page.at("next").get<std::string>());
  CHECK(rest.at("imports").size() == 1);
  CHECK(rest.at("next").is_null());
}

/// Every page of every file of an export.
std::map<std::string, std::string> exported(Office& office, const Json& wanted, std::string_view as) {
  const Json begun = office.must(201, "POST", "/api/v1/record-exports", wanted, as);
  const std::string address = "/api/v1/record-exports/" + begun.at("id").get<std::string>() + "/";
  std::map<std::string, std::string> out;
  for (const Json& file : begun.at("files")) {
    const auto name = file.at("file").get<std::string>();
    std::string text = file.at("header");
    std::int64_t count = 0;
    for (Json next = ""; !next.is_null();) {
      const std::string cursor = next.get<std::string>();
      const Json page =
          office.must(200, "GET", address + name + (cursor.empty() ? "" : "?cursor=" + cursor), {}, as);
      text += page.at("lines").get<std::string>();
      count += page.at("count").get<std::int64_t>();
      CHECK(page.at("count").get<std::int64_t>() <= 64);
      next = page.at("next");
    }
    CHECK(count == file.at("count").get<std::int64_t>());
    out[name] = std::move(text);
  }
  return out;
}

TEST_CASE("R1.2 what one node exports, an empty one takes over and exports the same, in both forms") {
  constexpr std::string_view lead = "team-lead:tom";
  for (const std::string form : {"csv", "json"}) {
    Office from;
    std::string rows = "A;999990019;Eva;van;Jansen;2015-03-04;V;1234AB;1;;0392;;\n";
    for (int i = 0; i < 130; ++i) rows += fmt::format("T-{};;Bo;;\"S;{}\";2014-01-01;M;;;;;;\n", i, i);
    from.import_clients(rows);
    from.must(200, "POST", "/api/v1/clients/A/marks", {{"secret", true}}, professional);
    Json involvement{{"clientRef", "A"},        {"kind", "signaal"},      {"from", "2026-10-01"},
                     {"until", "2027-10-01"},   {"name", "A. Voorbeeld"}, {"email", "a@voorbeeld.example"},
                     {"reason", "twee\nregels"}};
    const Json added = from.must(201, "POST", "/api/v1/involvements", involvement, professional);
    from.must(200, "POST", "/api/v1/involvements/" + added.at("id").dump() + "/close", {{"reason", "klaar"}},
              professional);
    for (int i = 0; i < 3; ++i)
      from.must(201, "POST", "/api/v1/fragments",
                {{"clientRef", "T-1"},
                 {"category", "F05"},
                 {"title", fmt::format("Deel {}", i)},
                 {"nature", "feit"},
                 {"author", "A. Voorbeeld"},
                 {"date", "2026-10-01"},
                 {"text", std::string(200'000, 'x')},
                 {"persons", {"jeugdige"}}},
                professional);
    const Json wanted{{"reason", "Overgang naar een ander systeem"}, {"form", form}};
    const auto first = exported(from, wanted, lead);
    CHECK(first.at("clients").find("999990019") != std::string::npos);

    Office to;
    const std::string import =
        "/api/v1/imports/" + to.must(201, "POST", "/api/v1/imports", {{"form", form}}).at("id").dump();
    for (const auto& [file, text] : first)
      for (std::size_t at = 0, n = 0; at < text.size(); at += 60'000, ++n)
        CHECK(to.chunk(import, file, static_cast<int>(n), text.substr(at, 60'000)).status == 200);
    to.must(200, "POST", import + "/finish", Json::object());
    const Json job = to.wait(import);
    CHECK((job.at("accepted") == 135 && job.at("rejected") == 0));
    const auto sorted = [](std::string text) {
      std::vector<std::string> lines;
      for (std::size_t at = 0; at < text.size(); at = text.find('\n', at) + 1)
        lines.push_back(text.substr(at, text.find('\n', at) - at));
      std::ranges::sort(lines);
      return lines;
    };
    const auto second = exported(to, wanted, lead);
    for (const auto& [file, text] : first) CHECK(sorted(second.at(file)) == sorted(text));
    const Json one = to.must(200, "GET", "/api/v1/clients/A", {}, professional);
    CHECK(one.at("secret") == true);
    CHECK(one.at("involvements")[0].at("active") == false);
  }
}

TEST_CASE(
    "R8.1 an export has a reason, a team lead and its own maker, log and hints tell of every client in it") {
  Office office;
  std::string rows;
  for (int i = 0; i < 70; ++i) rows += fmt::format("T-{};;Bo;;Smit;2014-01-01;M;;;;;;\n", i);
  office.import_clients(rows);
  const Json wanted{{"reason", "Overgang"}};
  for (const char* const as :
       {"professional:anja", "privacy-officer:piet", "administrator:ada", "monitor:mo", "service:epd"})
    CHECK(office.call("POST", "/api/v1/record-exports", wanted, as).status == 403);
  constexpr std::string_view lead = "team-lead:tom";
  for (const Json& bad :
       {Json::object(), Json{{"reason", ""}}, Json{{"reason", " \n"}},
        Json{{"reason", "Overgang"}, {"form", "xml"}}, Json{{"reason", std::string(401, 'x')}}})
    CHECK(office.call("POST", "/api/v1/record-exports", bad, lead).status == 400);
  CHECK(office.call("POST", "/api/v1/record-exports", {{"reason", "Verhuizing"}, {"client", "B"}}, lead)
            .status == 404);

  const Json begun = office.must(201, "POST", "/api/v1/record-exports", wanted, lead);
  const std::string address = "/api/v1/record-exports/" + begun.at("id").get<std::string>();
  CHECK(office.call("GET", address + "/clients", {}, "team-lead:ans").status == 404);
  CHECK(office.call("DELETE", address, {}, "team-lead:ans").status == 404);
  CHECK(office.call("GET", address + "/clients", {}, professional).status == 403);
  CHECK(office.call("GET", address + "/parents", {}, lead).status == 404);
  for (const char* const cursor : {"x", "-1", "1x", "99999999999999999999"})
    CHECK(office.call("GET", address + "/clients?cursor=" + std::string(cursor), {}, lead).status == 400);
  CHECK(office.call("GET", address + "/fragments?cursor=1", {}, lead).status == 400);
  const Json page = office.must(200, "GET", address + "/clients", {}, lead);
  CHECK(page.at("count") == 64);

  const auto entries = [&](const std::string& query) {
    return office.must(200, "GET", "/api/v1/audit-entries" + query, {}, "privacy-officer:piet")
        .at("entries")
        .dump();
  };
  const std::string of_client = entries("?client=T-7");
  CHECK(of_client.find("records.exported") != std::string::npos);
  CHECK(of_client.find("Overgang") != std::string::npos);
  CHECK(entries("?client=T-69").find("records.exported") == std::string::npos);  // on the next page
  CHECK(office.must(200, "GET", "/api/v1/hints", {}, "privacy-officer:piet").dump().find("many-lookups") !=
        std::string::npos);

  const auto one = exported(office, {{"reason", "Verhuizing"}, {"client", "T-69"}, {"form", "json"}}, lead);
  CHECK(one.at("clients") ==
        "{\"client_ref\":\"T-69\",\"voornamen\":\"Bo\",\"achternaam\":\"Smit\",\"geboortedatum\":\"2014-01-"
        "01\","
        "\"geslacht\":\"M\"}\n");
  office.served().clock().advance(std::chrono::minutes(30));
  CHECK(office.call("GET", address + "/clients", {}, lead).status == 404);
}

TEST_CASE("records are shown to professionals only, and every look is in the log before the answer (R8.1)") {
  Office office;
  office.import_clients("A;999990019;Eva;van;Jansen;2015-03-04;V;1234AB;1;;0392;;\n");
  CHECK(office.call("POST", "/api/v1/clients/search", Json::object()).status == 403);
  CHECK(office.call("GET", "/api/v1/clients/A").status == 403);

  const Json found =
      office.must(200, "POST", "/api/v1/clients/search", {{"surnamePrefix", "jan"}}, professional)
          .at("clients");
  REQUIRE(found.size() == 1);
  CHECK(found[0].at("hasBsn") == true);
  CHECK_FALSE(found[0].contains("bsn"));
  CHECK(office.must(200, "POST", "/api/v1/clients/search", {{"bsn", "999990019"}}, professional)
            .at("clients")
            .size() == 1);
  CHECK(office.call("POST", "/api/v1/clients/search", {{"bsn", "999990018"}}, professional).status == 400);

  const Json involvement{{"clientRef", "A"},       {"kind", "signaal"},      {"from", "2026-10-01"},
                         {"until", "2027-10-01"},  {"name", "A. Voorbeeld"}, {"email", "a@voorbeeld.example"},
                         {"reason", "alleen hier"}};
  const Json added = office.must(201, "POST", "/api/v1/involvements", involvement, professional);
  const std::string address = "/api/v1/involvements/" + added.at("id").dump();
  CHECK(office.must(200, "POST", address + "/extend", {{"until", "2028-01-01"}}, professional).at("until") ==
        "2028-01-01");
  CHECK(office.must(200, "GET", "/api/v1/involvements", {}, professional).at("involvements").size() == 1);

  const Json fragment{{"clientRef", "A"},     {"category", "F05"},        {"title", "Aanleiding"},
                      {"nature", "feit"},     {"author", "A. Voorbeeld"}, {"date", "2026-10-01"},
                      {"text", "een\ntekst"}, {"persons", {"jeugdige"}}};
  const std::string id = office.must(201, "POST", "/api/v1/fragments", fragment, professional).at("id");
  const Json client = office.must(200, "GET", "/api/v1/clients/A?purpose=overleg", {}, professional);
  CHECK(client.at("bsn") == "999990019");
  CHECK_FALSE(client.at("fragments")[0].contains("text"));
  CHECK(office.must(200, "GET", "/api/v1/fragments/" + id, {}, professional).at("text") == "een\ntekst");
  CHECK(office.must(200, "POST", address + "/close", {{"reason", "Afgerond"}}, professional).at("active") ==
        false);
  office.must(200, "POST", "/api/v1/clients/A/marks", {{"secret", true}}, professional);
  office.must(200, "POST", "/api/v1/clients/A/marks", {{"institutional", true}}, professional);
  CHECK(office.must(200, "GET", "/api/v1/clients/A", {}, professional).at("secret") ==
        true);  // not named: stays

  office.served().stop();
  std::string log;
  for (const std::string& event : office.served().events())
    log += event.substr(0, event.find(' ', event.find(' ') + 1)) + "\n";
  for (const char* event :
       {"client.searched anja", "involvement.added anja", "involvement.changed anja", "involvement.read anja",
        "fragment.added anja", "client.read anja", "fragment.read anja", "involvement.closed anja",
        "client.changed anja", "command.refused tester"})
    CHECK(log.find(event) != std::string::npos);
}

TEST_CASE("a fragment with typed content fits its schema or nothing of it is kept (R4.1)") {
  Office office;
  office.import_clients("A;999990019;Eva;van;Jansen;2015-03-04;V;1234AB;1;;0392;;\n");
  Json fragment{{"clientRef", "A"},   {"category", "F02"},        {"title", "Gezag"},
                {"nature", "feit"},   {"author", "A. Voorbeeld"}, {"date", "2026-10-01"},
                {"source", "moeder"}, {"persons", {"jeugdige"}},  {"fields", {{"gezag", "moeder"}}}};
  const std::string id = office.must(201, "POST", "/api/v1/fragments", fragment, professional).at("id");
  const Json shown = office.must(200, "GET", "/api/v1/fragments/" + id, {}, professional);
  CHECK(shown.at("fields") == Json{{"gezag", "moeder"}});
  CHECK(shown.at("plain") == "Gezag: moeder\n");
  CHECK(shown.at("source") == "moeder");
  CHECK(shown.at("retention") == "lopende-zaak");
  CHECK(shown.at("provenance") == "ingevoerd");

  const auto refused = [&](const Json& body) {
    const auto answer = office.call("POST", "/api/v1/fragments", body, professional);
    CHECK(answer.status == 400);
    return Json::parse(answer.body);
  };
  fragment["fields"] = {{"gezag", "moeder"}, {"gezinsleden", {{{"naam", "Jan"}}}}};
  const Json misfit = refused(fragment);
  CHECK(misfit.at("code") == "bad-format");
  CHECK(misfit.at("detail").get<std::string>().find("fields.gezinsleden[0]") != std::string::npos);
  CHECK(misfit.at("detail").get<std::string>().find("Jan") == std::string::npos);
  fragment["fields"] = {{"kleur", "rood"}};
  CHECK(refused(fragment).at("code") == "bad-format");
  fragment["fields"] = {{"gezag", "moeder"}};
  fragment["schema"] = 99;
  CHECK(refused(fragment).at("code") == "bad-format");
  fragment["schema"] = 0;
  CHECK(refused(fragment).at("code") == "bad-value");
  fragment.erase("schema");
  fragment["parent"] = id;  // only a view or an attachment has one
  CHECK(refused(fragment).at("code") == "bad-value");
  CHECK(office.must(200, "GET", "/api/v1/clients/A", {}, professional).at("fragments").size() == 1);

  // The view of the family on it (R3.7).
  fragment["category"] = "F17";
  fragment["fields"] = {{"van", "moeder"}, {"eens", "deels"}};
  const std::string view = office.must(201, "POST", "/api/v1/fragments", fragment, professional).at("id");
  CHECK(office.must(200, "GET", "/api/v1/fragments/" + view, {}, professional).at("parent") == id);

  const Json schema = office.must(200, "GET", "/api/v1/schemas/F02/1", {}, professional);
  CHECK(schema.at("properties").contains("gezag"));
  CHECK(office.must(200, "GET", "/api/v1/schemas", {}, professional).at("schemas").size() == 18);
  CHECK(office.call("GET", "/api/v1/schemas/F02/2", {}, professional).status == 404);
  CHECK(office.call("GET", "/api/v1/schemas/F19/1", {}, professional).status == 404);

  // Corrected in place: the same id, another version of the content.
  fragment.erase("clientRef");
  fragment.erase("parent");
  fragment["fields"] = {{"van", "moeder"}, {"eens", "nee"}};
  office.must(200, "POST", "/api/v1/fragments/" + view + "/correct", fragment, professional);
  CHECK(office.must(200, "GET", "/api/v1/fragments/" + view, {}, professional).at("version") == 2);
  fragment["category"] = "F05";
  CHECK(office.call("POST", "/api/v1/fragments/" + view + "/correct", fragment, professional).status == 400);
}

TEST_CASE("status and exports answer without a convenant as far as they can") {
  Office office;
  const Json status = office.must(200, "GET", "/api/v1/status");
  CHECK(status.at("convenant").is_null());
  CHECK(status.at("peers").empty());
  CHECK(status.at("matching").at("matches") == Json{{"certain", 0}, {"possible", 0}, {"family", 0}});
  CHECK(office.call("GET", "/api/v1/convenants/current").status == 404);
  CHECK(office.call("GET", "/api/v1/peers/nobody").status == 404);
  CHECK(office.call("POST", "/api/v1/cards", {{"note", "nothing"}}).status == 400);
  CHECK(office.call("POST", "/api/v1/convenants", {{"note", "nothing"}}).status == 400);
}

TEST_CASE("R8.3: the privacy officer makes a client's report, and what others export is logged") {
  Office office;
  constexpr std::string_view officer = "privacy-officer:piet";
  office.import_clients("C-1;;Anna;;Voorbeeld;2015-03-01;V;;;;;;\n");
  office.must(403, "GET", "/api/v1/clients/C-1/subject-report", {}, professional);
  office.must(404, "GET", "/api/v1/clients/C-2/subject-report", {}, officer);
  for (const std::string_view from : {"x", "1", "1.", ".1", "0.1", "1.x", "99999999999.1", "-1.1"})
    office.must(
        400, "GET",
        "/api/v1/clients/C-1/subject-report?cursor=" + next_page("subject-report", from).get<std::string>(),
        {}, officer);
  office.must(200, "GET", "/api/v1/clients/C-1", {}, professional);
  const Json report = office.must(200, "GET", "/api/v1/clients/C-1/subject-report", {}, officer);
  CHECK(report.at("format") == "knoop/subject-report/v1");
  CHECK(report.at("name") == "Anna Voorbeeld");
  const Json& last = report.at("lines").back();
  CHECK(last.at("sentence") == "Medewerker anja heeft uw gegevens bekeken.");
  CHECK(last.at("matter") == "seen");

  const Json wanted{{"client", "C-1"}, {"reason", "verhuizing naar een ander systeem"}};
  office.must(403, "POST", "/api/v1/consent-exports", wanted, "administrator:ada");
  for (const Json& without : {Json{{"client", "C-1"}}, Json{{"client", "C-1"}, {"reason", " \n"}}})
    office.must(400, "POST", "/api/v1/consent-exports", without, officer);
  CHECK(office.must(201, "POST", "/api/v1/consent-exports", wanted, officer).at("lines") == "");
  const Json after = office.must(200, "GET", "/api/v1/clients/C-1/subject-report", {}, officer);
  CHECK(after.at("lines").back().at("event") == "records.exported");
  CHECK(after.at("lines").size() == report.at("lines").size() + 2);  // the first report and the export
  office.must(400, "POST", "/api/v1/audit-exports", {{"format", "xml"}, {"reason", "controle"}}, officer);
  office.must(400, "POST", "/api/v1/audit-exports", {{"format", "csv"}}, officer);
  office.must(400, "POST", "/api/v1/audit-exports", {{"format", "csv"}, {"reason", "\t"}}, officer);
  office.must(400, "GET", "/api/v1/audit-export-lines?format=xml", {}, officer);
}

TEST_CASE(
    "R8.5: hints are read and closed by the privacy officer only, and tell no more than that officer may "
    "see") {
  Office office;
  constexpr std::string_view officer = "privacy-officer:piet";
  office.import_clients("C-1;999999011;Anna;;Voorbeeld;2015-03-01;V;;;;;;\n");
  for (const std::string_view other :
       {professional, std::string_view("team-lead:tom"), std::string_view("administrator:ada"),
        std::string_view("monitor:mo"), std::string_view("service:epd")}) {
    office.must(403, "GET", "/api/v1/hints", {}, other);
    office.must(403, "POST", "/api/v1/hints/1/close", {{"reason", "gezien"}}, other);
  }
  for (const std::string_view other : {"administrator:ada", "monitor:mo", "service:epd"}) {
    office.must(403, "POST", "/api/v1/own-family", {{"bsn", "999999011"}}, other);
    office.must(403, "DELETE", "/api/v1/own-family", {}, other);
  }
  office.must(400, "POST", "/api/v1/own-family", {{"bsn", "999999012"}}, professional);
  office.must(400, "POST", "/api/v1/own-family", Json::object(), professional);
  office.must(201, "POST", "/api/v1/own-family", {{"bsn", "999999011"}}, professional);
  office.must(200, "GET", "/api/v1/clients/C-1", {}, professional);

  const auto family = [](const Json& answer) {
    Json out = Json::array();
    for (const Json& hint : answer.at("hints"))
      if (hint.at("kind") == "own-family") out.push_back(hint);
    return out;
  };
  const Json answer = office.must(200, "GET", "/api/v1/hints", {}, officer);
  for (const std::string_view secret : {"999999011", "Anna", "Voorbeeld"})
    CHECK(answer.dump().find(secret) == std::string::npos);
  const Json open = family(answer);
  REQUIRE(open.size() == 1);
  CHECK(open[0].at("about") == "anja");
  CHECK(open[0].at("closed").is_null());
  CHECK(office.must(200, "GET", "/api/v1/status").at("hints").at("open") >= 1);

  const std::string close = "/api/v1/hints/" + open[0].at("id").dump() + "/close";
  office.must(400, "POST", close, Json::object(), officer);
  office.must(400, "POST", close, {{"reason", " "}}, officer);
  office.must(404, "POST", "/api/v1/hints/999/close", {{"reason", "gezien"}}, officer);
  office.must(400, "POST", "/api/v1/hints/x/close", {{"reason", "gezien"}}, officer);
  office.must(403, "POST", close, {{"reason", "gezien"}}, "privacy-officer:anja");
  office.must(200, "POST", close, {{"reason", "gezien"}}, officer);
  office.must(404, "POST", close, {{"reason", "gezien"}}, officer);
  CHECK(family(office.must(200, "GET", "/api/v1/hints", {}, officer)).empty());
  const Json closed = family(office.must(200, "GET", "/api/v1/hints?all=true", {}, officer));
  REQUIRE(closed.size() == 1);
  CHECK(closed[0].at("closed").at("by") == "piet");
  CHECK(closed[0].at("closed").at("reason") == "gezien");
  CHECK(office.must(200, "DELETE", "/api/v1/own-family", {}, professional).at("count") == 1);
}

TEST_CASE(
    "R2.7, R2.8: a monitor sees statuses and no client, the views of a client are for who works with it") {
  Office office;
  office.import_clients("A;;Eva;;Jansen;2015-03-04;V;;;;;;\n");
  const Json involvement{{"clientRef", "A"},       {"kind", "signaal"},      {"from", "2026-11-01"},
                         {"until", "2026-11-20"},  {"name", "C. Jansen"},    {"function", "jeugdarts"},
                         {"phone", "020-5550100"}, {"reason", "Blijft hier"}};
  office.must(201, "POST", "/api/v1/involvements", involvement, professional);
  while (office.must(200, "GET", "/api/v1/work", {}, professional).at("work").empty())
    std::this_thread::yield();
  const Answer seen = office.call("GET", "/api/v1/work-status", {}, "monitor:m");
  REQUIRE(seen.status == 200);
  const Json status = Json::parse(seen.body).at("statuses");
  REQUIRE(status.size() == 1);
  CHECK(status[0].at("kind") == "involvement");
  CHECK(status[0].at("stage") == "bijna verlopen");
  CHECK(status[0].at("count") == 1);
  for (const char* said : {"\"A\"", "Jansen", "Blijft", "jeugdarts"})
    CHECK(seen.body.find(said) == std::string::npos);
  for (const char* path :
       {"/api/v1/work", "/api/v1/clients/A/views", "/api/v1/aftercare", "/api/v1/clients/A"})
    CHECK(office.call("GET", path, {}, "monitor:m").status == 403);
  CHECK(office.call("GET", "/api/v1/work-status", {}, professional).status == 403);

  const Json views = office.must(200, "GET", "/api/v1/clients/A/views?purpose=overleg", {}, professional);
  CHECK(views.at("where").empty());
  CHECK(views.at("signalled")[0].at("kind") == "signaal");
  CHECK(views.at("signalled")[0].at("peer").is_null());
  CHECK_FALSE(views.at("signalled")[0].contains("reason"));
  CHECK(views.at("coordinates").is_null());
  office.must(404, "GET", "/api/v1/clients/B/views", {}, professional);
  for (const char* other : {"administrator:a", "privacy-officer:fg", "service:s"})
    CHECK(office.call("GET", "/api/v1/clients/A/views", {}, other).status == 403);
}

TEST_CASE("R2.2: an involvement is closed with a reason, and a team lead hands over what a leaver had") {
  Office office;
  office.import_clients("A;;Eva;;Jansen;2015-03-04;V;;;;;;\nB;;Bo;;Smit;2014-01-01;M;;;;;;\n");
  constexpr std::string_view lead = "team-lead:t";
  const auto involve = [&](const char* ref) {
    return office
        .must(201, "POST", "/api/v1/involvements",
              {{"clientRef", ref},
               {"kind", "ketenregistratie"},
               {"from", "2026-11-01"},
               {"until", "2027-10-31"},
               {"name", "C. Jansen"},
               {"phone", "020-5550100"}},
              professional)
        .at("id")
        .dump();
  };
  const std::string first = involve("A");
  involve("B");
  office.must(400, "POST", "/api/v1/involvements/" + first + "/close", Json::object(), professional);
  const Json closed = office.must(200, "POST", "/api/v1/involvements/" + first + "/close",
                                  {{"reason", "Verhuisd"}}, professional);
  CHECK(closed.at("closedWhy") == "Verhuisd");

  const Json leaving{{"name", "C. Jansen"}, {"to", "B. Smit"}, {"email", "smit@voorbeeld.example"}};
  for (const char* verb : {"leave", "caseload", "return"})
    for (const char* other : {"professional:anja", "privacy-officer:fg", "administrator:a", "monitor:m"})
      CHECK(office.call("POST", std::string("/api/v1/professionals/") + verb, leaving, other).status == 403);
  const Json left = office.must(200, "POST", "/api/v1/professionals/leave", leaving, lead);
  REQUIRE(left.at("moved").size() == 1);
  CHECK(left.at("moved")[0].at("clientRef") == "B");
  CHECK(left.at("untaken").empty());
  office.must(400, "POST", "/api/v1/professionals/leave", {{"name", "C. Jansen"}, {"clients", {"A"}}}, lead);
  CHECK(office.must(200, "POST", "/api/v1/professionals/caseload", {{"name", "b.smit"}}, lead)
            .at("caseload")
            .size() == 1);
  office.must(200, "POST", "/api/v1/professionals/return", {{"name", "C. Jansen"}}, lead);
  office.must(404, "POST", "/api/v1/professionals/return", {{"name", "C. Jansen"}}, lead);
}

TEST_CASE("R5.5: a plan of aftercare is watched, moved and done over the API") {
  Office office;
  office.import_clients("A;;Eva;;Jansen;2015-03-04;V;;;;;;\n");
  office.must(404, "POST", "/api/v1/aftercare", {{"client", "B"}, {"ends", "2027-06-01"}}, professional);
  CHECK(office.call("POST", "/api/v1/aftercare", {{"client", "A"}, {"ends", "2027-06-01"}}, "monitor:m")
            .status == 403);
  const Json plan =
      office.must(201, "POST", "/api/v1/aftercare", {{"client", "A"}, {"ends", "2027-09-01"}}, professional);
  CHECK(plan.at("state") == "later");
  CHECK(plan.at("begins") == "2027-03-01");
  const std::string at = "/api/v1/aftercare/" + plan.at("id").get<std::string>();
  CHECK(office.must(200, "POST", at + "/end", {{"ends", "2027-10-01"}}, professional).at("begins") ==
        "2027-04-01");
  office.must(400, "POST", at + "/made", Json::object(), professional);
  office.must(400, "POST", at + "/made", {{"handover", "zz"}}, professional);
  office.must(400, "POST", at + "/not-needed", Json::object(), professional);
  CHECK(office.must(200, "POST", at + "/made", {{"words", "Dossier, F15"}}, professional).at("state") ==
        "opgesteld");
  CHECK(office.must(200, "GET", "/api/v1/aftercare", {}, professional).at("aftercare").empty());
  CHECK(office.must(200, "GET", "/api/v1/aftercare?all=true&client=A", {}, professional)
            .at("aftercare")
            .size() == 1);
}

TEST_CASE("R4.3: only who works with the dossier reads a file in an emergency, and never without a reason") {
  Office office;
  const std::string nothing(32, '0');
  const std::string piece =
      "/api/v1/received-attachments/nobody/" + nothing + "/" + nothing + "/pieces/0/emergency";
  const Json reason{{"reason", "kind is vermist"}};
  for (const std::string_view other :
       {"privacy-officer:piet", "administrator:ada", "monitor:mo", "service:epd"})
    office.must(403, "POST", piece, reason, other);
  office.must(404, "POST", piece, reason, professional);
  // What outlives a client names nobody; who keeps the log may see it too.
  for (const std::string_view other : {std::string_view("privacy-officer:piet"), professional})
    CHECK(office.must(200, "GET", "/api/v1/receipts", {}, other).at("receipts").empty());
  for (const std::string_view other : {"administrator:ada", "monitor:mo", "service:epd"})
    office.must(403, "GET", "/api/v1/receipts", {}, other);
}

TEST_CASE("R3.6: who decides to share does not review it, and who reviews does not decide") {
  Office office;
  constexpr std::string_view officer = "privacy-officer:piet";
  const std::string ground = "/api/v1/grounds/" + std::string(32, '0');
  for (const std::string_view care : {professional, std::string_view("team-lead:tom")}) {
    office.must(403, "GET", "/api/v1/ground-reviews", {}, care);
    office.must(403, "POST", ground + "/review", {{"verdict", "terecht"}, {"words", "goed"}}, care);
    office.must(403, "POST", "/api/v1/consent-policy", Json::object(), care);
    office.must(403, "POST", "/api/v1/consent-texts", Json::object(), care);
    office.must(404, "POST", ground + "/end", Json::object(), care);
    office.must(404, "POST", ground + "/telling", {{"how", "gebeld"}}, care);
  }
  office.must(403, "POST", "/api/v1/grounds", Json::object(), officer);
  office.must(403, "POST", ground + "/end", Json::object(), officer);
  office.must(403, "POST", ground + "/telling", {{"how", "gebeld"}}, officer);
  office.must(200, "GET", "/api/v1/ground-reviews", {}, officer);
  office.must(404, "POST", ground + "/review", {{"verdict", "terecht"}, {"words", "goed"}}, officer);
  office.must(400, "POST", ground + "/review", {{"verdict", "misschien"}, {"words", "goed"}}, officer);
  for (const std::string_view other : {"administrator:ada", "monitor:mo", "service:epd"}) {
    office.must(403, "GET", "/api/v1/clients-to-tell", {}, other);
    office.must(403, "GET", "/api/v1/consent-policy", {}, other);
    office.must(403, "POST", "/api/v1/grounds", Json::object(), other);
  }
  const Json told = office.must(400, "POST", "/api/v1/grounds", Json::object(), professional);
  for (const std::string_view field : {"client", "kind", "recipient", "reasons"})
    CHECK(told.at("detail").get<std::string>().find(field) != std::string::npos);
}

TEST_CASE("R3.2: the privacy officer sets what the organisation may choose, and nothing beyond it") {
  Office office;
  constexpr std::string_view officer = "privacy-officer:piet";
  const Json before = office.must(200, "GET", "/api/v1/consent-policy", {}, professional);
  CHECK(before.at("ages").size() == 3);
  CHECK(before.at("ages")[1].at("elders") == "must");
  office.must(400, "POST", "/api/v1/consent-policy", {{"parentsFrom12To15", "none"}}, officer);
  office.must(400, "POST", "/api/v1/consent-policy", {{"reviewDays", 8}}, officer);
  office.must(400, "POST", "/api/v1/consent-policy", {{"reviewDays", 70'000}}, officer);
  office.must(400, "POST", "/api/v1/consent-policy", {{"reviewDays", -1}}, officer);
  office.must(400, "POST", "/api/v1/consent-policy", {{"youngest", 10}}, officer);
  const Json set = office.must(201, "POST", "/api/v1/consent-policy",
                               {{"parentsFrom12To15", "may"}, {"reviewDays", 3}}, officer);
  CHECK(set.at("number") == 1);
  const Json after = office.must(200, "GET", "/api/v1/consent-policy", {}, officer);
  CHECK(after.at("ages")[1].at("elders") == "may");
  CHECK(after.at("reviewDays") == 3);
  CHECK(after.at("everyParent") == true);
}

TEST_CASE("R3.3: a text is kept by version and printed with what it is about") {
  Office office;
  constexpr std::string_view officer = "privacy-officer:piet";
  CHECK(office.must(200, "GET", "/api/v1/consent-texts", {}, professional).at("texts").size() == 2);
  const Json printed = office.must(200, "POST", "/api/v1/consent-texts/2026-1-jeugd/prints",
                                   {{"categories", {"F05"}}, {"until", "2027-01-01"}}, professional);
  CHECK(printed.at("text").get<std::string>().find("F05 Aanleiding en hulpvraag") != std::string::npos);
  office.must(404, "POST", "/api/v1/consent-texts/nooit/prints", Json::object(), professional);
  const Json own{{"version", "eigen-1"}, {"body", "{ontvanger} {doel} {rubrieken} {periode} intrekken"}};
  office.must(201, "POST", "/api/v1/consent-texts", own, officer);
  office.must(409, "POST", "/api/v1/consent-texts", own, officer);
  office.must(400, "POST", "/api/v1/consent-texts", {{"version", "eigen-2"}, {"body", "Mag het?"}}, officer);
}

TEST_CASE("R3.2, R3.3: a record says who gave it, one by one, and every mistake is told at once") {
  Office office;
  office.import_clients("A;;Eva;;Jansen;2020-03-04;V;;;;;;\n");
  const Json refusal{
      {"client", "A"},
      {"answer", "objection"},
      {"everything", true},
      {"identity", "paspoort"},
      {"authority", "gezagsregister"},
      {"givers", {{{"capacity", "parent"}, {"who", "moeder"}}, {{"capacity", "parent"}, {"who", "vader"}}}}};
  const std::string id = office.must(201, "POST", "/api/v1/consents", refusal, professional).at("id");
  const Json listed =
      office.must(200, "GET", "/api/v1/consents?client=A", {}, professional).at("consents")[0];
  CHECK(listed.at("standing") == "in-force");
  CHECK(listed.at("version") == 1);
  CHECK(listed.at("givers")[1].at("who") == "vader");
  office.must(409, "GET", "/api/v1/consents/" + id + "/text", {}, professional);  // no text was shown

  Json changed = refusal;
  changed["replaces"] = Json::array({id});
  changed["givers"] = Json::array({"parent"});  // somebody who gave nothing before
  office.must(400, "POST", "/api/v1/consents", changed, professional);
  changed["givers"] = Json::array({{{"capacity", "aunt"}}, 7, {{"capacity", "parent"}, {"shoe", 42}}});
  const Json told = office.must(400, "POST", "/api/v1/consents", changed, professional);
  CHECK(told.at("detail").get<std::string>().find("givers") != std::string::npos);
  CHECK(office.must(200, "GET", "/api/v1/consents?client=A", {}, professional).at("consents").size() == 1);
}

}  // namespace
}  // namespace knoop::http
