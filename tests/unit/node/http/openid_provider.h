// An identity provider that answers within the process, and a browser that goes to it and comes back.
#pragma once

#include <mutex>

#include "node/http/openid_sign_in.h"
#include "node/http/target.h"
#include "tests/support/jose_samples.h"
#include "tests/unit/node/http/served_node.h"
#include "tests/unit/node/http/web_client.h"

namespace knoop::http {

/// Whoever goes there is "anna", unless a test says otherwise. Answers from the threads of slow work.
class FakeProvider {
 public:
  static constexpr const char* issuer = "https://login.example";

  [[nodiscard]] static OpenIdOptions options() {
    OpenIdOptions out;
    out.issuer = issuer;
    out.client = "knoop";
    out.name = "Voorbeeld";
    return out;
  }
  [[nodiscard]] std::shared_ptr<OpenId> known(OpenIdOptions with = options()) {
    return std::make_shared<OpenId>(std::move(with),
                                    [this](const ProviderRequest& request) { return answer(request); });
  }

  /// What the next token says besides what is right. Null takes a claim away.
  void say(Json claims) {
    const std::lock_guard lock(mutex_);
    claims_ = std::move(claims);
  }
  void be_down(bool down) {
    const std::lock_guard lock(mutex_);
    down_ = down;
  }
  void asked_with(const std::string& nonce, Timestamp now) {
    const std::lock_guard lock(mutex_);
    nonce_ = nonce;
    now_ = now;
  }
  [[nodiscard]] std::vector<std::string> forms() {
    const std::lock_guard lock(mutex_);
    return forms_;
  }

 private:
  Result<ProviderAnswer> answer(const ProviderRequest& request) {
    const std::lock_guard lock(mutex_);
    if (down_)
      return fail(ErrorCode::io_failed, Side::peer, "the identity provider at login.example gave no answer");
    const std::string base = issuer;
    if (request.to.target == "/.well-known/openid-configuration")
      return ProviderAnswer{200, Json{{"issuer", base},
                                      {"authorization_endpoint", base + "/authorize"},
                                      {"token_endpoint", base + "/token"},
                                      {"jwks_uri", base + "/keys"}}
                                     .dump()};
    if (request.to.target == "/keys") return ProviderAnswer{200, Json{{"keys", {signer_.jwk()}}}.dump()};
    forms_.push_back(request.form);
    if (request.form.find("code=good&") == std::string::npos)
      return ProviderAnswer{400, R"({"error":"invalid_grant"})"};
    const std::int64_t now = now_.ms / 1000;
    Json claims{{"iss", base},     {"aud", "knoop"}, {"sub", "anna"},
                {"nonce", nonce_}, {"iat", now},     {"exp", now + 300}};
    claims.merge_patch(claims_);
    return ProviderAnswer{200, Json{{"id_token", signer_.token(claims)}}.dump()};
  }

  std::mutex mutex_;
  test::JoseSigner signer_{test::JoseSigner::Kind::ec, "e"};
  Json claims_ = Json::object();
  std::string nonce_;
  Timestamp now_;
  bool down_ = false;
  std::vector<std::string> forms_;
};

/// A browser on its way to the provider: what it was sent away with.
struct Away {
  std::string cookie;  ///< "name=value" of the sign-in under way.
  std::map<std::string, std::string> query;
  std::string location;

  [[nodiscard]] std::string back(const std::string& more = "&code=good") const {
    return "/api/v1/session/openid-connect/callback?state=" + query.at("state") + more;
  }
};

inline std::string cookie_of(const WebAnswer& answer, bool of_sign_in) {
  for (const auto& [name, value] : answer.headers)
    if (name == "Set-Cookie" && (value.find("-openid=") != std::string::npos) == of_sign_in)
      return value.substr(0, value.find(';'));
  return "";
}

inline Away away_from(const WebAnswer& answer) {
  REQUIRE(answer.status == 302);
  const std::string location = answer.header("Location");
  return {cookie_of(answer, true), parse_target(location.substr(location.find("/authorize"))).value().query,
          location};
}

}  // namespace knoop::http
