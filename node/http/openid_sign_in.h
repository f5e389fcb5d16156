// Signing in at the organisation's identity provider (OpenID Connect Core 1.0, authorization code with PKCE and S256).
//
//   start     the browser comes here, gets a cookie and is sent to the provider, with state, nonce and challenge of this sign-in
//   callback  it comes back with a code; the node redeems that with the provider, verifies the ID token, and begins a session for
//             the account of this issuer and subject
//
// A sign-in under way is kept in memory for ten minutes and counts once. It is found by its state and bound to the browser by the
// cookie (SameSite=Lax, since it must come along when the provider sends the browser back): somebody else's code or state in
// a link signs nobody in (RFC 6819 section 4.4.1.8). At most `most` are under way; the oldest goes. A stranger who begins thousands
// can so end those of others, and sees nothing; passwords work on.
//
// The provider may be down, slow, wrong or somebody else's: the person gets a page that says so, and nothing changes. A
// redirect of another issuer is refused (RFC 9207), and so is what openid_token.h refuses. Nobody gets an account here: an unknown
// subject is refused and logged, with the subject, which an administrator needs to make one.
//
// The second factor: with the setting openid.acr one of its words must stand in the token's `acr` or `amr`, and then that was it. Else
// the account's own code is asked for, as with a password: what a provider asked for is not known then.
//
// Core thread only, but for what Slow does beside it.
#pragma once

#include "node/http/openid_exchange.h"
#include "node/http/router.h"

namespace knoop::http {

using OpenIdState = Secret<struct OpenIdStateTag, 32>;

class OpenId {
 public:
  static constexpr Milliseconds longest{10 * 60'000};
  static constexpr std::size_t most = 4096;
  /// After that the provider is asked anew what it is.
  static constexpr Milliseconds fresh{3'600'000};
  /// So long nobody asks a provider again that gave no answer.
  static constexpr Milliseconds pause{5'000};

  explicit OpenId(OpenIdOptions options, OpenIdExchange::Ask ask = {})
      : exchange_(std::make_shared<const OpenIdExchange>(std::move(options), std::move(ask))) {}

  [[nodiscard]] const std::string& issuer() const { return exchange_->options().issuer; }
  [[nodiscard]] const std::string& name() const { return exchange_->options().name; }

  /// `self` is this object, for what comes after slow work.
  [[nodiscard]] static Result<Reply> start(const std::shared_ptr<OpenId>& self, Context& context,
                                           const Request& request);
  [[nodiscard]] static Result<Reply> callback(const std::shared_ptr<OpenId>& self, Context& context,
                                              const Request& request);

 private:
  struct Waiting {
    Hash256 browser;  ///< Of its binding.
    OpenIdNonce nonce;
    PkceVerifier verifier;
    std::string redirect;
    Timestamp began;
    std::shared_ptr<const KnownProvider> provider;
  };

  [[nodiscard]] Reply send_off(Context& context, const std::string& origin);
  /// Ends it: it counts once.
  [[nodiscard]] std::optional<Waiting> take(const Request& request, Timestamp now);
  [[nodiscard]] Result<Reply> finish(Node& node, Context& context, const Result<IdToken>& token) const;
  void remember(const OpenIdState& state, Waiting waiting);

  std::shared_ptr<const OpenIdExchange> exchange_;
  std::shared_ptr<const KnownProvider> provider_;
  std::optional<Timestamp> failed_;
  std::map<Hash256, Waiting> waiting_;  ///< By hash of the state.
};

}  // namespace knoop::http
