#include "node/http/openid_token.h"

#include <algorithm>

#include "crypto/base/base64url.h"
#include "node/http/body.h"

namespace knoop::http {
namespace {

constexpr std::size_t longest_word = 255;
constexpr std::size_t most_words = 32;

auto refused(std::string_view why) {
  return fail(ErrorCode::sign_in_refused, Side::peer, "the identity provider's token is not believed: {}",
              why);
}

Result<Json> part(std::string_view text) {
  KNOOP_LET(bytes, from_base64url(text).map_error([](const Error&) {
    return Error{ErrorCode::sign_in_refused, Side::peer,
                 "the identity provider's token is no JSON Web Token"};
  }));
  auto object = parse_body(text_view(bytes));
  wipe(bytes.data(), bytes.size());
  if (!object) return refused("a part of it is not one JSON object, nests too deep, or names a field twice");
  return std::move(*object);
}

std::optional<std::string> text_in(const Json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end() || !found->is_string()) return std::nullopt;
  return found->get<std::string>();
}

/// Seconds since 1970; nothing when absent, no number, or beyond what can be a time.
std::optional<Timestamp> time_in(const Json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end() || !found->is_number()) return std::nullopt;
  const auto seconds = found->get<double>();
  if (!(seconds >= 0 && seconds < 1e11)) return std::nullopt;
  return Timestamp{static_cast<std::int64_t>(seconds) * 1000};
}

bool is_word(const std::string& text) {
  return !text.empty() && text.size() <= longest_word &&
         std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

/// Null when none fits. Without a name there must be one key that can be meant.
const JwsKey* key_for(const ProviderKeys& keys, JwsAlgorithm algorithm,
                      const std::optional<std::string>& id) {
  const JwsKey* found = nullptr;
  for (const ProviderKey& one : keys) {
    if (one.key.algorithm() != algorithm || (id && one.id != *id)) continue;
    if (found != nullptr) return nullptr;
    found = &one.key;
  }
  return found;
}

Result<void> check_signature(std::string_view token, std::string_view header, std::string_view signature,
                             const ProviderKeys& keys) {
  KNOOP_LET(head, part(header));
  const auto algorithm = jws_algorithm_from(text_in(head, "alg").value_or(""));
  if (!algorithm) return refused("it is not signed with RS256 or ES256");
  if (head.contains("crit") || head.contains("b64"))
    return refused("its header asks for what is not known here");
  std::string type = text_in(head, "typ").value_or("JWT");
  for (char& c : type) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  if (type != "JWT") return refused("it is another kind of token");
  if (head.contains("kid") && !head.at("kid").is_string()) return refused("the name of its key is no text");
  const JwsKey* key = key_for(keys, *algorithm, text_in(head, "kid"));
  if (key == nullptr)
    return fail(ErrorCode::not_found, Side::peer,
                "the identity provider's token is signed with a key that it does not publish");
  const auto bytes = from_base64url(signature);
  if (!bytes || !key->verify(view(token), *bytes)) return refused("its signature is wrong");
  return {};
}

Result<void> check_audience(const Json& claims, const std::string& client) {
  const auto found = claims.find("aud");
  if (found == claims.end()) return refused("it is for nobody");
  const auto azp = claims.find("azp");
  if (azp != claims.end() && *azp != client) return refused("it was asked by another program");
  if (found->is_string()) {
    if (*found != client) return refused("it is for another program");
    return {};
  }
  if (!found->is_array() || found->size() > most_words) return refused("it does not say for whom it is");
  if (std::ranges::none_of(*found, [&](const Json& one) { return one.is_string() && one == client; }))
    return refused("it is for another program");
  if (found->size() > 1 && azp == claims.end())
    return refused("it is for several programs, and does not say which asked");
  return {};
}

Result<void> check_times(const Json& claims, Timestamp now) {
  const auto ends = time_in(claims, "exp");
  const auto made = time_in(claims, "iat");
  if (!ends || !made) return refused("it does not say when it was made and when it ends");
  if (now >= *ends + id_token_leeway) return refused("it has ended");
  if (*made > now + id_token_leeway) return refused("it was made in the future; compare the clocks");
  if (now - *made > id_token_oldest + id_token_leeway) return refused("it is of an earlier sign-in");
  if (claims.contains("nbf")) {
    const auto begins = time_in(claims, "nbf");
    if (!begins || *begins > now + id_token_leeway) return refused("it does not count yet");
  }
  return {};
}

}  // namespace

Result<IdToken> verify_id_token(ByteView token, const ProviderKeys& keys, const IdTokenWanted& wanted) {
  const std::string_view text = text_view(token);
  const std::size_t first = text.find('.');
  const std::size_t last = text.rfind('.');
  if (text.size() > max_provider_bytes || first == std::string_view::npos || last == first ||
      text.substr(first + 1, last - first - 1).find('.') != std::string_view::npos)
    return refused("it has not three parts");
  KNOOP_TRY(check_signature(text.substr(0, last), text.substr(0, first), text.substr(last + 1), keys));
  KNOOP_LET(claims, part(text.substr(first + 1, last - first - 1)));
  if (text_in(claims, "iss") != wanted.issuer) return refused("another provider made it");
  KNOOP_TRY(check_audience(claims, wanted.client));
  KNOOP_TRY(check_times(claims, wanted.now));
  const auto nonce = text_in(claims, "nonce");
  if (!nonce || wanted.nonce.empty() || !equal_constant_time(view(*nonce), view(wanted.nonce)))
    return refused("it answers another question");
  IdToken out;
  out.subject = text_in(claims, "sub").value_or("");
  if (!is_word(out.subject)) return refused("it does not say who it is");
  out.acr = text_in(claims, "acr").value_or("");
  if (const auto amr = claims.find("amr");
      amr != claims.end() && amr->is_array() && amr->size() <= most_words)
    for (const Json& one : *amr)
      if (one.is_string() && is_word(one.get<std::string>())) out.amr.push_back(one.get<std::string>());
  return out;
}

}  // namespace knoop::http
