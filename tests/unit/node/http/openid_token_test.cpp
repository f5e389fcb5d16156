#include "node/http/openid_token.h"

#include "tests/support/jose_samples.h"
#include "tests/support/membership_samples.h"

namespace knoop::http {
namespace {

using nlohmann::json;
using test::JoseSigner;

struct Provider {
  JoseSigner rsa{JoseSigner::Kind::rsa, "r"};
  JoseSigner ec{JoseSigner::Kind::ec, "e"};
  ProviderKeys keys = read_provider_keys(json{{"keys", {rsa.jwk(), ec.jwk()}}}.dump()).value();
  Timestamp now = test::at("2026-11-02T08:00:00Z");
  IdTokenWanted wanted{"https://login.example", "knoop", "vraag", now};

  [[nodiscard]] json claims() const {
    const std::int64_t seconds = now.ms / 1000;
    return {{"iss", "https://login.example"},
            {"aud", "knoop"},
            {"sub", "anna"},
            {"nonce", "vraag"},
            {"iat", seconds},
            {"exp", seconds + 300}};
  }
  [[nodiscard]] json with(const json& more) const {
    json out = claims();
    out.update(more);
    return out;
  }
  [[nodiscard]] json without(const std::string& name) const {
    json out = claims();
    out.erase(name);
    return out;
  }
  [[nodiscard]] Result<IdToken> verify(const std::string& token) const {
    return verify_id_token(view(token), keys, wanted);
  }
  [[nodiscard]] std::string refusal(const std::string& token) const {
    const auto verified = verify(token);
    if (verified) return "believed";
    CHECK(verified.error().side == Side::peer);
    CHECK(verified.error().sentence.find("anna") == std::string::npos);
    return verified.error().code == ErrorCode::not_found
               ? "unknown key"
               : verified.error().sentence.substr(verified.error().sentence.find(": ") + 2);
  }
};

TEST_CASE("a token of the provider says who it is and how that was established") {
  const Provider provider;
  for (const JoseSigner* const signer : {&provider.rsa, &provider.ec}) {
    const IdToken token =
        provider.verify(signer->token(provider.with({{"acr", "hoog"}, {"amr", {"pwd", "otp", 7}}}))).value();
    CHECK(token.subject == "anna");
    CHECK(token.acr == "hoog");
    CHECK(token.amr == std::vector<std::string>{"pwd", "otp"});
  }
  CHECK(provider.verify(provider.rsa.token(provider.with({{"aud", {"knoop"}}}))));
  CHECK(provider.verify(provider.rsa.token(provider.with({{"aud", {"a", "knoop"}}, {"azp", "knoop"}}))));
}

TEST_CASE("a token for somebody else, of another time or question is not believed") {
  const Provider provider;
  const auto with = [&](const json& more) {
    return provider.refusal(provider.rsa.token(provider.with(more)));
  };
  const auto without = [&](const char* name) {
    return provider.refusal(provider.rsa.token(provider.without(name)));
  };
  const std::int64_t now = provider.now.ms / 1000;
  CHECK(with({{"iss", "https://login.example/"}}) == "another provider made it");
  CHECK(with({{"iss", 7}}) == "another provider made it");
  CHECK(with({{"aud", "another"}}) == "it is for another program");
  CHECK(with({{"aud", {"another", 7}}}) == "it is for another program");
  CHECK(with({{"aud", {"knoop", "another"}}}) == "it is for several programs, and does not say which asked");
  CHECK(with({{"azp", "another"}}) == "it was asked by another program");
  CHECK(with({{"aud", 7}}) == "it does not say for whom it is");
  CHECK(without("aud") == "it is for nobody");
  CHECK(with({{"exp", now - 59}}) == "believed");
  CHECK(with({{"exp", now - 60}}) == "it has ended");
  CHECK(with({{"iat", now + 60}}) == "believed");
  CHECK(with({{"iat", now + 61}}) == "it was made in the future; compare the clocks");
  CHECK(with({{"iat", now - 660}}) == "believed");
  CHECK(with({{"iat", now - 661}}) == "it is of an earlier sign-in");
  CHECK(with({{"nbf", now + 61}}) == "it does not count yet");
  for (const json& none : {json("soon"), json(-1), json(1e300), json(nullptr)}) {
    CHECK(with({{"exp", none}}) == "it does not say when it was made and when it ends");
    CHECK(with({{"iat", none}}) == "it does not say when it was made and when it ends");
  }
  CHECK(with({{"nonce", "andere"}}) == "it answers another question");
  CHECK(without("nonce") == "it answers another question");
  CHECK(without("sub") == "it does not say who it is");
  for (const json& none : {json(""), json(7), json("a\nb"), json(std::string(256, 'a'))})
    CHECK(with({{"sub", none}}) == "it does not say who it is");
}

TEST_CASE(
    "a signature counts by a published key, by that key's own algorithm, and by nothing that the token "
    "says") {
  const Provider provider;
  const JoseSigner stranger(JoseSigner::Kind::rsa, "r");
  const std::string claims = provider.claims().dump();
  const auto headed = [&](const json& header, const JoseSigner& signer) {
    return provider.refusal(signer.token(header, claims));
  };
  CHECK(headed({{"alg", "RS256"}}, provider.rsa) == "believed");  // one key of its kind
  CHECK(headed({{"alg", "RS256"}, {"kid", "r"}, {"typ", "jwt"}}, provider.rsa) == "believed");
  CHECK(headed({{"alg", "RS256"}, {"kid", "r"}}, stranger) == "its signature is wrong");
  CHECK(headed({{"alg", "RS256"}, {"kid", "r"}, {"jwk", stranger.jwk()}}, stranger) ==
        "its signature is wrong");
  CHECK(headed({{"alg", "RS256"}, {"kid", "e"}}, provider.rsa) == "unknown key");
  CHECK(headed({{"alg", "RS256"}, {"kid", "x"}}, provider.rsa) == "unknown key");
  CHECK(headed({{"alg", "ES256"}, {"kid", "r"}}, provider.rsa) == "unknown key");
  CHECK(headed({{"alg", "RS256"}, {"kid", 7}}, provider.rsa) == "the name of its key is no text");
  for (const char* const name : {"none", "HS256", "RS384", "rs256", ""})
    CHECK(headed({{"alg", name}, {"kid", "r"}}, provider.rsa) == "it is not signed with RS256 or ES256");
  CHECK(headed({{"kid", "r"}}, provider.rsa) == "it is not signed with RS256 or ES256");
  CHECK(headed({{"alg", "RS256"}, {"crit", {"exp"}}}, provider.rsa) ==
        "its header asks for what is not known here");
  CHECK(headed({{"alg", "RS256"}, {"b64", false}}, provider.rsa) ==
        "its header asks for what is not known here");
  CHECK(headed({{"alg", "RS256"}, {"typ", "at+jwt"}}, provider.rsa) == "it is another kind of token");

  const std::string good = provider.rsa.token(provider.claims());
  const std::string none = to_base64url(view(R"({"alg":"none"})")) + "." + to_base64url(view(claims)) + ".";
  CHECK(provider.refusal(none) == "it is not signed with RS256 or ES256");
  CHECK(provider.refusal(good.substr(0, good.rfind('.') + 1)) == "its signature is wrong");
  CHECK(provider.refusal(good + "=") == "its signature is wrong");
  for (const std::string& text :
       {std::string(), std::string("."), std::string("a.b"), good + ".x", "." + good})
    CHECK(provider.refusal(text) != "believed");
}

TEST_CASE("a token that names a field twice, nests deep or is no JSON is not believed") {
  const Provider provider;
  std::string twice = provider.claims().dump();
  twice.insert(1, R"("sub":"eva",)");
  const std::string deep = R"({"a":)" + std::string(3000, '[') + std::string(3000, ']') + "}";
  for (const std::string& claims :
       {twice, deep, std::string("[]"), std::string("{"), std::string("\xff\xfe")})
    CHECK(provider.refusal(provider.rsa.token(provider.rsa.header(), claims)) ==
          "a part of it is not one JSON object, nests too deep, or names a field twice");
}

}  // namespace
}  // namespace knoop::http
