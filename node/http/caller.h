// Who sent a request, as far as the request itself tells. What it is worth the gate decides (gate.h).
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

#include "node/core/membership.h"
#include "node/core/sessions.h"

namespace knoop::http {

/// Ties a sign-in at the identity provider to the browser that began it.
using SignInBinding = Secret<struct SignInBindingTag, 32>;

struct Caller {
  /// The Unix user that the kernel names at the other end of the unix socket; nothing for a web listener.
  std::optional<uid_t> uid;
  std::optional<std::string> as;         ///< "X-Knoop-As".
  std::optional<SessionToken> token;     ///< Of the session's cookie.
  std::optional<std::string> csrf;       ///< "X-CSRF-Token".
  std::optional<SignInBinding> binding;  ///< Of the cookie of a sign-in under way.
  std::string origin;                    ///< Scheme and host of ours, as the browser knows them.
  std::optional<Bytes> key;              ///< "Authorization: Bearer".
  bool host_known = false;               ///< The Host is one of the listener's own names.
  bool foreign = false;                  ///< A page of another site made the browser send this.
  bool reads = false;                    ///< GET.
};

/// The name of the session's cookie. With the node's id in it: cookies ignore ports, and a browser may know several
/// nodes of one machine.
[[nodiscard]] std::string cookie_name(const Membership& membership);
/// The name of the cookie of a sign-in at the identity provider, beside that of the session.
[[nodiscard]] std::string binding_cookie_name(std::string_view session_cookie);
/// The value of this cookie; nothing when it is absent, or there twice (somebody else may have set the other).
[[nodiscard]] std::optional<std::string> cookie_value(std::string_view header, std::string_view name);
/// 64 hexadecimal digits.
[[nodiscard]] std::optional<SessionToken> session_token_from(std::string_view text);
[[nodiscard]] std::optional<SignInBinding> binding_from(std::string_view text);
/// "Bearer knoop_<64 hexadecimal digits>".
[[nodiscard]] std::optional<Bytes> api_key_from(std::string_view authorization);
/// How an API key is written.
[[nodiscard]] std::string api_key_text(ByteView secret);

}  // namespace knoop::http
