// An ID token (OpenID Connect Core 1.0 section 2): who the identity provider says that somebody is. Here it is decided whether to
// believe that: signature first, by the key that its header names and by that key's own algorithm; then, as section 3.1.3.7 asks,
// who says it, for whom, when, and as an answer to which question of ours.
//
// A hostile token is refused: "alg": "none", HS256 with the public key as its secret, a key in its own header, an unknown or critical
// header, a token for another client or of another issuer, one that is too old or of the future, another nonce, JSON that is deep,
// long or names a field twice. Errors say which rule, never what stood there; not_found: a key that is not known, so the keys may be
// looked up once more.
#pragma once

#include "crypto/base/time.h"
#include "node/http/openid_documents.h"

namespace knoop::http {

struct IdTokenWanted {
  std::string issuer;
  std::string client;
  std::string nonce;
  Timestamp now;
};

struct IdToken {
  std::string subject;
  std::string acr;               ///< How it was established who it is; empty: not said.
  std::vector<std::string> amr;  ///< With what.
};

/// Clocks differ by so much at most.
inline constexpr Milliseconds id_token_leeway{60'000};
/// A token is of the sign-in that asked for it, and that takes no longer.
inline constexpr Milliseconds id_token_oldest{10 * 60'000};

[[nodiscard]] Result<IdToken> verify_id_token(ByteView token, const ProviderKeys& keys,
                                              const IdTokenWanted& wanted);

}  // namespace knoop::http
