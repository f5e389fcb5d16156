#include "node/http/openid_documents.h"

#include <algorithm>
#include <set>

#include "crypto/base/base64url.h"
#include "node/http/body.h"

namespace knoop::http {
namespace {

constexpr std::size_t most_keys = 64;
constexpr std::size_t longest_address = 2048;
constexpr std::size_t longest_token = 32UL << 10U;

auto wrong(std::string_view what) {
  return fail(ErrorCode::bad_format, Side::peer, "the identity provider's answer cannot be used: {}", what);
}

Result<Json> read_object(std::string_view text) {
  if (text.size() > max_provider_bytes) return wrong("it is too long");
  auto body = parse_body(text);
  if (!body) return wrong("it is not one JSON object, nests too deep, or names a field twice");
  return std::move(*body);
}

/// Nothing when it is absent or no text.
std::optional<std::string> text_in(const Json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end() || !found->is_string()) return std::nullopt;
  return found->get<std::string>();
}

Result<ProviderAddress> address_in(const Json& object, const char* name, bool loopback) {
  const auto text = text_in(object, name);
  auto address = text ? parse_provider_address(*text) : fail(ErrorCode::bad_value, Side::peer, "absent");
  // From outside nobody is sent to this machine's own services.
  if (!address || (!address->tls && !loopback)) return wrong(fmt::format("its {} is no https address", name));
  return address;
}

/// Whether a list of words has this one; `otherwise` when there is no list.
bool lists(const Json& object, const char* name, std::string_view word, bool otherwise) {
  const auto found = object.find(name);
  if (found == object.end() || !found->is_array()) return otherwise;
  return std::ranges::any_of(*found, [&](const Json& one) { return one.is_string() && one == word; });
}

/// Nothing for a key that is for something else.
Result<std::optional<ProviderKey>> key_from(const Json& row) {
  if (!row.is_object()) return wrong("a key is no object");
  if (row.contains("d")) return wrong("it publishes a private key");
  const std::string kind = text_in(row, "kty").value_or("");
  const std::string use = text_in(row, "use").value_or("sig");
  const auto bytes = [&](const char* name) {
    const auto text = text_in(row, name);
    auto out = text ? from_base64url(*text) : fail(ErrorCode::bad_value, Side::peer, "absent");
    return out ? std::move(*out) : Bytes{};
  };
  std::optional<Result<JwsKey>> key;
  if (kind == "RSA")
    key = JwsKey::rsa(bytes("n"), bytes("e"));
  else if (kind == "EC" && text_in(row, "crv") == "P-256")
    key = JwsKey::p256(bytes("x"), bytes("y"));
  if (!key || use != "sig") return std::optional<ProviderKey>{};
  if (const auto alg = text_in(row, "alg"))
    if (!*key || jws_algorithm_from(*alg) != (*key)->algorithm()) return std::optional<ProviderKey>{};
  if (!*key) return fail(key->error());
  return std::optional(ProviderKey{text_in(row, "kid").value_or(""), std::move(**key)});
}

bool is_host(std::string_view host) {
  return !host.empty() && host.size() <= 253 && std::ranges::all_of(host, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
  });
}

}  // namespace

bool ProviderAddress::loopback() const {
  return host == "127.0.0.1" || host == "::1" || host == "localhost";
}

std::string ProviderAddress::authority() const {
  const std::string name = host.find(':') == std::string::npos ? host : "[" + host + "]";
  return port == (tls ? "443" : "80") ? name : name + ":" + port;
}

