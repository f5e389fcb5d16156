#include "protocol/codec/json_depth.h"

#include <catch2/catch.hpp>

#include <string>

namespace knoop {

TEST_CASE("the depth of a JSON text counts brackets outside strings, whatever the text is") {
  CHECK(json_depth("") == 0);
  CHECK(json_depth("7") == 0);
  CHECK(json_depth("[]") == 1);
  CHECK(json_depth(R"({"a": [1, {"b": 2}], "c": {}})") == 3);
  CHECK(json_depth(R"({"a": "[[[["})") == 1);
  CHECK(json_depth(R"(["\"[[", "\\"])") == 1);
  CHECK(json_depth("]]][") == 1);
  CHECK(json_depth(std::string(100'000, '[')) == 100'000);
}

}  // namespace knoop
