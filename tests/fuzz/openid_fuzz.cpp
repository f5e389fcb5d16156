// What an identity provider sends: its discovery document, its keys, its answer to a code, and an ID token. What is accepted keeps the
// promises on which signing in relies; nothing else crashes, leaks or is believed.
#include <cstdlib>

#include "crypto/base/utf8.h"
#include "node/http/openid_token.h"

namespace {

using namespace knoop::http;

void must(bool holds) {
  if (!holds) std::abort();
}

constexpr const char* issuer = "https://login.example";

/// Published in RFC 7515 appendix A.3.
const ProviderKeys& keys() {
  static const ProviderKeys known =
      read_provider_keys(
          R"({"keys":[{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",)"
          R"("y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]})")
          .value();
  return known;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto address = parse_provider_address(text)) {
    must(address->tls || address->loopback());
    must(!address->host.empty() && !address->port.empty() && address->target.starts_with('/'));
    must(parse_provider_address(address->text).has_value());
  }
  if (const auto metadata = read_provider_metadata(text, issuer)) {
    must(metadata->issuer == issuer && text.size() <= max_provider_bytes);
    must(metadata->authorization.tls && metadata->token.tls && metadata->keys.tls);
  }
  if (const auto read = read_provider_keys(text)) {
    must(!read->empty());
    for (const ProviderKey& one : *read) must(!one.key.verify(knoop::view("a"), knoop::view("b")));
  }
  if (const auto token = read_token_answer(text)) must(!token->expose().empty());
  // Nobody here can sign with that key.
  must(!verify_id_token(knoop::view(text), keys(), {issuer, "knoop", "vraag", {1'800'000'000'000}}));
  return 0;
}
