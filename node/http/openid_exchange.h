// What this node asks of the organisation's identity provider: what it is, with which keys it signs, and who the person is whose
// browser brought a code (OpenID Connect Core 1.0 section 3.1.3). All of it slow: on threads for that, never on the core thread.
#pragma once

#include <functional>
#include <memory>

#include "node/http/openid_token.h"
#include "node/http/provider_client.h"

namespace knoop::http {

/// As the settings have it.
struct OpenIdOptions {
  std::string issuer;
  std::string client;
  std::shared_ptr<const SecretText> secret;  ///< Null: a public client.
  std::string name;                          ///< What people call the provider.
  std::vector<std::string> acr;  ///< One of these must be said of a sign-in; empty: nothing need be.
  std::string trust;             ///< PEM of the authorities that count; empty: those of the system.
};
/// Reads what the settings name. bad_value, forbidden (the secret can be read by others) or io_failed (all user).
[[nodiscard]] Result<OpenIdOptions> read_openid_options(OpenIdOptions plain, const std::string& secret_file,
                                                        const std::string& trust_file);

/// Signing in there, for ApiOptions::openid (openid_sign_in.h). Nobody is asked anything yet.
[[nodiscard]] std::shared_ptr<class OpenId> make_openid(OpenIdOptions options);

/// What the provider said of itself, and when.
struct KnownProvider {
  ProviderMetadata metadata;
  ProviderKeys keys;
  Timestamp since;
};

using OpenIdNonce = Secret<struct OpenIdNonceTag, 32>;
/// The verifier of PKCE (RFC 7636): proof that who brings the code is who asked for it.
using PkceVerifier = Secret<struct PkceVerifierTag, 32>;

class OpenIdExchange {
 public:
  using Ask = std::function<Result<ProviderAnswer>(const ProviderRequest&)>;
  /// `ask` is ProviderClient's, or a test's.
  explicit OpenIdExchange(OpenIdOptions options, Ask ask = {})
      : options_(std::move(options)), ask_(std::move(ask)) {
    if (!ask_)
      ask_ = [client = ProviderClient(options_.trust)](const ProviderRequest& request) {
        return client.ask(request);
      };
  }

  [[nodiscard]] const OpenIdOptions& options() const { return options_; }
  [[nodiscard]] Result<std::shared_ptr<const KnownProvider>> learn(Timestamp now) const;

  struct Question {
    std::shared_ptr<const KnownProvider> provider;
    OpenIdNonce nonce;
    PkceVerifier verifier;
    std::string redirect;
    Timestamp now;
  };
  /// sign_in_refused when the provider does not take the code, or its token is not believed; others when it gives no answer.
  [[nodiscard]] Result<IdToken> redeem(const Question& question, ByteView code) const;

 private:
  [[nodiscard]] Result<std::string> get(const ProviderAddress& address) const;
  [[nodiscard]] Result<ProviderKeys> fetch_keys(const ProviderMetadata& metadata) const;
  [[nodiscard]] ProviderRequest token_request(const Question& question, ByteView code) const;

  OpenIdOptions options_;
  Ask ask_;
};

}  // namespace knoop::http