Result<ProviderAddress> parse_provider_address(std::string_view text) {
  const auto bad =
      fail(ErrorCode::bad_value, Side::user,
           "an address of an identity provider looks like https://login.example/; http is for this "
           "machine alone");
  ProviderAddress out;
  out.text = text;
  const bool plain =
      std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7f && c != '"' && c != '\\'; });
  if (text.size() > longest_address || !plain || text.find_first_of("#<>@") != std::string_view::npos)
    return bad;
  out.tls = text.starts_with("https://");
  if (!out.tls && !text.starts_with("http://")) return bad;
  text.remove_prefix(out.tls ? 8 : 7);
  const std::size_t slash = std::min(text.find_first_of("/?"), text.size());
  std::string_view place = text.substr(0, slash);
  out.target = text.substr(slash);
  if (!out.target.starts_with('/')) out.target = "/" + out.target;
  out.port = out.tls ? "443" : "80";
  if (place.starts_with("[::1]")) {
    out.host = "::1";
    place.remove_prefix(5);
  } else {
    const std::size_t colon = std::min(place.find(':'), place.size());
    out.host = place.substr(0, colon);
    place.remove_prefix(colon);
    if (!is_host(out.host)) return bad;
  }
  if (!place.empty()) {
    out.port = place.substr(1);
    const bool digits = !out.port.empty() && out.port.size() <= 5 &&
                        std::ranges::all_of(out.port, [](char c) { return c >= '0' && c <= '9'; });
    if (place.front() != ':' || !digits || std::stoul(out.port) > 65535 || std::stoul(out.port) == 0)
      return bad;
  }
  if (!out.tls && !out.loopback()) return bad;
  return out;
}

Result<ProviderMetadata> read_provider_metadata(std::string_view text, const std::string& issuer) {
  KNOOP_LET(object, read_object(text));
  KNOOP_LET(self, parse_provider_address(issuer));
  if (text_in(object, "issuer") != issuer) return wrong("it says that it is another issuer");
  ProviderMetadata out;
  out.issuer = issuer;
  const bool local = !self.tls;
  KNOOP_LET(authorization, address_in(object, "authorization_endpoint", local));
  KNOOP_LET(token, address_in(object, "token_endpoint", local));
  KNOOP_LET(keys, address_in(object, "jwks_uri", local));
  out.authorization = std::move(authorization);
  out.token = std::move(token);
  out.keys = std::move(keys);
  if (!lists(object, "response_types_supported", "code", true)) return wrong("it does not give codes");
  if (!lists(object, "code_challenge_methods_supported", "S256", true))
    return wrong("it does not know PKCE with S256");
  const auto names_itself = object.find("authorization_response_iss_parameter_supported");
  out.names_itself = names_itself != object.end() && *names_itself == true;
  out.secret_in_body = !lists(object, "token_endpoint_auth_methods_supported", "client_secret_basic", true);
  return out;
}

Result<ProviderKeys> read_provider_keys(std::string_view text) {
  KNOOP_LET(object, read_object(text));
  const auto rows = object.find("keys");
  if (rows == object.end() || !rows->is_array() || rows->size() > most_keys)
    return wrong(fmt::format("it has no list of at most {} keys", most_keys));
  ProviderKeys out;
  std::set<std::string> ids;
  for (const Json& row : *rows) {
    KNOOP_LET(key, key_from(row));
    if (!key) continue;
    if (!ids.insert(key->id).second) return wrong("two of its keys have one name");
    out.push_back(std::move(*key));
  }
  if (out.empty()) return wrong("it has no key for RS256 or ES256");
  return out;
}

Result<SecretText> read_token_answer(std::string_view text) {
  KNOOP_LET(object, read_object(text));
  for (const char* const name : {"access_token", "refresh_token"})
    if (const auto found = object.find(name); found != object.end() && found->is_string()) {
      auto& secret = found->get_ref<std::string&>();
      wipe(secret.data(), secret.size());
    }
  const auto token = object.find("id_token");
  if (token == object.end() || !token->is_string()) return wrong("it has no ID token");
  auto& secret = token->get_ref<std::string&>();
  if (secret.empty() || secret.size() > longest_token) return wrong("its ID token is too long");
  return SecretText(secret);
}

}  // namespace knoop::http
