// What an identity provider publishes and answers, read as strictly as everything else from outside: what it is (OpenID Connect
// Discovery 1.0 section 3), with which keys it signs (RFC 7517), and its answer to a code (OpenID Connect Core 1.0 section 3.1.3.3).
//
// JSON of at most `max_provider_bytes` and 16 levels, no name twice. A provider that is taken over can sign whomever it likes in,
// that is what it is for; what it cannot do is make this node fetch from a place that is not https, or use a weak key.
//
// Errors are the provider's (Side::peer), and never repeat what it said.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "crypto/jws_key.h"
#include "node/http/secret_text.h"

namespace knoop::http {

inline constexpr std::size_t max_provider_bytes = 256UL << 10U;

/// Where something is fetched, or a browser is sent.
struct ProviderAddress {
  bool tls = true;
  std::string host;    ///< A name or an address; IPv6 without brackets.
  std::string port;    ///< Digits.
  std::string target;  ///< Path and query.
  std::string text;    ///< As it was written.
  [[nodiscard]] bool loopback() const;
  /// "login.example", "login.example:8443".
  [[nodiscard]] std::string authority() const;
};
/// https only; http for this machine alone. No user, no fragment. bad_value (user).
[[nodiscard]] Result<ProviderAddress> parse_provider_address(std::string_view text);

struct ProviderMetadata {
  std::string issuer;
  ProviderAddress authorization;
  ProviderAddress token;
  ProviderAddress keys;
  bool names_itself = false;    ///< Its redirects carry `iss` (RFC 9207), so one without is forged.
  bool secret_in_body = false;  ///< It does not take the client's secret as HTTP Basic.
};
/// `issuer` must be what the document says of itself, byte for byte.
[[nodiscard]] Result<ProviderMetadata> read_provider_metadata(std::string_view text,
                                                              const std::string& issuer);

struct ProviderKey {
  std::string id;  ///< Empty: it has none.
  JwsKey key;
};
using ProviderKeys = std::vector<ProviderKey>;
/// Those that can sign for us (RSA, P-256; for signatures); others are left out. Two of one id, a private key or none at all are
/// refused: which key signs must not be a matter of order.
[[nodiscard]] Result<ProviderKeys> read_provider_keys(std::string_view text);

/// The ID token of a token answer; the access token is not kept.
[[nodiscard]] Result<SecretText> read_token_answer(std::string_view text);

}  // namespace knoop::http
