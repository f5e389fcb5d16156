#include "crypto/base/bytes.h"

#include <rapidcheck.h>

#include <catch2/catch.hpp>

using namespace knoop;

TEST_CASE("base64 gives the examples of RFC 4648 section 10") {
  const std::pair<const char*, const char*> examples[] = {{"", ""},
                                                          {"f", "Zg=="},
                                                          {"fo", "Zm8="},
                                                          {"foo", "Zm9v"},
                                                          {"foob", "Zm9vYg=="},
                                                          {"fooba", "Zm9vYmE="},
                                                          {"foobar", "Zm9vYmFy"}};
  for (const auto& [plain, coded] : examples) {
    CHECK(to_base64(view(plain)) == coded);
    CHECK(to_text(from_base64(coded).value()) == plain);
  }
}

TEST_CASE("base64 that is not canonical is refused") {
  for (const char* text :
       {"Zg", "Zg=", "Zh==", "Zm9=", "Z===", "====", "Zg==Zg==", "Zm 8=", "Zm9v\n", "Zm-_"})
    CHECK_FALSE(from_base64(text).has_value());
}

TEST_CASE("hex and base64 give back what they were given") {
  CHECK(rc::check("round trips", [](const Bytes& bytes) {
    RC_ASSERT(from_hex(to_hex(bytes)).value() == bytes);
    RC_ASSERT(from_base64(to_base64(bytes)).value() == bytes);
  }));
}

TEST_CASE("hex with an odd length or another character is refused") {
  CHECK(from_hex("abc").error().code == ErrorCode::bad_encoding);
  CHECK(from_hex("0g").error().code == ErrorCode::bad_encoding);
}
