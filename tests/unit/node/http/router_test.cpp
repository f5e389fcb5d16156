#include "node/http/router.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <fstream>
#include <iterator>

#include "node/http/api_routes.h"

namespace knoop::http {
namespace {

Handler nothing() {
  return [](Node&, Context&, const Request&) -> Result<Reply> { return Reply{}; };
}

TEST_CASE("a literal segment is preferred over a name, and the method decides") {
  Router router;
  router.get("/a/{x}", {Role::monitor}, {}, nothing());
  router.get("/a/b", {Role::monitor}, {}, nothing());
  router.post("/a/{x}", {Role::monitor}, nothing());
  const auto find = [&](std::string_view method, std::string_view path) {
    return router.find(method, parse_target(path).value());
  };
  CHECK(find("GET", "/a/b")->route->pattern == "/a/b");
  CHECK(find("GET", "/a/c")->route->pattern == "/a/{x}");
  CHECK(find("GET", "/a/c")->params.at("x") == "c");
  CHECK(find("POST", "/a/b")->route->pattern == "/a/{x}");
  CHECK(find("DELETE", "/a/b")->route == nullptr);
  CHECK(find("DELETE", "/a/b")->allowed == "GET, POST");
  CHECK_FALSE(find("GET", "/a"));
  CHECK_FALSE(find("GET", "/a/b/c"));
}

TEST_CASE("addresses are decoded once and strictly") {
  const Target target = parse_target("/a%2Fb/c%c3%a9?x=1&y=a%3Db").value();
  CHECK(target.segments == std::vector<std::string>{"a/b", "cé"});
  CHECK(target.query == std::map<std::string, std::string>{{"x", "1"}, {"y", "a=b"}});
  CHECK(parse_target("/" + escape("a/b c%é")).value().segments.front() == "a/b c%é");
  CHECK(parse_target("/").value().segments.empty());
  for (const char* bad : {"", "a", "//", "/a//b", "/.", "/a/..", "/%2e%2e", "/%", "/%4", "/%zz", "/a%00",
                          "/a%0a", "/%ff", "/a?x", "/a?=1", "/a?x=1&x=2", "/a#b"})
    CHECK_FALSE(parse_target(bad));
  CHECK_FALSE(parse_target("/" + std::string(max_target_bytes, 'a')));
}

TEST_CASE("every route of the API names its roles, none but those of people and systems") {
  const Router router = make_routes({});
  for (const Route& route : router.routes()) {
    INFO(route.method << " " << route.pattern);
    CHECK((route.pattern.starts_with("/api/v1/") || route.pattern == "/openapi.json" ||
           route.pattern.starts_with("/docs") || route.pattern == "/" || route.pattern == "/console/{name}"));
    CHECK_FALSE(route.roles.empty());
    for (const Role role : route.roles) CHECK((role != Role::node && role != Role::peer));
  }
}

TEST_CASE("docs/spec/api.md lists every route with its roles, as they are") {
  const Router router = make_routes({});
  std::vector<std::string> lines;
  for (const Route& route : router.routes()) {
    std::vector<std::string> roles;
    for (const Role role : route.roles) roles.emplace_back(to_string(role));
    std::ranges::sort(roles);
    std::string query;
    for (const std::string& name : route.query) query += (query.empty() ? "?" : "&") + name;
    lines.push_back(
        fmt::format("| {} | `{}{}` | {} |", route.method, route.pattern, query, fmt::join(roles, ", ")));
  }
  std::ifstream file(std::string(KNOOP_TEST_DIR) + "/../docs/spec/api.md");
  REQUIRE(file);
  const std::string page{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  for (const std::string& line : lines) {
    INFO(line);
    CHECK(page.find(line + "\n") != std::string::npos);
  }
  std::size_t rows = 0;
  for (std::size_t at = page.find("| `/"); at != std::string::npos; at = page.find("| `/", at + 1)) ++rows;
  CHECK(rows == lines.size());
}

TEST_CASE("an administrator and a monitor reach no client, and a privacy officer no dossier") {
  const Router router = make_routes({});
  const auto may = [&](std::string_view method, std::string_view path, Role role) {
    const auto found = router.find(method, parse_target(path).value());
    REQUIRE(found);
    REQUIRE(found->route != nullptr);
    return std::ranges::find(found->route->roles, role) != found->route->roles.end();
  };
  for (const Role role : {Role::administrator, Role::monitor, Role::privacy_officer, Role::service}) {
    CHECK_FALSE(may("POST", "/api/v1/clients/search", role));
    CHECK_FALSE(may("GET", "/api/v1/clients/A", role));
    CHECK_FALSE(may("GET", "/api/v1/matches", role));
    CHECK_FALSE(may("GET", "/api/v1/fragments/00", role));
    CHECK_FALSE(may("GET", "/api/v1/received-fragments", role));
  }
  CHECK(may("GET", "/api/v1/clients/A", Role::professional));
  CHECK_FALSE(may("POST", "/api/v1/cards", Role::professional));
  CHECK_FALSE(may("POST", "/api/v1/convenants", Role::monitor));
  CHECK(may("GET", "/api/v1/status", Role::monitor));
}

}  // namespace
}  // namespace knoop::http
