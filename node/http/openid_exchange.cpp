#include "node/http/openid_exchange.h"

#include <sys/stat.h>

#include <fstream>

#include "crypto/base/base64url.h"
#include "node/http/target.h"

namespace knoop::http {
namespace {

constexpr std::size_t longest_file = 1UL << 20U;
constexpr std::size_t longest_secret = 1024;

Result<std::string> read_file(const std::string& path, std::string_view setting) {
  std::ifstream file(path, std::ios::binary);
  std::string out(longest_file, '\0');
  file.read(out.data(), static_cast<std::streamsize>(out.size()));
  if (!file.eof() || file.gcount() == 0)
    return fail(ErrorCode::io_failed, Side::user, "{}: {} cannot be read, is empty, or larger than a MiB",
                setting, path);
  out.resize(static_cast<std::size_t>(file.gcount()));
  return out;
}

std::string escaped(ByteView bytes) {
  return escape(text_view(bytes));
}

}  // namespace

Result<OpenIdOptions> read_openid_options(OpenIdOptions plain, const std::string& secret_file,
                                          const std::string& trust_file) {
  const auto issuer = parse_provider_address(plain.issuer);
  if (!issuer) return fail(ErrorCode::bad_value, Side::user, "openid.issuer: {}", issuer.error().sentence);
  if (plain.issuer.find('?') != std::string::npos)
    return fail(ErrorCode::bad_value, Side::user, "openid.issuer has no question mark");
  if (plain.client.empty())
    return fail(ErrorCode::bad_value, Side::user,
                "openid.client_id: set how the identity provider knows this node");
  if (plain.name.empty()) plain.name = issuer->host;
  if (!trust_file.empty()) {
    KNOOP_LET(trust, read_file(trust_file, "openid.trust"));
    plain.trust = std::move(trust);
  }
  if (secret_file.empty()) return plain;
  struct stat about {};
  if (::stat(secret_file.c_str(), &about) == 0 && (about.st_mode & (S_IRWXG | S_IRWXO)) != 0)
    return fail(ErrorCode::forbidden, Side::user,
                "openid.client_secret_file {} can be read by others; make its mode 0600", secret_file);
  KNOOP_LET(secret, read_file(secret_file, "openid.client_secret_file"));
  while (secret.ends_with('\n') || secret.ends_with('\r')) secret.pop_back();
  if (secret.empty() || secret.size() > longest_secret || secret.find('\n') != std::string::npos)
    return fail(ErrorCode::bad_value, Side::user, "openid.client_secret_file: {} must have one line",
                secret_file);
  plain.secret = std::make_shared<const SecretText>(secret);
  return plain;
}

Result<std::string> OpenIdExchange::get(const ProviderAddress& address) const {
  ProviderRequest request;
  request.to = address;
  KNOOP_LET(answer, ask_(request));
  if (answer.status != 200)
    return fail(ErrorCode::io_failed, Side::peer, "the identity provider at {} answered with status {}",
                address.host, answer.status);
  return std::move(answer.body);
}

Result<ProviderKeys> OpenIdExchange::fetch_keys(const ProviderMetadata& metadata) const {
  KNOOP_LET(text, get(metadata.keys));
  return read_provider_keys(text);
}

Result<std::shared_ptr<const KnownProvider>> OpenIdExchange::learn(Timestamp now) const {
  // Discovery 1.0 section 4.1: the issuer without a last slash, and the well-known place behind it.
  std::string base = options_.issuer;
  if (base.ends_with('/')) base.pop_back();
  KNOOP_LET(place, parse_provider_address(base + "/.well-known/openid-configuration"));
  KNOOP_LET(text, get(place));
  KNOOP_LET(metadata, read_provider_metadata(text, options_.issuer));
  KNOOP_LET(keys, fetch_keys(metadata));
  return std::make_shared<const KnownProvider>(KnownProvider{std::move(metadata), std::move(keys), now});
}

ProviderRequest OpenIdExchange::token_request(const Question& question, ByteView code) const {
  ProviderRequest request;
  request.to = question.provider->metadata.token;
  request.form = fmt::format(
      "grant_type=authorization_code&code={}&redirect_uri={}&code_verifier={}&client_id={}", escaped(code),
      escape(question.redirect), to_base64url(question.verifier.expose()), escape(options_.client));
  if (!options_.secret) return request;
  std::string secret = escaped(options_.secret->expose());
  if (question.provider->metadata.secret_in_body) {
    request.form += "&client_secret=" + secret;
  } else {
    std::string pair = escape(options_.client) + ":" + secret;
    request.authorization = to_base64(view(pair));
    wipe(pair.data(), pair.size());
  }
  wipe(secret.data(), secret.size());
  return request;
}

Result<IdToken> OpenIdExchange::redeem(const Question& question, ByteView code) const {
  KNOOP_LET(answer, ask_(token_request(question, code)));
  // It says 400 or 401 to a code that it did not give, gave to another, or has seen (RFC 6749 section 5.2).
  if (answer.status == 400 || answer.status == 401)
    return fail(ErrorCode::sign_in_refused, Side::peer, "the identity provider does not take this code");
  if (answer.status != 200)
    return fail(ErrorCode::io_failed, Side::peer, "the identity provider answered a code with status {}",
                answer.status);
  auto token = read_token_answer(answer.body);
  wipe(answer.body.data(), answer.body.size());
  if (!token) return fail(token.error());
  const IdTokenWanted wanted{options_.issuer, options_.client, to_base64url(question.nonce.expose()),
                             question.now};
  auto verified = verify_id_token(token->expose(), question.provider->keys, wanted);
  if (verified || verified.error().code != ErrorCode::not_found) return verified;
  // It may sign with a new key since it was asked for them.
  KNOOP_LET(keys, fetch_keys(question.provider->metadata));
  verified = verify_id_token(token->expose(), keys, wanted);
  if (!verified && verified.error().code == ErrorCode::not_found)
    verified.error().code = ErrorCode::sign_in_refused;
  return verified;
}

}  // namespace knoop::http
