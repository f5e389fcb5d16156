// The web listener as a stranger, a thief, another site's page and a colleague with another role meet it.
#include <catch2/catch.hpp>
#include <fstream>

#include "node/core/sign_in.h"
#include "node/http/api_routes.h"
#include "node/http/web_address.h"
#include "tests/unit/node/http/authenticator.h"
#include "tests/unit/node/http/served_node.h"
#include "tests/unit/node/http/web_client.h"

namespace knoop::http {
namespace {

constexpr std::string_view password = "een zin die niemand raadt";

Router office_routes() {
  Router router;
  add_session_routes(router);
  add_account_routes(router);
  router.get("/api/v1/things", {Role::professional}, {},
             [](Node&, Context&, const Request&) -> Result<Reply> {
               return Reply{200, {{"things", Json::array()}}};
             });
  router.post("/api/v1/things", {Role::professional}, [](Node&, Context&, const Request&) -> Result<Reply> {
    return Reply{201, {{"made", true}}};
  });
  router.get("/api/v1/secrets", {Role::privacy_officer}, {},
             [](Node&, Context&, const Request&) -> Result<Reply> {
               return Reply{200, {{"secret", 1}}};
             });
  Route open{"GET",
             "/page",
             {Role::monitor},
             {},
             BodyKind::none,
             [](Node&, Context&, const Request&) -> Result<Reply> { return Reply{200, {{"page", 1}}}; }};
  open.open = true;
  router.add(std::move(open));
  return router;
}

/// Waits for half a request no longer than a test should, and long enough for a busy machine.
ApiOptions impatient() {
  ApiOptions options;
  options.request_time = options.idle_time = std::chrono::milliseconds(1000);
  return options;
}

class Office {
 public:
  explicit Office(ApiOptions options = {})
      : served_(office_routes(), with_web(std::move(options)), {}, services()) {
    make("anna", "professional");
  }
  static ApiOptions with_web(ApiOptions options) {
    options.web = WebOptions{"127.0.0.1:0", {"knoop.example"}, {}, {}};
    options.cookie = "knoop-00000000";  // of a node without a card
    return options;
  }
  static std::vector<std::unique_ptr<Service>> services() {
    std::vector<std::unique_ptr<Service>> out;
    out.push_back(std::make_unique<SignInService>());
    return out;
  }
  void make(const std::string& name, const std::string& role) {
    const Json body{{"name", name}, {"role", role}, {"password", password}};
    REQUIRE(served_.call("POST", "/api/v1/accounts", body.dump()).status == 201);
  }
  [[nodiscard]] WebClient client() const { return WebClient(served_.web_port()); }

