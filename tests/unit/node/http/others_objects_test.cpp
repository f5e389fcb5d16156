// Every operation that names an object in its address, asked about objects that there are not, that are somebody else's, or that are no
// name at all: it is refused as the asker's mistake, shows nothing, changes nothing, and never fails on our side.
#include <algorithm>
#include <catch2/catch.hpp>

#include "node/core/services.h"
#include "node/http/api_routes.h"
#include "tests/unit/node/http/served_node.h"

namespace knoop::http {
namespace {

const std::vector<std::string> guesses{"0",
                                       "1",
                                       "-1",
                                       "99999999999999999999",
                                       std::string(32, '0'),
                                       std::string(32, 'f'),
                                       std::string(64, 'a'),
                                       "smw-een",
                                       "..%2F..%2Fetc%2Fpasswd",
                                       "%27%20OR%201%3D1%20--",
                                       "%25",
                                       "*",
                                       "null",
                                       "%C3%A9%F0%9F%98%80",
                                       std::string(300, 'x')};

std::string filled(const std::string& pattern, const std::string& value) {
  std::string out;
  for (std::size_t at = 0; at < pattern.size();) {
    if (pattern[at] != '{') {
      out += pattern[at++];
      continue;
    }
    out += value;
    at = pattern.find('}', at) + 1;
  }
  return out;
}

TEST_CASE(
    "what is named in an address and is not there, or not the asker's, is refused and leaves no trace but "
    "the refusal") {
  ApiOptions options;
  options.allow_as = true;
  ServedNode served(make_routes({}), std::move(options), {}, make_services());
  const Router router = make_routes({});
  std::size_t asked = 0;
  for (const Route& route : router.routes()) {
    if (route.pattern.find('{') == std::string::npos) continue;
    const std::string who = std::string(to_string(route.roles.front())) + ":anja";
    const std::string query =
        std::ranges::find(route.query, "purpose") != route.query.end() ? "?purpose=dossier" : "";
    for (const std::string& guess : guesses) {
      const std::string target = filled(route.pattern, guess) + query;
      INFO(route.method << " " << target << " as " << who);
      const bool json = route.body == BodyKind::json;
      const Answer answer = served.call(route.method, target,
                                        route.body == BodyKind::none ? ""
                                        : json                       ? "{}"
                                                                     : "bytes",
                                        json ? "application/json" : "application/octet-stream", who);
      INFO(answer.body);
      CHECK(answer.status >= 400);
      CHECK(answer.status < 500);
      CHECK(answer.status != 403);
      ++asked;
    }
  }
  CHECK(asked > 500);
  served.stop();
  for (const std::string& event : served.events()) {
    INFO(event);
    CHECK((event.starts_with("user.logged-in ") || event.starts_with("log.opened ")));
  }
}

}  // namespace
}  // namespace knoop::http
