#include "crypto/ed25519.h"

#include <rapidcheck.h>

#include <catch2/catch.hpp>

#include "tests/support/test_entropy.h"

using namespace knoop;

namespace {

SigningKeyPair pair_of(const char* seed) {
  return signing_key_from_seed(*SigningSeed::from(*from_hex(seed)));
}

// Points of small order, canonical and not (RFC 8032 decoding, cofactor 8).
constexpr const char* small_order[] = {
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
};

}  // namespace

TEST_CASE("Ed25519 gives tests 1 to 3 of RFC 8032 section 7.1") {
  struct Vector {
    const char *seed, *public_key, *message, *signature;
  };
  for (const Vector& v : {
           Vector{"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
                  "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
                  "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701c"
                  "f9b46b"
                  "d25bf5f0595bbe24655141438e7a100b"},
           Vector{"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
                  "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
                  "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0"
                  "f11d8c"
                  "387b2eaeb4302aeeb00d291612bb0c00"},
           Vector{"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
                  "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
                  "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f76098"
                  "4dc659"
                  "4a7c15e9716ed28dc027beceea1ec40a"},
       }) {
    const SigningKeyPair pair = pair_of(v.seed);
    const Bytes message = *from_hex(v.message);
    CHECK(pair.public_key.hex() == v.public_key);
    CHECK(public_key(pair.secret_key) == pair.public_key);
    CHECK(to_hex(seed_of(pair.secret_key).expose()) == v.seed);
    const Signature signature = sign_raw(pair.secret_key, message);
    CHECK(signature.hex() == v.signature);
    CHECK(verify_raw(pair.public_key, message, signature));
    CHECK(check_signing_key(pair.public_key));
  }
}

TEST_CASE("a signature is over label, zero byte, bytes") {
  TestEntropy entropy;
  const SigningKeyPair pair = new_signing_key(entropy);
  const Signature signature = sign(pair.secret_key, "knoop/v1/test", view("bytes"));
  CHECK(signature == sign_raw(pair.secret_key, view(std::string("knoop/v1/test\0bytes", 19))));
  CHECK(verify(pair.public_key, "knoop/v1/test", view("bytes"), signature));
  CHECK_FALSE(verify(pair.public_key, "knoop/v1/tes", view("t\0bytes"), signature));
  CHECK_FALSE(verify(pair.public_key, "knoop/v1/other", view("bytes"), signature));
  CHECK_FALSE(verify(pair.public_key, "knoop/v1/test", view("bytez"), signature));
  CHECK_FALSE(verify(new_signing_key(entropy).public_key, "knoop/v1/test", view("bytes"), signature));
}

TEST_CASE("a signature changed in any bit is refused") {
  TestEntropy entropy;
  const SigningKeyPair pair = new_signing_key(entropy);
  const Signature signature = sign_raw(pair.secret_key, view("bytes"));
  for (std::size_t bit = 0; bit < 512; ++bit) {
    Signature changed = signature;
    changed.data()[bit / 8] = static_cast<Byte>(changed.data()[bit / 8] ^ 1U << bit % 8);
    CHECK_FALSE(verify_raw(pair.public_key, view("bytes"), changed));
  }
}

TEST_CASE("a signature with S + l is refused, so no signature has a second form") {
  TestEntropy entropy;
  const SigningKeyPair pair = new_signing_key(entropy);
  Signature signature = sign_raw(pair.secret_key, view("bytes"));
  const Bytes order = *from_hex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
  int carry = 0;
  for (std::size_t i = 0; i < 32; ++i) {
    carry += signature.data()[32 + i] + order[i];
    signature.data()[32 + i] = static_cast<Byte>(carry);
    carry >>= 8;
  }
  REQUIRE(carry == 0);
  CHECK_FALSE(verify_raw(pair.public_key, view("bytes"), signature));
}

TEST_CASE("small-order Ed25519 keys are refused and verify nothing") {
  TestEntropy entropy;
  const SigningKeyPair pair = new_signing_key(entropy);
  for (const char* text : small_order) {
    const auto key = *SigningPublicKey::from_hex(text);
    CHECK(check_signing_key(key).error().code == ErrorCode::bad_key);
    // R of small order and S = 0 satisfies the plain equation for many messages.
    for (const char* r : small_order) {
      Signature forged;
      std::ranges::copy(*from_hex(r), forged.data());
      CHECK_FALSE(verify_raw(key, view("bytes"), forged));
      CHECK_FALSE(verify_raw(pair.public_key, view("bytes"), forged));
    }
  }
}

TEST_CASE("keys off the curve or with a small-order part are refused") {
  CHECK_FALSE(check_signing_key(*SigningPublicKey::from_hex(std::string(64, '2'))));
  // The base point plus the point of order two: on the curve, outside the prime-order group.
  CHECK_FALSE(check_signing_key(
      *SigningPublicKey::from_hex("9599999999999999999999999999999999999999999999999999999999999999")));
}

TEST_CASE("a member id and its organisation key are the same bytes") {
  TestEntropy entropy;
  const SigningPublicKey key = new_signing_key(entropy).public_key;
  CHECK(organisation_key(member_id(key)) == key);
  CHECK(member_id(key).hex() == key.hex());
}
