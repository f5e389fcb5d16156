#include "node/net/os_entropy.h"

#include <catch2/catch.hpp>
#include <set>

#include "crypto/keys.h"

using namespace knoop;

TEST_CASE("OsEntropy gives different bytes each time, of any length") {
  OsEntropy entropy;
  std::set<Hash256> seen;
  for (int i = 0; i < 100; ++i) seen.insert(entropy.draw<Hash256>());
  CHECK(seen.size() == 100);

  entropy.fill({});
  Bytes large(1 << 20, 0);  // more than one getrandom call gives
  entropy.fill(large);
  CHECK(std::ranges::count(large, Byte{0}) < 8192);
  CHECK(std::ranges::count(large, Byte{0}) > 2048);
}
