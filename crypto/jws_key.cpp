#include "crypto/jws_key.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include "crypto/base/assert.h"

namespace knoop {
namespace {

template <typename T>
using Owned = std::unique_ptr<T, void (*)(T*)>;

constexpr std::size_t coordinate = 32;
constexpr int least_rsa_bits = 2048;
constexpr std::size_t most_rsa_bytes = 1024;

Owned<BIGNUM> number(ByteView bytes) {
  Owned<BIGNUM> out(BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr), BN_free);
  KNOOP_ASSERT(out != nullptr, "memory for a number");
  return out;
}

/// Null when the library finds that these parameters are no public key.
std::shared_ptr<void> make_key(const char* kind, OSSL_PARAM_BLD* builder) {
  const Owned<OSSL_PARAM> params(OSSL_PARAM_BLD_to_param(builder), OSSL_PARAM_free);
  const Owned<EVP_PKEY_CTX> making(EVP_PKEY_CTX_new_from_name(nullptr, kind, nullptr), EVP_PKEY_CTX_free);
  EVP_PKEY* made = nullptr;
  if (!params || !making || EVP_PKEY_fromdata_init(making.get()) != 1 ||
      EVP_PKEY_fromdata(making.get(), &made, EVP_PKEY_PUBLIC_KEY, params.get()) != 1)
    return nullptr;
  return {made, [](void* key) { EVP_PKEY_free(static_cast<EVP_PKEY*>(key)); }};
}

/// JOSE writes both numbers with 32 bytes each; OpenSSL wants DER.
Bytes as_der(ByteView signature) {
  const Owned<ECDSA_SIG> pair(ECDSA_SIG_new(), ECDSA_SIG_free);
  KNOOP_ASSERT(pair != nullptr, "memory for a signature");
  // The pair owns both from then on; with two numbers that are there this cannot fail.
  ECDSA_SIG_set0(pair.get(), number(signature.first(coordinate)).release(),
                 number(signature.last(coordinate)).release());
  Bytes out(static_cast<std::size_t>(i2d_ECDSA_SIG(pair.get(), nullptr)));
  unsigned char* end = out.data();
  i2d_ECDSA_SIG(pair.get(), &end);
  return out;
}

auto bad_key(std::string_view why) {
  return fail(ErrorCode::bad_key, Side::peer, "a key of the identity provider cannot be used: {}", why);
}

}  // namespace

std::optional<JwsAlgorithm> jws_algorithm_from(std::string_view name) {
  if (name == "RS256") return JwsAlgorithm::rs256;
  if (name == "ES256") return JwsAlgorithm::es256;
  return std::nullopt;
}

Result<JwsKey> JwsKey::rsa(ByteView modulus, ByteView exponent) {
  if (modulus.size() > most_rsa_bytes || exponent.empty() || exponent.size() > 4)
    return bad_key("an RSA key has 2048 to 8192 bits and a short exponent");
  const auto n = number(modulus);
  const auto e = number(exponent);
  if (BN_num_bits(n.get()) < least_rsa_bits || BN_is_odd(n.get()) == 0 || BN_is_odd(e.get()) == 0 ||
      BN_is_one(e.get()) == 1)
    return bad_key("an RSA key has 2048 to 8192 bits and a short odd exponent");
  const Owned<OSSL_PARAM_BLD> builder(OSSL_PARAM_BLD_new(), OSSL_PARAM_BLD_free);
  KNOOP_ASSERT(builder && OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) == 1 &&
                   OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) == 1,
               "memory for a key");
  // Whether the modulus is a good one is the provider's own business, and to look would take a tenth of a second a key.
  auto key = make_key("RSA", builder.get());
  if (!key) return bad_key("it is no RSA key");
  return JwsKey(JwsAlgorithm::rs256, std::move(key));
}

Result<JwsKey> JwsKey::p256(ByteView x, ByteView y) {
  if (x.size() != coordinate || y.size() != coordinate) return bad_key("a coordinate of P-256 has 32 bytes");
  Bytes point{4};  // uncompressed
  append(point, x);
  append(point, y);
  const Owned<OSSL_PARAM_BLD> builder(OSSL_PARAM_BLD_new(), OSSL_PARAM_BLD_free);
  KNOOP_ASSERT(
      builder &&
          OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0) == 1 &&
          OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                           point.size()) == 1,
      "memory for a key");
  auto key = make_key("EC", builder.get());
  const Owned<EVP_PKEY_CTX> checking(
      key ? EVP_PKEY_CTX_new_from_pkey(nullptr, static_cast<EVP_PKEY*>(key.get()), nullptr) : nullptr,
      EVP_PKEY_CTX_free);
  if (!checking || EVP_PKEY_public_check(checking.get()) != 1) return bad_key("it is no point of P-256");
  return JwsKey(JwsAlgorithm::es256, std::move(key));
}

bool JwsKey::verify(ByteView message, ByteView signature) const {
  if (algorithm_ == JwsAlgorithm::es256 && signature.size() != 2 * coordinate) return false;
  const Bytes plain = algorithm_ == JwsAlgorithm::es256 ? as_der(signature) : to_bytes(signature);
  const Owned<EVP_MD_CTX> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  // Without more being said an RSA key verifies PKCS #1 v1.5, which RS256 is.
  return context &&
         EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr,
                              static_cast<EVP_PKEY*>(key_.get())) == 1 &&
         EVP_DigestVerify(context.get(), plain.data(), plain.size(), message.data(), message.size()) == 1;
}

}  // namespace knoop
