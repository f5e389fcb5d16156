#include "node/http/caller.h"

namespace knoop::http {
namespace {

constexpr std::string_view key_prefix = "knoop_";
constexpr std::string_view scheme = "Bearer ";

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

/// In hexadecimal digits.
template <typename Secret>
std::optional<Secret> secret_from(std::string_view text) {
  if (text.size() != 2 * Secret::size) return std::nullopt;
  auto bytes = from_hex(text);
  if (!bytes) return std::nullopt;
  auto secret = Secret::from(*bytes);
  wipe(bytes->data(), bytes->size());
  if (!secret) return std::nullopt;
  return std::move(*secret);
}

}  // namespace

std::string cookie_name(const Membership& membership) {
  const MemberId node = membership.own_card() ? membership.self() : MemberId{};
  return "knoop-" + node.hex().substr(0, 8);
}

std::optional<std::string> cookie_value(std::string_view header, std::string_view name) {
  std::optional<std::string> found;
  while (!header.empty()) {
    const std::size_t end = std::min(header.find(';'), header.size());
    const std::string_view pair = trimmed(header.substr(0, end));
    header.remove_prefix(std::min(end + 1, header.size()));
    const std::size_t equals = pair.find('=');
    if (equals == std::string_view::npos || pair.substr(0, equals) != name) continue;
    if (found) return std::nullopt;
    found = std::string(pair.substr(equals + 1));
  }
  return found;
}

std::string binding_cookie_name(std::string_view session_cookie) {
  return std::string(session_cookie) + "-openid";
}

std::optional<SessionToken> session_token_from(std::string_view text) {
  return secret_from<SessionToken>(text);
}

std::optional<SignInBinding> binding_from(std::string_view text) {
  return secret_from<SignInBinding>(text);
}

std::optional<Bytes> api_key_from(std::string_view authorization) {
  if (!authorization.starts_with(scheme)) return std::nullopt;
  authorization.remove_prefix(scheme.size());
  if (!authorization.starts_with(key_prefix) || authorization.size() != key_prefix.size() + 64)
    return std::nullopt;
  auto bytes = from_hex(authorization.substr(key_prefix.size()));
  if (!bytes) return std::nullopt;
  return std::move(*bytes);
}

std::string api_key_text(ByteView secret) {
  return std::string(key_prefix) + to_hex(secret);
}

}  // namespace knoop::http
