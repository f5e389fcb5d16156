#include "crypto/argon2id.h"

#include <catch2/catch.hpp>

using namespace knoop;

namespace {

const Argon2Salt salt = *Argon2Salt::from(view("somesaltsomesalt"));

ErrorCode error_of(ByteView passphrase, const Argon2Params& params) {
  const auto key = derive_argon2id(passphrase, salt, params);
  REQUIRE_FALSE(key);
  return key.error().code;
}

}  // namespace

TEST_CASE("Argon2id equals OpenSSL's, reached through Python's cryptography") {
  struct Vector {
    std::string_view passphrase;
    Argon2Params params;
    std::string_view key;
  };
  for (const Vector& v : {
           Vector{"password",
                  {2, 65536ULL << 10U},
                  "fc33b78139231d34b71626bd6245c1d72efa190ad605c3d8166a72adcedfa2c2"},
           Vector{"password",
                  {1, 8ULL << 10U},
                  "05b6ca8f8038b683887ad4916533858b49cb52040126c134f4c6e9d8711b8c09"},
           Vector{"differentpassword",
                  {3, 1024ULL << 10U},
                  "0a1bd6252f53ad0630689a773a83fa932ed5bf41cd97fafea133da8d73341e04"},
       }) {
    const auto key = derive_argon2id(view(v.passphrase), salt, v.params);
    REQUIRE(key);
    CHECK(to_hex(key->expose()) == v.key);
  }
}

TEST_CASE("the key depends on passphrase, salt and parameters") {
  const auto key = derive_argon2id(view("passphrase"), salt, {1, 8192});
  REQUIRE(key);
  CHECK(*key == *derive_argon2id(view("passphrase"), salt, {1, 8192}));
  CHECK_FALSE(*key == *derive_argon2id(view("passphrasf"), salt, {1, 8192}));
  CHECK_FALSE(*key == *derive_argon2id(view("passphrase"), Argon2Salt{}, {1, 8192}));
  CHECK_FALSE(*key == *derive_argon2id(view("passphrase"), salt, {2, 8192}));
  CHECK_FALSE(*key == *derive_argon2id(view("passphrase"), salt, {1, 16384}));
}

TEST_CASE("parameters past the bounds are refused before any work") {
  CHECK(error_of(view("p"), {1, argon2_max_memory + 1024}) == ErrorCode::over_limit);
  CHECK(error_of(view("p"), {argon2_max_passes + 1, 8192}) == ErrorCode::over_limit);
  CHECK(error_of(view("p"), {UINT32_MAX, UINT64_MAX & ~1023ULL}) == ErrorCode::over_limit);
  CHECK(error_of(Bytes(argon2_max_passphrase + 1, 'p'), {1, 8192}) == ErrorCode::over_limit);
  CHECK(error_of(view("p"), {0, 8192}) == ErrorCode::bad_value);
  CHECK(error_of(view("p"), {1, 4096}) == ErrorCode::bad_value);
  CHECK(error_of(view("p"), {1, 8193}) == ErrorCode::bad_value);
  CHECK(error_of(view("p"), {1, 0}) == ErrorCode::bad_value);
  CHECK(error_of({}, {1, 8192}) == ErrorCode::bad_value);
}
