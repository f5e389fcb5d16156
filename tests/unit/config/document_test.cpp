#include "config/document.h"

#include <rapidcheck.h>

#include <catch2/catch.hpp>

using namespace knoop;

namespace {

ErrorCode refusal(const std::string& text) {
  const auto result = parse_document(text, 1'000'000, Side::peer);
  REQUIRE_FALSE(result.has_value());
  return result.error().code;
}

}  // namespace

TEST_CASE("all mistakes of a text are told at once, with their lines") {
  const auto table = parse_document("a = 1\ncont = \"x\"\n[t]\nc = true\n", 1000, Side::user).value();
  DocumentReader root(table, "test", Side::user);
  CHECK(root.text("a", 10).empty());
  CHECK(root.number("count", 0, 10) == 0);
  DocumentReader inner(root.table("t"), "test [t]", Side::user);
  CHECK(inner.number_or("c", 7, 0, 9) == 7);
  root.absorb(inner);
  const auto error = root.finish().error();
  CHECK(error.side == Side::user);
  for (const char* part :
       {"test line 1: a must be a text", "test: count is missing", "test [t] line 4: c must be",
        "test line 2: cont is not known here; did you mean count?"}) {
    INFO(error.sentence);
    CHECK(error.sentence.find(part) != std::string::npos);
  }
}

TEST_CASE("a text that is no TOML is refused with its place and without its content") {
  for (const char* text : {"a = ", "[\n", "= 1", "a = 1\na = 2", "a", "[a]\n[a]\n", "a = \"\\q\"",
                           "a = 1979-99-99", "a = 1.5", "a = 1979-05-27", "A = 1", "\"\" = 1"})
    CHECK(refusal(text) == ErrorCode::bad_format);
  CHECK(parse_document("secret = [\"geheim\" 1]", 1000, Side::user).error().sentence.find("geheim") ==
        std::string::npos);
  CHECK(refusal("a = \"\xff\"") == ErrorCode::bad_encoding);
  CHECK(refusal(std::string(65, 'a') + " = 1") == ErrorCode::bad_format);
}

TEST_CASE("size and depth are limited before the parser sees a text") {
  CHECK(parse_document(std::string(100, '#'), 99, Side::peer).error().code == ErrorCode::over_limit);
  CHECK(parse_document("a = [[[[[[[1]]]]]]]", 1000, Side::peer).has_value());
  CHECK(refusal("a = [[[[[[[[[1]]]]]]]]]") == ErrorCode::over_limit);
  CHECK(refusal("a = " + std::string(200'000, '[')) == ErrorCode::over_limit);
  for (const std::string part : {"a", "\"a\"", "'a'"}) {
    std::string dotted = part;
    for (int i = 0; i < 20'000; ++i) dotted += "." + part;
    CHECK(refusal(dotted + " = 1") == ErrorCode::over_limit);
    CHECK(refusal("[" + dotted + "]") == ErrorCode::over_limit);
    CHECK(refusal("a = \"\"\"\n\"\"\"\"\"\n[" + dotted + "]") == ErrorCode::over_limit);
  }
  // Brackets and dots in strings and comments count for nothing.
  CHECK(parse_document("a = \"[[[[[[[[[[.................................\" # [[[[[[[[[[[", 1000, Side::peer)
            .has_value());
  CHECK(parse_document("a = '[[[[[[[[[[' \nb = \"\"\"\n[[[[[[\"\"[[[[\\\"[\"\"\"\n", 1000, Side::peer)
            .has_value());
}

TEST_CASE("a stranger's text cannot make an error without end") {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += fmt::format("key{} = 1\n", i);
  const auto table = parse_document(text, 1'000'000, Side::peer).value();
  DocumentReader root(table, "test", Side::peer);
  const auto error = root.finish().error();
  CHECK(error.sentence.size() < 2'000);
  CHECK(error.sentence.ends_with("and 980 more"));
}

TEST_CASE("a text written for TOML reads as itself") {
  CHECK(rc::check("round trip", [] {
    const auto text = *rc::gen::container<std::string>(rc::gen::inRange<char>(1, 127));
    const auto table = parse_document("a = " + toml_text(text), 10'000, Side::user);
    RC_ASSERT(table.has_value());
    RC_ASSERT(std::get<std::string>(table->at("a").data) == text);
  }));
}

TEST_CASE("the nearest known word is offered only when it is near") {
  const std::set<std::string> known{"data_dir", "endpoint", "level"};
  CHECK(nearest("datadir", known) == "data_dir");
  CHECK(nearest("endpiont", known) == "endpoint");
  CHECK_FALSE(nearest("something_else", known).has_value());
}
