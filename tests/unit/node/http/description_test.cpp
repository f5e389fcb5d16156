// The description of the API against the program, in both directions, and the judge itself.
#include "node/http/description.h"

#include <algorithm>
#include <catch2/catch.hpp>

#include "node/core/services.h"
#include "node/http/api_routes.h"
#include "tests/support/described_api.h"
#include "tests/unit/node/http/served_node.h"

namespace knoop::http {
namespace {

const std::string base = "/api/v1";

std::vector<std::string> sorted(std::vector<std::string> words) {
  std::ranges::sort(words);
  return words;
}

std::vector<std::string> names_in(const Json& operation, std::string_view place) {
  std::vector<std::string> out;
  for (const Json& one : operation.value("parameters", Json::array()))
    if (one.value("in", "") == place) out.push_back(one.at("name"));
  return sorted(out);
}

std::vector<std::string> names_in_path(const std::string& pattern) {
  std::vector<std::string> out;
  for (std::size_t at = pattern.find('{'); at != std::string::npos; at = pattern.find('{', at + 1))
    out.push_back(pattern.substr(at + 1, pattern.find('}', at) - at - 1));
  return sorted(out);
}

TEST_CASE("every route is described as it is, and nothing is described that is no route") {
  const Json& paths = test::described_api().document().at("paths");
  const Router router = make_routes({});
  std::size_t described = 0;
  for (const Json& methods : paths) described += methods.size();
  std::size_t routes = 0;
  for (const Route& route : router.routes()) {
    if (!route.pattern.starts_with(base)) continue;
    ++routes;
    INFO(route.method << " " << route.pattern << " has to be in docs/openapi/ (docs/openapi/README.md)");
    const auto path = paths.find(route.pattern.substr(base.size()));
    REQUIRE(path != paths.end());
    std::string method = route.method;
    std::ranges::transform(method, method.begin(), [](unsigned char c) { return std::tolower(c); });
    const auto operation = path->find(method);
    REQUIRE(operation != path->end());
    std::vector<std::string> roles;
    for (const Role role : route.roles) roles.emplace_back(to_string(role));
    CHECK(sorted(operation->at("x-roles").get<std::vector<std::string>>()) == sorted(roles));
    CHECK(names_in(*operation, "query") == sorted(route.query));
    CHECK(names_in(*operation, "path") == names_in_path(route.pattern));
    const Json body = operation->value("requestBody", Json{{"content", Json::object()}}).at("content");
    CHECK(body.contains("application/json") == (route.body == BodyKind::json));
    CHECK(body.contains("application/octet-stream") == (route.body == BodyKind::bytes));
    if (route.method == "POST") {
      constexpr std::array repeats{"answer", "refusal", "anew"};
      CHECK(operation->at("x-repeat") == repeats.at(static_cast<std::size_t>(route.repeat)));
    }
    const Json& answers = operation->at("responses");
    CHECK((answers.contains("412") || answers.contains("304")) == static_cast<bool>(route.version));
    CHECK_FALSE(operation->at("summary").get<std::string>().empty());
    CHECK_FALSE(operation->at("description").get<std::string>().empty());
  }
  CHECK(routes == described);
}

TEST_CASE("what is not as described is found: fields, types, words, statuses, addresses") {
  test::DescribedApi api(openapi_document());
  const std::string involvement =
      R"({"id":1,"kind":"signaal","from":"2026-10-01","until":"2027-10-01","active":false,"professional":{"name":"a",)"
      R"("function":"","phone":"","email":""},"reason":null)";
  const auto extended = [&](const std::string& asked, const std::string& answer, unsigned status = 200) {
    return api.faults({"POST", "/api/v1/involvements/1/extend", "application/json", asked, status,
                       status < 400 ? "application/json" : "application/problem+json", answer});
  };
  const std::string good = R"({"until":"2027-10-01"})";
  CHECK(extended(good, involvement + "}").empty());
  CHECK(api.driven() == std::set<std::string>{"extendInvolvement"});
  CHECK_FALSE(extended(R"({"until":"2027-10-01","why":"x"})", involvement + "}").empty());
  CHECK_FALSE(extended("{}", involvement + "}").empty());
  CHECK_FALSE(extended(R"({"until":7})", involvement + "}").empty());
  CHECK_FALSE(extended(R"({"until":"soon"})", involvement + "}").empty());
  CHECK_FALSE(extended(good, involvement + R"(,"bsn":"x"})").empty());
  CHECK_FALSE(extended(good, R"({"id":1})").empty());
  CHECK_FALSE(extended(good, involvement + "}", 201).empty());
  CHECK_FALSE(extended(good, "{}", 400).empty());
  CHECK_FALSE(api.faults({"POST", "/api/v1/involvements/x/extend", "application/json", good, 200,
                          "application/json", involvement + "}"})
                  .empty());
  const auto listed = [&](const std::string& query) {
    return api.faults({"GET", "/api/v1/involvements" + query, "", "", 200, "application/json",
                       R"({"involvements":[],"next":null})"});
  };
  CHECK(listed("?all=true&cursor=37&limit=7").empty());
  CHECK_FALSE(listed("?all=yes").empty());
  CHECK_FALSE(listed("?after=7").empty());
  CHECK_FALSE(api.faults({"GET", "/api/v1/nothing", "", "", 200, "application/json", "{}"}).empty());
  CHECK(api.faults({"GET", "/api/v1/nothing", "", "", 404, "application/problem+json", "{}"}).empty());
}

TEST_CASE(
    "no operation takes a field that its description does not have, and none fails on our side for it") {
  ApiOptions options;
  options.allow_as = true;
  const ServedNode served(make_routes({}), std::move(options), {}, make_services());
  const Router router = make_routes({});
  for (const Route& route : router.routes()) {
    if (route.body != BodyKind::json) continue;
    std::string target = route.pattern;
    for (const std::string& name : names_in_path(route.pattern)) {
      const std::string place = "{" + name + "}";
      target.replace(target.find(place), place.size(),
                     name == "id" || name == "exchange" ? std::string(32, '0') : "1");
    }
    INFO(route.method << " " << target);
    const std::string who = std::string(to_string(route.roles.front())) + ":tester";
    const Answer answer = served.call(route.method, target, R"({"noSuchField":1})", "application/json", who);
    CHECK(answer.status >= 400);
    CHECK(answer.status < 500);
  }
}

TEST_CASE("a node serves its description, and a page that asks nobody else for anything") {
  ApiOptions options;
  options.allow_as = true;
  const ServedNode served(make_routes({}), std::move(options), {}, make_services());
  for (const char* const address : {"/openapi.json", "/api/v1/openapi.json"}) {
    const Answer document = served.call("GET", address, "", "", "monitor:m");
    CHECK(document.status == 200);
    CHECK(document.type == "application/json");
    CHECK(document.body == openapi_document());
  }
  CHECK(served.call("GET", "/docs/docs.js", "", "", "service:s").type == "text/javascript; charset=utf-8");
  CHECK(served.call("GET", "/docs/docs.css", "", "", "service:s").type == "text/css; charset=utf-8");

  RawConnection raw(served.socket());
  REQUIRE(raw.send("GET /docs HTTP/1.1\r\nHost: knoop\r\nConnection: close\r\n\r\n"));
  const std::string page = raw.read_to_end();
  CHECK(page.starts_with("HTTP/1.1 200"));
  CHECK(page.find("Content-Type: text/html") != std::string::npos);
  const std::size_t policy = page.find("Content-Security-Policy: default-src 'none'; script-src 'self'");
  CHECK(policy != std::string::npos);
  CHECK(page.find("unsafe") == std::string::npos);
  CHECK(page.find("X-Content-Type-Options: nosniff") != std::string::npos);

  for (const DescriptionFile& file : description_files()) {
    if (file.name == "openapi") continue;
    INFO(file.name);
    for (const char* const elsewhere :
         {"http:", "https:", "src=\"//", "url(", "@import", "innerHTML", "style=", "onclick"})
      CHECK(file.text.find(elsewhere) == std::string_view::npos);
  }
}

}  // namespace
}  // namespace knoop::http
