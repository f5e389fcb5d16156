// Keys of an identity provider and tokens that it could sign, good and bad: for every test of signing in at one.
#pragma once

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include <catch2/catch.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "crypto/base/base64url.h"

namespace knoop::test {

class JoseSigner {
 public:
  enum class Kind { rsa, ec };
  JoseSigner(Kind kind, std::string id)
      : kind_(kind),
        id_(std::move(id)),
        key_(kind == Kind::rsa ? EVP_RSA_gen(2048) : EVP_EC_gen("P-256"), EVP_PKEY_free) {
    REQUIRE(key_ != nullptr);
  }

  [[nodiscard]] nlohmann::json jwk() const {
    if (kind_ == Kind::rsa)
      return {{"kty", "RSA"}, {"kid", id_}, {"use", "sig"}, {"n", number("n")}, {"e", number("e")}};
    return {{"kty", "EC"}, {"crv", "P-256"}, {"kid", id_}, {"x", number("qx", 32)}, {"y", number("qy", 32)}};
  }
  [[nodiscard]] nlohmann::json header() const {
    return {{"alg", kind_ == Kind::rsa ? "RS256" : "ES256"}, {"kid", id_}};
  }
  [[nodiscard]] std::string token(const nlohmann::json& header, const std::string& claims) const {
    const std::string input = to_base64url(view(header.dump())) + "." + to_base64url(view(claims));
    return input + "." + to_base64url(sign(input));
  }
  [[nodiscard]] std::string token(const nlohmann::json& claims) const {
    return token(header(), claims.dump());
  }

 private:
  [[nodiscard]] std::string number(const char* name, std::size_t size = 0) const {
    BIGNUM* raw = nullptr;
    REQUIRE(EVP_PKEY_get_bn_param(key_.get(), name, &raw) == 1);
    const std::unique_ptr<BIGNUM, decltype(&BN_free)> value(raw, BN_free);
    Bytes out(std::max(size, static_cast<std::size_t>(BN_num_bytes(raw))));
    REQUIRE(BN_bn2binpad(raw, out.data(), static_cast<int>(out.size())) >= 0);
    return to_base64url(out);
  }
  [[nodiscard]] Bytes sign(const std::string& input) const {
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
    REQUIRE(EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key_.get()) == 1);
    std::size_t size = 512;
    Bytes out(size);
    REQUIRE(EVP_DigestSign(context.get(), out.data(), &size, view(input).data(), input.size()) == 1);
    out.resize(size);
    if (kind_ == Kind::rsa) return out;
    const unsigned char* at = out.data();
    const std::unique_ptr<ECDSA_SIG, decltype(&ECDSA_SIG_free)> pair(
        d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(size)), ECDSA_SIG_free);
    REQUIRE(pair != nullptr);
    Bytes plain(64);
    REQUIRE(BN_bn2binpad(ECDSA_SIG_get0_r(pair.get()), plain.data(), 32) == 32);
    REQUIRE(BN_bn2binpad(ECDSA_SIG_get0_s(pair.get()), plain.data() + 32, 32) == 32);
    return plain;
  }

  Kind kind_;
  std::string id_;
  std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key_;
};

}  // namespace knoop::test
