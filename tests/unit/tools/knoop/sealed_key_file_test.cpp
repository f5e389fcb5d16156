#include "tools/knoop/sealed_key_file.h"

#include <catch2/catch.hpp>

#include "tests/support/temp_dir.h"
#include "tests/support/test_entropy.h"

namespace knoop::cli {
namespace {

TEST_CASE("a key of one use is not taken for the other, and a file is never overwritten") {
  TestEntropy entropy;
  testing::TempDir directory;
  const auto path = directory / "key";
  const std::string text = seal_key(new_signing_key(entropy), KeyUse::convenant_manager, "Beheerder Noord",
                                    to_bytes("vier woorden voor niemand"), entropy, argon2_smallest)
                               .value();
  REQUIRE(write_sealed_key(path, text));
  CHECK(read_sealed_key(path, KeyUse::convenant_manager));
  CHECK(read_sealed_key(path, KeyUse::organisation).error().code == ErrorCode::bad_key);
  CHECK(write_sealed_key(path, text).error().code == ErrorCode::conflict);
}

}  // namespace
}  // namespace knoop::cli
