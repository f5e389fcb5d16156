// Signing in at an identity provider, through the web listener: what the person, a thief and a hostile page can do with it. A real
// provider and a lying one: tests/oidc.
#include "node/http/openid_sign_in.h"

#include "crypto/hash.h"
#include "node/core/sign_in.h"
#include "node/http/api_routes.h"
#include "tests/unit/node/http/authenticator.h"
#include "tests/unit/node/http/openid_provider.h"

namespace knoop::http {
namespace {

const std::string begin = "/api/v1/session/openid-connect";

class House {
 public:
  explicit House(OpenIdOptions options = FakeProvider::options())
      : served_(routes(provider, std::move(options)), with_web(), {}, services()) {
    REQUIRE(served_
                .call("POST", "/api/v1/accounts",
                      R"({"name":"a.devries","role":"professional","subject":"anna"})")
                .status == 201);
  }
  static Router routes(FakeProvider& provider, OpenIdOptions options) {
    Router router;
    const auto openid = provider.known(std::move(options));
    add_session_routes(router);
    add_openid_routes(router, openid);
    add_account_routes(router, openid->issuer());
    router.get("/api/v1/things", {Role::professional}, {},
               [](Node&, Context&, const Request&) -> Result<Reply> {
                 return Reply{200, Json::object()};
               });
    return router;
  }
  static ApiOptions with_web() {
    ApiOptions options;
    options.web = WebOptions{"127.0.0.1:0", {"knoop.example"}, {}, {}};
    options.cookie = "knoop-00000000";
    return options;
  }
  static std::vector<std::unique_ptr<Service>> services() {
    std::vector<std::unique_ptr<Service>> out;
    out.push_back(std::make_unique<SignInService>());
    return out;
  }
  [[nodiscard]] WebClient client() const { return WebClient(served_.web_port()); }
  [[nodiscard]] Away leave() {
    Away away = away_from(client().send("GET", begin));
    provider.asked_with(away.query.at("nonce"), served_.clock().now());
    return away;
  }
  [[nodiscard]] WebAnswer come_back(const Away& away, const std::string& more = "&code=good") const {
    WebClient browser = client();
    browser.cookie = away.cookie;
    return browser.send("GET", away.back(more), "", {"Sec-Fetch-Site: cross-site"});
  }
  /// With the session of an answer that began one, and its CSRF token.
  [[nodiscard]] WebClient with_session(const WebAnswer& answer) const {
    WebClient out = client();
    out.cookie = cookie_of(answer, false);
    const WebAnswer shown = out.send("GET", "/api/v1/session");
    if (shown.status == 200) out.csrf = shown.json().at("csrfToken");
    return out;
  }
  [[nodiscard]] WebClient signed_in() { return with_session(come_back(leave())); }
  ServedNode& served() { return served_; }

  FakeProvider provider;

