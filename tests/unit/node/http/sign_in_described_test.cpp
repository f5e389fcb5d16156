// Signing in, accounts and keys, held against the description as tests/api holds the rest: there somebody is signed in already.
#include <catch2/catch.hpp>

#include "node/core/sign_in.h"
#include "node/http/api_routes.h"
#include "tests/unit/node/http/authenticator.h"
#include "tests/unit/node/http/openid_provider.h"
#include "tests/unit/node/http/served_node.h"
#include "tests/unit/node/http/web_client.h"

namespace knoop::http {
namespace {

constexpr std::string_view tag = "sign-in";
/// With an identity provider: tests/oidc.
const std::set<std::string> elsewhere{"beginOpenIdConnect", "finishOpenIdConnect", "checkSecondFactor"};
constexpr std::string_view password = "een zin die niemand raadt";

std::vector<std::unique_ptr<Service>> services() {
  std::vector<std::unique_ptr<Service>> out;
  out.push_back(std::make_unique<SignInService>());
  return out;
}

ApiOptions with_web() {
  ApiOptions options;
  options.web = WebOptions{"127.0.0.1:0", {}, {}, {}};
  options.cookie = "knoop-00000000";  // of a node without a card
  return options;
}

/// A browser whose every answer must be as described.
class Described {
 public:
  explicit Described(std::uint16_t port) : client_(port) {}

  Json ask(const std::string& method, const std::string& target, const Json& body = {}) {
    const std::string text = body.is_null() ? "" : body.dump();
    const WebAnswer answer = client_.send(method, target, text);
    INFO(method << " " << target << " " << answer.body);
    const std::vector<std::string> faults = test::described_api().faults(
        {method, target, text.empty() ? "" : "application/json", text, static_cast<unsigned>(answer.status),
         answer.header("Content-Type"), answer.body});
    for (const std::string& fault : faults) FAIL_CHECK(fault);
    REQUIRE(answer.status < 400);
    shown = answer;
    if (!answer.header("Content-Type").starts_with("application/json")) return {};
    if (const std::string set = answer.header("Set-Cookie"); !set.empty())
      client_.cookie = set.substr(0, set.find(';'));
    const Json told = answer.json();
    if (told.contains("csrfToken")) client_.csrf = told.at("csrfToken");
    return told;
  }
  void take(const std::string& cookie) { client_.cookie = cookie; }

  WebAnswer shown;

 private:
  WebClient client_;
};

}  // namespace

TEST_CASE("every operation of signing in, accounts and keys succeeds, and is as described") {
  FakeProvider provider;
  ServedNode served(make_routes({}, provider.known()), with_web(), {}, services());
  const auto manage = [&](std::string_view method, const std::string& target, const Json& body = {}) {
    const Answer answer = served.call(method, target, body.is_null() ? "" : body.dump());
    INFO(method << " " << target << " " << answer.body);
    REQUIRE(answer.status < 300);
    return Json::parse(answer.body);
  };
  manage("POST", "/api/v1/accounts", {{"name", "anna"}, {"role", "professional"}, {"password", password}});
  CHECK(manage("GET", "/api/v1/accounts").at("accounts").size() == 1);
  CHECK(manage("GET", "/api/v1/colleagues") ==
        Json{{"colleagues", {{{"account", "anna"}, {"displayName", "anna"}}}}});

  Described anna(served.web_port());
  CHECK(anna.ask("GET", "/api/v1/sign-in-ways").at("password") == true);
  anna.ask("POST", "/api/v1/session", {{"name", "anna"}, {"password", password}});
  const std::string secret =
      anna.ask("POST", "/api/v1/session/second-factor", Json::object()).at("secret").get<std::string>();
  anna.ask("POST", "/api/v1/session/second-factor/confirm",
           {{"code", shown_code(secret, served.clock().now())}});
  CHECK(anna.ask("GET", "/api/v1/session").at("account") == "anna");
  anna.ask("DELETE", "/api/v1/session");

  CHECK(anna.ask("GET", "/api/v1/sign-in-ways").at("openIdConnect").at("name") == "Voorbeeld");
  manage("POST", "/api/v1/accounts", {{"name", "eva"}, {"role", "monitor"}, {"subject", "anna"}});
  std::string eva_secret;
  const auto sign_in_there = [&] {
    Described eva(served.web_port());
    eva.ask("GET", "/api/v1/session/openid-connect");
    const Away away = away_from(eva.shown);
    provider.asked_with(away.query.at("nonce"), served.clock().now());
    eva.take(away.cookie);
    eva.ask("GET", away.back());
    eva.take(cookie_of(eva.shown, false));
    return eva;
  };
  Described eva = sign_in_there();
  CHECK(eva.ask("GET", "/api/v1/session").at("secondFactor") == "needed");
  eva_secret =
      eva.ask("POST", "/api/v1/session/second-factor", Json::object()).at("secret").get<std::string>();
  eva.ask("POST", "/api/v1/session/second-factor/confirm",
          {{"code", shown_code(eva_secret, served.clock().now())}});
  served.clock().advance(Milliseconds{30'000});
  Described again = sign_in_there();
  CHECK(again.ask("GET", "/api/v1/session").at("secondFactor") == "asked");
  again.ask("POST", "/api/v1/session/second-factor/check",
            {{"code", shown_code(eva_secret, served.clock().now())}});

  manage("POST", "/api/v1/accounts/anna/role", {{"role", "team-lead"}});
  manage("POST", "/api/v1/accounts/anna/password", {{"password", "nog een zin die niemand raadt"}});
  manage("POST", "/api/v1/accounts/anna/remove-second-factor", Json::object());
  manage("POST", "/api/v1/accounts/anna/disable", Json::object());
  manage("POST", "/api/v1/accounts/anna/enable", Json::object());
  const Json key = manage("POST", "/api/v1/api-keys",
                          {{"name", "ecd"}, {"role", "professional"}, {"scopes", {"work:read"}}});
  CHECK(manage("GET", "/api/v1/api-keys").at("apiKeys").size() == 1);
  manage("DELETE", "/api/v1/api-keys/" + key.at("id").dump());

  for (const auto& [path, methods] : test::described_api().document().at("paths").items())
    for (const Json& operation : methods) {
      const Json& tags = operation.value("tags", Json::array());
      if (std::find(tags.begin(), tags.end(), Json(tag)) == tags.end()) continue;
      const std::string id = operation.at("operationId");
      INFO(path << " " << id << " was never driven with success");
      CHECK((test::described_api().driven().contains(id) || elsewhere.contains(id)));
    }
}

}  // namespace knoop::http