  static WebAnswer sign_in(WebClient& client, const std::string& name, std::string_view with,
                           const std::string& code = "") {
    Json body{{"name", name}, {"password", with}};
    if (!code.empty()) body["code"] = code;
    return client.send("POST", "/api/v1/session", body.dump());
  }
  /// Takes cookie and CSRF token from an answer, as a browser and the console do.
  static void keep(WebClient& client, const WebAnswer& answer) {
    const std::string set = answer.header("Set-Cookie");
    client.cookie = set.substr(0, set.find(';'));
    client.csrf = answer.json().at("csrfToken");
  }
  /// Signed in, second factor and all.
  [[nodiscard]] WebClient signed_in(const std::string& name) {
    WebClient out = client();
    const WebAnswer first = sign_in(out, name, password);
    REQUIRE(first.status == 201);
    keep(out, first);
    const WebAnswer offered = out.send("POST", "/api/v1/session/second-factor", "{}");
    REQUIRE(offered.status == 201);
    const std::string code = code_of(offered.json().at("secret"));
    REQUIRE(out.send("POST", "/api/v1/session/second-factor/confirm", Json{{"code", code}}.dump()).status ==
            200);
    secrets_[name] = offered.json().at("secret");
    return out;
  }
  std::string code_of(const std::string& base32) { return shown_code(base32, served_.clock().now()); }
  std::string next_code(const std::string& name) {
    served_.clock().advance(Milliseconds{30'000});
    return code_of(secrets_.at(name));
  }
  ServedNode& served() { return served_; }

 private:
  ServedNode served_;
  std::map<std::string, std::string> secrets_;
};

TEST_CASE("who is not signed in gets nothing, whether it exists or not, but what is open") {
  Office office;
  const WebClient stranger = office.client();
  for (const std::string target : {"/api/v1/things", "/api/v1/secrets", "/api/v1/nothing", "/etc/passwd"}) {
    const WebAnswer answer = stranger.send("GET", target);
    CHECK(answer.status == 401);
    CHECK(answer.code() == "not-signed-in");
  }
  CHECK(stranger.send("POST", "/api/v1/things", "{}").status == 401);
  const WebAnswer open = stranger.send("GET", "/page");
  CHECK(open.status == 200);
  CHECK(open.header("X-Frame-Options") == "DENY");
  CHECK(open.header("X-Content-Type-Options") == "nosniff");
  CHECK(open.header("Referrer-Policy") == "no-referrer");
  CHECK(open.header("Content-Security-Policy").find("default-src 'none'") == 0);
  CHECK(open.header("Cache-Control") == "no-store");
  CHECK(stranger.send("GET", "/api/v1/session").status == 401);
  // The unix socket's ways in do not work here.
  CHECK(stranger.send("GET", "/api/v1/things", "", {"X-Knoop-As: professional:anna"}).status == 401);
}

TEST_CASE("signing in: password, second factor, cookie, and out again") {
  Office office;
  WebClient anna = office.client();
  const WebAnswer first = Office::sign_in(anna, "anna", password);
  REQUIRE(first.status == 201);
  const std::string set = first.header("Set-Cookie");
  for (const std::string flag : {"; HttpOnly", "; Secure", "; SameSite=Strict", "; Path=/"})
    CHECK(set.find(flag) != std::string::npos);
  CHECK(set.starts_with("knoop-"));
  CHECK(first.json().at("secondFactor") == "needed");
  CHECK(first.body.find(set.substr(15, 64)) == std::string::npos);  // scripts never see the token
  Office::keep(anna, first);
  CHECK(anna.send("GET", "/api/v1/things").code() == "second-factor-needed");

  anna = office.signed_in("anna");
  CHECK(anna.send("GET", "/api/v1/things").status == 200);
  CHECK(anna.send("POST", "/api/v1/things", "{}").status == 201);
  CHECK(anna.send("GET", "/api/v1/session").json().at("account") == "anna");

  WebClient again = office.client();
  CHECK(Office::sign_in(again, "anna", password).code() == "second-factor-needed");
  CHECK(Office::sign_in(again, "anna", password, "000000").code() == "sign-in-refused");
  CHECK(Office::sign_in(again, "anna", "een andere zin dan die", "000000").code() == "sign-in-refused");
  CHECK(Office::sign_in(again, "anna", password, office.next_code("anna")).status == 201);

  CHECK(anna.send("DELETE", "/api/v1/session").status == 200);
  CHECK(anna.send("GET", "/api/v1/things").status == 401);  // a stolen cookie is worth nothing after that
}

TEST_CASE("signing out ends the own session, and nobody else's, whatever else of theirs is sent along") {
  Office office;
  office.make("boris", "professional");
  WebClient anna = office.signed_in("anna");
  WebClient boris = office.signed_in("boris");
  WebClient mixed = office.client();
  mixed.cookie = anna.cookie;
  mixed.csrf = boris.csrf;
  CHECK(mixed.send("DELETE", "/api/v1/session").status == 403);
  mixed.cookie = anna.cookie + "; " + boris.cookie;
  CHECK(mixed.send("DELETE", "/api/v1/session").status == 401);
  CHECK(boris.send("DELETE", "/api/v1/session").status == 200);
  CHECK(boris.send("GET", "/api/v1/things").status == 401);
  CHECK(anna.send("GET", "/api/v1/things").status == 200);
}

TEST_CASE("no fixation: what a thief put into the browser before is not the session after") {
  Office office;
  WebClient victim = office.client();
  victim.cookie = "knoop-00000000=" + std::string(64, 'a');
  const WebAnswer answer = Office::sign_in(victim, "anna", password);
  REQUIRE(answer.status == 201);
  CHECK(answer.header("Set-Cookie").find(std::string(64, 'a')) == std::string::npos);
  WebClient thief = office.client();
  thief.cookie = victim.cookie;
  CHECK(thief.send("GET", "/api/v1/session").status == 401);
  // Two cookies of the name: one is somebody else's. Neither counts.
  WebClient anna = office.signed_in("anna");
  const std::string mine = anna.cookie;
  anna.cookie = mine + "; " + mine.substr(0, mine.find('=')) + "=" + std::string(64, 'b');
  CHECK(anna.send("GET", "/api/v1/things").status == 401);
  anna.cookie = "x=1; " + mine + "; y=2";
  CHECK(anna.send("GET", "/api/v1/things").status == 200);
}

TEST_CASE("no request forgery: another site's page has no token, and browsers say where it is from") {
  Office office;
  WebClient anna = office.signed_in("anna");
  const std::string csrf = std::exchange(anna.csrf, "");
  CHECK(anna.send("POST", "/api/v1/things", "{}").status == 403);
  anna.csrf = std::string(32, '0');
  CHECK(anna.send("POST", "/api/v1/things", "{}").status == 403);
  anna.csrf = csrf;
  CHECK(anna.send("POST", "/api/v1/things", "{}").status == 201);
  for (const std::string line : {"Origin: https://evil.example", "Origin: null", "Sec-Fetch-Site: cross-site",
                                 "Sec-Fetch-Site: same-site"}) {
    CHECK(anna.send("POST", "/api/v1/things", "{}", {line}).status == 403);
    CHECK(anna.send("GET", "/api/v1/things", "", {line}).status == 403);
    CHECK(
        office.client().send("POST", "/api/v1/session", R"({"name":"anna","password":"x"})", {line}).status ==
        403);
  }
  CHECK(office.client().send("GET", "/page", "", {"Sec-Fetch-Site: cross-site"}).status == 200);  // a link
  CHECK(anna.send("POST", "/api/v1/things", "{}",
                  {"Origin: http://127.0.0.1:" + std::to_string(office.served().web_port()),
                   "Sec-Fetch-Site: same-origin"})
            .status == 201);
  // A form cannot send JSON.
  const std::string form = "name=anna&password=x";
  const std::string host = office.client().host_line();
  const auto sent = WebClient::parse(office.client().raw(
      "POST /api/v1/session HTTP/1.1\r\n" + host +
      "Connection: close\r\nContent-Type: text/plain\r\nContent-Length: " + std::to_string(form.size()) +
      "\r\n\r\n" + form));
  CHECK(sent.status == 400);
}

TEST_CASE("no DNS rebinding: a request for another name is not ours") {
  Office office;
  WebClient anna = office.signed_in("anna");
  for (const std::string host :
       {"evil.example", "127.0.0.1", "127.0.0.1:1", "localhost.evil.example", "[::1]"}) {
    anna.host = host;
    CHECK(anna.send("GET", "/api/v1/things").status == 421);
  }
  anna.host.reset();
  CHECK(anna.send("GET", "/api/v1/things").status == 421);
  anna.host = "KNOOP.example";
  CHECK(anna.send("GET", "/api/v1/things").status == 200);
  anna.host = "localhost:" + std::to_string(office.served().web_port());
  CHECK(anna.send("GET", "/api/v1/things").status == 200);
  anna.host = "";
  CHECK(anna.send("GET", "/api/v1/things", "", {"Host: evil.example"}).status == 421);  // two of them
}

TEST_CASE("a role has what its routes name, and each denial of somebody who is known is logged") {
  Office office;
  office.make("petra", "privacy-officer");
  WebClient anna = office.signed_in("anna");
  WebClient petra = office.signed_in("petra");
  CHECK(anna.send("GET", "/api/v1/secrets").status == 403);
  CHECK(petra.send("GET", "/api/v1/secrets").status == 200);
  CHECK(petra.send("GET", "/api/v1/things").status == 403);
  for (WebClient* who : {&anna, &petra}) {
    CHECK(who->send("GET", "/api/v1/accounts").status == 403);
    CHECK(who->send("POST", "/api/v1/accounts", R"({"name":"x","role":"administrator","subject":"s"})")
              .status == 403);
    CHECK(who->send("POST", "/api/v1/accounts/anna/role", R"({"role":"administrator"})").status == 403);
    CHECK(who->send("POST", "/api/v1/api-keys", R"({"name":"x","role":"administrator","scopes":["a:read"]})")
              .status == 403);
  }
  office.served().stop();
  const auto events = office.served().events();
  CHECK(std::ranges::count(events, "command.refused anna GET /api/v1/secrets") == 1);
  CHECK(std::ranges::count(events, "command.refused petra GET /api/v1/things") == 1);
  CHECK(std::ranges::count(events, "command.refused anna POST /api/v1/accounts/{name}/role") == 1);
}

TEST_CASE("guessing is slowed down, at the web listener as everywhere") {
  Office office;
  WebClient thief = office.client();
  for (int i = 0; i < 4; ++i) CHECK(Office::sign_in(thief, "anna", "geraden wachtwoord").status == 401);
  CHECK(Office::sign_in(thief, "anna", password).status == 429);
  office.served().clock().advance(Milliseconds{1'000});
  CHECK(Office::sign_in(thief, "anna", password).status == 201);
  CHECK(Office::sign_in(thief, "anna", std::string(5000, 'x')).status == 400);
}

TEST_CASE("an API key: its role, its scopes, no session and no CSRF token, and nothing after it ended") {
  Office office;
  const Answer made = office.served().call(
      "POST", "/api/v1/api-keys", R"({"name":"ecd","role":"professional","scopes":["things:read"]})");
  REQUIRE(made.status == 201);
  const std::string key = Json::parse(made.body).at("key");
  // The log knows a program by its name: two that are alive never share one.
  CHECK(office.served()
            .call("POST", "/api/v1/api-keys", R"({"name":"ecd","role":"monitor","scopes":["status:read"]})")
            .status == 409);
  const WebClient program = office.client();
  const auto with = [&](const std::string& method, const std::string& target, const std::string& body,
                        const std::string& bearer) {
    return program.send(method, target, body, {"Authorization: Bearer " + bearer}).status;
  };
  CHECK(with("GET", "/api/v1/things", "", key) == 200);
  CHECK(with("POST", "/api/v1/things", "{}", key) == 403);
  CHECK(with("GET", "/api/v1/secrets", "", key) == 403);
  CHECK(with("GET", "/api/v1/accounts", "", key) == 403);
  for (const std::string& wrong : {std::string(), std::string("knoop_"), "knoop_" + std::string(64, '0'),
                                   key + "0", key.substr(0, key.size() - 1), "Knoop_" + key.substr(6)})
    CHECK(with("GET", "/api/v1/things", "", wrong) == 401);
  CHECK(office.served().call("DELETE", "/api/v1/api-keys/1").status == 200);
  CHECK(with("GET", "/api/v1/things", "", key) == 401);
}

TEST_CASE("one account cannot keep the node busy") {
  Office office;
  WebClient anna = office.signed_in("anna");
  int served = 0;
  int refused = 0;
  for (int i = 0; i < 320; ++i) {
    const int status = anna.send("GET", "/api/v1/session").status;
    served += status == 200 ? 1 : 0;
    refused += status == 429 ? 1 : 0;
  }
  CHECK(served >= 290);
  CHECK(refused > 0);
  office.served().clock().advance(Milliseconds{1'000});
  CHECK(anna.send("GET", "/api/v1/session").status == 200);
}

TEST_CASE("what can be read in two ways is refused, and never becomes two requests") {
  Office office(impatient());
  const WebClient client = office.client();
  const std::string host = client.host_line();
  const std::string inner = "GET /page HTTP/1.1\r\n" + host + "\r\n";
  const auto answers = [&](const std::string& text) {
    const std::string said = client.raw(text);
    std::size_t count = 0;
    for (std::size_t at = 0; (at = said.find("HTTP/1.1 200", at)) != std::string::npos; ++at) ++count;
    return count;
  };
  const std::string post = "POST /api/v1/session HTTP/1.1\r\n" + host + "Content-Type: application/json\r\n";
  for (const std::string& lines :
       {std::string("Content-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        std::string("Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n"),
        "Content-Length: 0\r\nContent-Length: " + std::to_string(inner.size()) + "\r\n\r\n",
        std::string("Transfer-Encoding: xchunked\r\n\r\n"),
        std::string("Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n"),
        std::string("Content-Length: +0\r\n\r\n"), std::string("Content-Length: 0x0\r\n\r\n"),
        std::string("X: a\r\n Content-Length: 9\r\n\r\n")})
    CHECK(answers(post + lines + inner) <= 1);
  CHECK(answers("GET /page HTTP/1.1\r\n" + host + "Content-Length: 0\r\nContent-Length: 5\r\n\r\n" + inner) ==
        0);
  CHECK(answers("GET /page HTTP/1.1\r\n" + host + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n" +
                inner) == 0);
  for (const std::string target :
       {"/api/v1/../v1/things", "/api/v1//things", "/api/v1/%2e%2e/things", "//evil.example/page", "/page%00",
        "/page/../page", "http://evil.example/page"})
    CHECK(client.send("GET", target).status != 200);
  CHECK(client.send("GET", "/page").status == 200);
}

TEST_CASE("slow, huge and deep requests end, and others are served on") {
  Office office(impatient());
  const WebClient client = office.client();
  const std::string host = client.host_line();
  const std::string post = "POST /api/v1/session HTTP/1.1\r\n" + host + "Content-Type: application/json\r\n";
  CHECK(client.raw(post + "Content-Length: 100\r\n\r\n{").empty());
  CHECK(client.raw("GET /page HT").empty());
  CHECK(client.raw(post + "Content-Length: 99999999999\r\n\r\n{}").starts_with("HTTP/1.1 413"));
  CHECK(client.raw("GET /page HTTP/1.1\r\nA: " + std::string(40'000, 'a') + "\r\n\r\n")
            .starts_with("HTTP/1.1 431"));
  CHECK(client
            .send("POST", "/api/v1/session",
                  "{\"name\":" + std::string(4000, '[') + std::string(4000, ']') + "}")
            .status == 413);
  CHECK(client.send("GET", "/page").status == 200);
}

TEST_CASE("any address but loopback needs TLS, and a key that others can read is none") {
  const auto start = [](WebOptions web) {
    ApiOptions options;
    options.web = std::move(web);
    const testing::TempDir directory;
    options.socket = directory / "api.sock";
    options.account_of = [](uid_t) { return std::optional<Account>{}; };
    const TestClock clock;
    Loop loop(clock);
    const auto started = ApiServer::start(std::move(options), loop, office_routes());
    return started ? std::optional<ErrorCode>{} : std::optional(started.error().code);
  };
  CHECK(start({"0.0.0.0:0", {}, {}, {}}) == ErrorCode::bad_value);
  CHECK(start({"[::]:0", {}, {}, {}}) == ErrorCode::bad_value);
  CHECK(start({"knoop.example:1", {}, {}, {}}) == ErrorCode::bad_value);
  CHECK(start({"127.0.0.1:99999", {}, {}, {}}) == ErrorCode::bad_value);
  CHECK(start({"127.0.0.1:0", {}, {}, {}}) == std::nullopt);
  const testing::TempDir directory;
  const auto key = directory / "key.pem";
  std::ofstream(key) << "no key";
  std::filesystem::permissions(key, std::filesystem::perms(0644));
  CHECK(start({"0.0.0.0:0", {}, directory / "none.pem", key}) == ErrorCode::forbidden);
  std::filesystem::permissions(key, std::filesystem::perms(0600));
  CHECK(start({"0.0.0.0:0", {}, directory / "none.pem", key}) == ErrorCode::bad_value);
}

}  // namespace
}  // namespace knoop::http