 private:
  ServedNode served_;
};

std::string second_factor(const WebClient& who) {
  return who.send("GET", "/api/v1/session").json().at("secondFactor");
}

TEST_CASE(
    "the browser is sent away with state, nonce and challenge, new each time, and with nothing that redeems "
    "the code") {
  House house;
  const Away away = house.leave();
  CHECK(away.location.starts_with("https://login.example/authorize?response_type=code&scope=openid&"));
  CHECK(away.query.at("client_id") == "knoop");
  CHECK(away.query.at("code_challenge_method") == "S256");
  CHECK(away.query.at("redirect_uri") ==
        "http://127.0.0.1:" + std::to_string(house.served().web_port()) + begin + "/callback");
  for (const char* const name : {"state", "nonce", "code_challenge"}) CHECK(away.query.at(name).size() == 43);
  CHECK_FALSE(away.query.contains("acr_values"));
  const Away other = house.leave();
  for (const char* const name : {"state", "nonce", "code_challenge"})
    CHECK(away.query.at(name) != other.query.at(name));
  CHECK(away.cookie != other.cookie);

  const WebAnswer sent = house.client().send("GET", begin);
  const std::string set = sent.header("Set-Cookie");
  for (const std::string flag :
       {"; HttpOnly", "; Secure", "; SameSite=Lax", "; Max-Age=600", "; Path=/api/v1/session/openid-connect"})
    CHECK(set.find(flag) != std::string::npos);
  WebClient proxied = house.client();
  proxied.host = "knoop.example";
  CHECK(away_from(proxied.send("GET", begin)).query.at("redirect_uri") ==
        "https://knoop.example" + begin + "/callback");

  CHECK(house.come_back(away).status == 401);  // the nonce is that of the last
  house.provider.asked_with(other.query.at("nonce"), house.served().clock().now());
  CHECK(house.come_back(other).status == 200);
  const std::string form = house.provider.forms().back();
  const std::size_t at = form.find("code_verifier=") + 14;
  CHECK(to_base64url(sha256(view(form.substr(at, 43))).view()) == other.query.at("code_challenge"));
}

TEST_CASE("who is vouched for has the account's role, once the own second factor was set up or given") {
  House house;
  const WebAnswer answer = house.come_back(house.leave());
  REQUIRE(answer.status == 200);
  CHECK(answer.body.find("http-equiv=\"refresh\"") != std::string::npos);
  CHECK(answer.header("Content-Security-Policy").starts_with("default-src 'none'; style-src 'self'"));
  WebClient anna = house.with_session(answer);
  CHECK(second_factor(anna) == "needed");
  CHECK(anna.send("GET", "/api/v1/things").code() == "second-factor-needed");
  const std::string secret = anna.send("POST", "/api/v1/session/second-factor", "{}").json().at("secret");
  const auto code = [&] { return Json{{"code", shown_code(secret, house.served().clock().now())}}.dump(); };
  REQUIRE(anna.send("POST", "/api/v1/session/second-factor/confirm", code()).status == 200);
  CHECK(anna.send("GET", "/api/v1/things").status == 200);
  CHECK(anna.send("POST", "/api/v1/session/second-factor/check", code()).status == 409);

  WebClient again = house.signed_in();
  CHECK(second_factor(again) == "asked");
  CHECK(again.send("GET", "/api/v1/things").code() == "second-factor-needed");
  CHECK(again.send("POST", "/api/v1/session/second-factor", "{}").status == 409);
  CHECK(again.send("POST", "/api/v1/session/second-factor/confirm", code()).status == 409);
  CHECK(again.send("POST", "/api/v1/session/second-factor/check", code()).code() ==
        "sign-in-refused");  // used
  house.served().clock().advance(Milliseconds{30'000});
  CHECK(again.send("POST", "/api/v1/session/second-factor/check", code()).status == 200);
  CHECK(again.send("GET", "/api/v1/things").status == 200);

  // Guessing is slowed down, and does not end a sign-in with a password; nor do guesses of passwords slow this down.
  WebClient thief = house.signed_in();
  const std::string guess = R"({"code":"000000"})";
  for (int i = 0; i < 4; ++i)
    CHECK(thief.send("POST", "/api/v1/session/second-factor/check", guess).status == 401);
  CHECK(thief.send("POST", "/api/v1/session/second-factor/check", guess).status == 429);
  CHECK(thief.send("GET", "/api/v1/things").status == 401);
}

TEST_CASE(
    "a sign-in counts once, in its own browser, for ten minutes, and gives a session that nobody chose") {
  House house;
  const Away away = house.leave();
  WebClient other = house.client();
  CHECK(other.send("GET", away.back()).status == 400);  // no cookie at all
  const Away theirs = house.leave();
  other.cookie = theirs.cookie;
  CHECK(other.send("GET", away.back()).status == 400);
  other.cookie = away.cookie + "; " + away.cookie;
  CHECK(other.send("GET", away.back()).status == 400);
  // None of this ended it.
  house.provider.asked_with(away.query.at("nonce"), house.served().clock().now());
  WebClient browser = house.client();
  browser.cookie = away.cookie + "; knoop-00000000=" + std::string(64, 'a');  // what a thief put there before
  const WebAnswer first = browser.send("GET", away.back());
  REQUIRE(first.status == 200);
  CHECK(cookie_of(first, false).find(std::string(64, 'a')) == std::string::npos);
  CHECK(cookie_of(first, true).ends_with("-openid="));
  CHECK(browser.send("GET", away.back()).status == 400);

  const Away late = house.leave();
  house.served().clock().advance(OpenId::longest + Milliseconds{1});
  CHECK(house.come_back(late).status == 400);
  const Away wrong = house.leave();
  CHECK(house.come_back(wrong, "&code=bad").status == 401);
  CHECK(house.come_back(wrong).status == 400);
  for (const std::string more : {"", "&error=access_denied", "&code=good&error=x"})
    CHECK(house.come_back(house.leave(), more).status == 401);
  CHECK(house.come_back(house.leave(), "&code=good&iss=https%3A%2F%2Fother.example").status == 400);
  CHECK(house.come_back(house.leave(), "&code=good&iss=https%3A%2F%2Flogin.example&session_state=x").status ==
        200);
  CHECK(house.client().send("GET", begin + "/callback?code=good").status == 400);
  CHECK(house.come_back(house.leave(), "&code=" + std::string(5000, 'x')).status >= 400);
}

TEST_CASE("an unknown or switched-off person gets in nowhere, and the log says who was refused") {
  House house;
  house.provider.say({{"sub", "<i>berend"}});
  const WebAnswer unknown = house.come_back(house.leave());
  CHECK(unknown.status == 403);
  CHECK(cookie_of(unknown, false).empty());
  CHECK(unknown.body.find("<i>") == std::string::npos);
  CHECK(unknown.body.find("&lt;i&gt;berend") != std::string::npos);
  // An account's name is no subject, and a subject of another issuer is somebody else.
  house.provider.say({{"sub", "a.devries"}});
  CHECK(house.come_back(house.leave()).status == 403);
  house.provider.say({{"iss", "https://other.example"}});
  CHECK(house.come_back(house.leave()).status == 401);
  house.provider.say(Json::object());
  const WebClient anna = house.signed_in();
  CHECK(anna.send("GET", "/api/v1/session").status == 200);
  CHECK(house.served().call("POST", "/api/v1/accounts/a.devries/disable", "{}").status == 200);
  CHECK(anna.send("GET", "/api/v1/session").status == 401);
  CHECK(house.come_back(house.leave()).status == 403);
  house.served().stop();
  const auto events = house.served().events();
  CHECK(std::ranges::count(events, "user.log-in-refused  no account") == 3);
  CHECK(std::ranges::count(events, "user.log-in-refused  account a.devries") == 1);
}

TEST_CASE(
    "with openid.acr the provider's second factor is the second factor, and without it nobody gets in") {
  OpenIdOptions options = FakeProvider::options();
  options.acr = {"hoog", "mfa"};
  House house(std::move(options));
  CHECK(house.leave().query.at("acr_values") == "hoog mfa");
  for (const Json& said :
       {Json::object(), Json{{"acr", "laag"}}, Json{{"amr", {"pwd"}}}, Json{{"acr", "hoog mfa"}}}) {
    house.provider.say(said);
    CHECK(house.come_back(house.leave()).status == 401);
  }
  for (const Json& said : {Json{{"acr", "hoog"}}, Json{{"acr", nullptr}, {"amr", {"pwd", "mfa"}}}}) {
    house.provider.say(said);
    const WebClient anna = house.signed_in();
    CHECK(second_factor(anna) == "set");
    CHECK(anna.send("GET", "/api/v1/things").status == 200);
  }
}

TEST_CASE("a provider that is down is told to the person, and asked again a little later") {
  House house;
  house.provider.be_down(true);
  const WebAnswer down = house.client().send("GET", begin);
  CHECK(down.status == 503);
  CHECK(down.header("Content-Type").starts_with("text/html"));
  house.provider.be_down(false);
  CHECK(house.client().send("GET", begin).status == 503);
  house.served().clock().advance(OpenId::pause);
  const Away away = house.leave();
  house.provider.be_down(true);
  CHECK(house.come_back(away).status == 503);
  house.provider.be_down(false);
  CHECK(house.signed_in().send("GET", "/api/v1/session").status == 200);
}

TEST_CASE("without an identity provider there is no such way in, and no account for its people") {
  Router router;
  add_openid_routes(router, nullptr);
  add_account_routes(router);
  const ServedNode served(std::move(router), House::with_web(), {}, House::services());
  const WebClient client(served.web_port());
  CHECK(client.send("GET", "/api/v1/sign-in-ways").json() ==
        Json{{"organisation", nullptr}, {"password", true}, {"openIdConnect", nullptr}});
  CHECK(client.send("GET", begin).status == 404);
  CHECK(client.send("GET", begin + "/callback?code=x&state=y").status == 404);
  CHECK(served.call("POST", "/api/v1/accounts", R"({"name":"x","role":"monitor","subject":"s"})").status ==
        400);
}

}  // namespace
}  // namespace knoop::http
