#include "crypto/x25519.h"

#include <catch2/catch.hpp>

using namespace knoop;

TEST_CASE("X25519 public keys equal RFC 7748 section 5.2") {
  // The first iteration there multiplies the base point (u = 9) by the scalar whose bytes are the same.
  Bytes nine(32, 0);
  nine[0] = 9;
  const std::string_view expected = "422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079";
  CHECK(public_key(*TransportSecretKey::from(nine)).hex() == expected);
  CHECK(public_key(*SealingSecretKey::from(nine)).hex() == expected);
}

TEST_CASE("X25519 keys of small order are recognised") {
  for (const char* text : {
           "0000000000000000000000000000000000000000000000000000000000000000",
           "0100000000000000000000000000000000000000000000000000000000000000",
           "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
           "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
           "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
           "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
           "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
       }) {
    INFO(text);
    CHECK_FALSE(contributes(*TransportPublicKey::from_hex(text)));
    CHECK_FALSE(contributes(*SealingPublicKey::from_hex(text)));
  }
  Bytes nine(32, 0);
  nine[0] = 9;
  CHECK(contributes(public_key(*TransportSecretKey::from(nine))));
}
