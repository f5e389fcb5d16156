#include "node/http/openid_documents.h"

#include "tests/support/jose_samples.h"

namespace knoop::http {
namespace {

using nlohmann::json;
using test::JoseSigner;

json discovery() {
  return {{"issuer", "https://login.example"},
          {"authorization_endpoint", "https://login.example/authorize?tenant=a"},
          {"token_endpoint", "https://api.login.example:8443/token"},
          {"jwks_uri", "https://login.example/keys"},
          {"more", {{"of", "this"}}}};
}
json with(json document, const json& more) {
  document.update(more);
  return document;
}
bool good(const json& document, const std::string& issuer = "https://login.example") {
  const auto read = read_provider_metadata(document.dump(), issuer);
  if (!read) CHECK(read.error().side == Side::peer);
  return read.has_value();
}

TEST_CASE("what a provider says of itself is read, and only what leads to https") {
  const auto read = read_provider_metadata(discovery().dump(), "https://login.example").value();
  CHECK(read.authorization.text == "https://login.example/authorize?tenant=a");
  CHECK(read.token.host == "api.login.example");
  CHECK(read.token.port == "8443");
  CHECK(read.token.authority() == "api.login.example:8443");
  CHECK(read.keys.target == "/keys");
  CHECK_FALSE(read.names_itself);
  CHECK_FALSE(read.secret_in_body);
  CHECK(read_provider_metadata(
            with(discovery(), {{"token_endpoint_auth_methods_supported", {"client_secret_post"}},
                               {"authorization_response_iss_parameter_supported", true}})
                .dump(),
            "https://login.example")
            .value()
            .secret_in_body);
  CHECK_FALSE(good(discovery(), "https://login.example/"));
  CHECK_FALSE(good(with(discovery(), {{"issuer", 7}})));
  for (const char* const name : {"authorization_endpoint", "token_endpoint", "jwks_uri"}) {
    json without = discovery();
    without.erase(name);
    CHECK_FALSE(good(without));
    for (const json& place :
         {json("http://login.example/x"), json("http://127.0.0.1/x"), json("file:///etc/passwd"), json(7),
          json("https://user@login.example/"), json("https://login.example/#x")})
      CHECK_FALSE(good(with(discovery(), {{name, place}})));
  }
  CHECK_FALSE(good(with(discovery(), {{"response_types_supported", {"token"}}})));
  CHECK_FALSE(good(with(discovery(), {{"code_challenge_methods_supported", {"plain"}}})));
  std::string twice = discovery().dump();
  twice.insert(1, R"("issuer":"https://evil.example",)");
  CHECK_FALSE(read_provider_metadata(twice, "https://login.example"));
  CHECK_FALSE(read_provider_metadata(std::string(max_provider_bytes + 1, ' '), "https://login.example"));
  CHECK_FALSE(read_provider_metadata("[]", "https://login.example"));
}

TEST_CASE("addresses of a provider: https, or http on this machine") {
  for (const char* const text : {"https://login.example", "https://a.b:8443/x?y=z", "http://127.0.0.1:1/",
                                 "http://localhost/a", "http://[::1]:80/", "https://10.0.0.1/"})
    CHECK(parse_provider_address(text));
  CHECK(parse_provider_address("https://login.example").value().target == "/");
  CHECK(parse_provider_address("https://login.example?a=b").value().target == "/?a=b");
  CHECK(parse_provider_address("http://[::1]:81/").value().authority() == "[::1]:81");
  for (const char* const text :
       {"", "https://", "https:///x", "http://login.example/", "http://127.0.0.1.evil.example/",
        "http://127.0.0.1@evil.example/", "ftp://a/", "https://a:0/", "https://a:99999/", "https://a:/",
        "https://a:1x/", "https://a b/", "https://a/\r\nX: y", "https://a/#b", "https://[::2]/",
        "https://a/\"x", "javascript:alert(1)"})
    CHECK_FALSE(parse_provider_address(text));
}

TEST_CASE("keys: what signs for us is kept, what is ambiguous or secret refuses all of them") {
  const JoseSigner rsa(JoseSigner::Kind::rsa, "r");
  const JoseSigner ec(JoseSigner::Kind::ec, "e");
  const auto read = [](const json& keys) { return read_provider_keys(json{{"keys", keys}}.dump()); };
  CHECK(read({rsa.jwk(), ec.jwk()}).value().size() == 2);
  const json other = with(rsa.jwk(), {{"kid", "x"}});
  CHECK(read({rsa.jwk(), with(other, {{"use", "enc"}})}).value().size() == 1);
  CHECK(read({rsa.jwk(), with(other, {{"alg", "RS512"}})}).value().size() == 1);
  CHECK(read({rsa.jwk(), with(other, {{"alg", "ES256"}})}).value().size() == 1);
  CHECK(read({rsa.jwk(), {{"kty", "oct"}, {"k", "AAAA"}}, {{"kty", "OKP"}, {"crv", "Ed25519"}}})
            .value()
            .size() == 1);
  CHECK_FALSE(read(json::array()));
  CHECK_FALSE(read({rsa.jwk(), with(ec.jwk(), {{"kid", "r"}})}));
  CHECK_FALSE(read({rsa.jwk(), with(other, {{"d", "AQAB"}})}));
  CHECK_FALSE(read({rsa.jwk(), 7}));
  CHECK_FALSE(read({with(rsa.jwk(), {{"e", "AA"}})}));
  CHECK_FALSE(read({with(rsa.jwk(), {{"n", "AQAB"}})}));
  CHECK_FALSE(read({with(ec.jwk(), {{"y", ec.jwk().at("x")}})}));
  CHECK_FALSE(read(json::array_t(65, rsa.jwk())));
  CHECK_FALSE(read_provider_keys("{}"));
}

TEST_CASE("of a token answer the ID token is kept and nothing else") {
  CHECK(text_view(read_token_answer(R"({"access_token":"a","id_token":"h.p.s"})").value().expose()) ==
        "h.p.s");
  for (const char* const text :
       {"", "{}", R"({"id_token":7})", R"({"id_token":""})", R"({"id_token":"a","id_token":"b"})", "<html>"})
    CHECK_FALSE(read_token_answer(text));
  CHECK_FALSE(read_token_answer(R"({"id_token":")" + std::string(40'000, 'a') + "\"}"));
}

}  // namespace
}  // namespace knoop::http
