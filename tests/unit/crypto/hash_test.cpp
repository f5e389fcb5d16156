#include "crypto/hash.h"

#include <rapidcheck.h>

#include <catch2/catch.hpp>

using namespace knoop;

TEST_CASE("SHA-256 and SHA-512 give the examples of FIPS 180-4") {
  CHECK(sha256(view("abc")).hex() == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(sha256({}).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(sha512(view("abc")).hex() ==
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
        "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
}

TEST_CASE("hashing in pieces equals hashing at once, and the object starts afresh") {
  CHECK(rc::check([](const std::vector<Bytes>& pieces) {
    Bytes whole;
    Sha256 small;
    Sha512 large;
    for (const Bytes& piece : pieces) {
      append(whole, piece);
      small.update(piece);
      large.update(piece);
    }
    RC_ASSERT(small.finish() == sha256(whole));
    RC_ASSERT(large.finish() == sha512(whole));
    RC_ASSERT(small.update(whole).finish() == sha256(whole));
    RC_ASSERT(large.update(whole).finish() == sha512(whole));
  }));
}
