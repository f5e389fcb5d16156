#include "node/http/body.h"

#include <catch2/catch.hpp>

namespace knoop::http {
namespace {

TEST_CASE("a body is one object in UTF-8, not deep, and names nothing twice") {
  CHECK(parse_body(R"({"a":{"b":[1,2]}})"));
  CHECK(parse_body(R"({"a":{"x":1},"b":{"x":1}})"));
  CHECK(parse_body(R"({"a":"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["})"));
  for (const char* bad : {"", "{", "[]", "1", "null", "{} {}", "{\"a\":\"\xff\"}", R"({"a":1,"a":2})",
                          R"({"b":{"a":1,"a":2}})", R"({"a":NaN})"})
    CHECK(parse_body(bad).error().code == ErrorCode::bad_format);
  CHECK(parse_body("{\"a\":" + std::string(100'000, '[')).error().code == ErrorCode::over_limit);
}

TEST_CASE("all mistakes are told at once, and no value is repeated") {
  const Json json =
      parse_body(R"({"name":7,"long":"abcdef","day":"2026-02-30","flag":"yes","more":1,"bad":"a\u0007b",
                                   "list":["x",1],"secret-value":"s3cret"})")
          .value();
  BodyReader body(json);
  (void)body.text("name", 10);
  (void)body.text("missing", 10);
  (void)body.text("long", 5);
  (void)body.text("bad", 10);
  (void)body.date("day");
  (void)body.truth_or("flag", false);
  (void)body.texts("list", 10, 10);
  const auto done = body.finish();
  REQUIRE_FALSE(done);
  const std::string& sentence = done.error().sentence;
  for (const char* part : {"name must be a text", "missing is missing", "long is longer than 5 bytes",
                           "bad holds control characters", "day must be a day", "flag must be true or false",
                           "list must be a text", "2 fields that this request does not have"})
    CHECK(sentence.find(part) != std::string::npos);
  CHECK(sentence.find("s3cret") == std::string::npos);
  CHECK(sentence.find("secret-value") == std::string::npos);
}

TEST_CASE("what is right is read as it is") {
  const Json json =
      parse_body(R"({"name":"Zoë","day":"2026-02-28","flag":true,"none":null,"list":["a","b"]})").value();
  BodyReader body(json);
  CHECK(body.text("name", 10) == "Zoë");
  CHECK(body.date("day") == Date{2026, 2, 28});
  CHECK(body.truth_or("flag", false));
  CHECK_FALSE(body.optional_text("none", 10));
  CHECK(body.text_or("absent", "else", 10) == "else");
  CHECK(body.texts("list", 2, 1) == std::vector<std::string>{"a", "b"});
  CHECK(body.finish());
}

}  // namespace
}  // namespace knoop::http
