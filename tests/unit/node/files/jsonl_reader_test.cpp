#include "node/files/jsonl_reader.h"

#include <rapidcheck.h>

#include <catch2/catch.hpp>
#include <optional>

namespace knoop {
namespace {

using Kind = JsonField::Kind;
constexpr std::array names{JsonField{"a"}, JsonField{"b"}, JsonField{"list", Kind::list}};
constexpr std::array with_optional{JsonField{"a"}, JsonField{"truth", Kind::truth, false},
                                   JsonField{"number", Kind::number, false},
                                   JsonField{"object", Kind::object, false}};

std::vector<std::string> good(std::string_view line) {
  const auto fields = parse_json_fields(line, names);
  INFO(line);
  REQUIRE(fields);
  return *fields;
}

std::string bad_field(std::string_view line) {
  const auto fields = parse_json_fields(line, names);
  INFO(line);
  REQUIRE_FALSE(fields);
  UNSCOPED_INFO(fields.error().reason);
  return std::string(fields.error().field);
}

TEST_CASE("fields come in their own order, lists with commas") {
  using Fields = std::vector<std::string>;
  CHECK(good(R"({"list":["x","y"],"b":"2","a":"1"})") == Fields{"1", "2", "x,y"});
  CHECK(good(R"( {"a":"","b":"\u00e9\n\"","list":[]} )") == Fields{"", "é\n\"", ""});
}

TEST_CASE("a field that may be left out is empty, what nests comes as JSON text again") {
  using Fields = std::vector<std::string>;
  const auto read = [](std::string_view line) { return parse_json_fields(line, with_optional); };
  CHECK(*read(R"({"a":"1"})") == Fields{"1", "", "", ""});
  CHECK(*read(R"({"number":12,"truth":false,"a":"1"})") == Fields{"1", "false", "12", ""});
  CHECK(*read(R"({"a":"1","object":{ "x" : [1, "t\n", {"y":null}, []], "z":{}, "u":true }})") ==
        Fields{"1", "", "", R"({"x":[1,"t\n",{"y":null},[]],"z":{},"u":true})"});
  CHECK(read(R"({"a":"1","number":"12"})").error().field == "number");
  CHECK(read(R"({"a":"1","number":1.5})").error().field == "number");
  CHECK(read(R"({"a":"1","truth":1})").error().field == "truth");
  CHECK(read(R"({"a":"1","object":[]})").error().field == "object");
  CHECK(read(R"({"a":"1","object":{},"object":{}})").error().field == "object");
  CHECK(read(R"({"a":"1","object":{"x":0.5}})").error().field == "object");
  CHECK(read("{\"a\":\"1\",\"object\":" + std::string(1, '{') + "\"x\":" + std::string(1000, '['))
            .error()
            .field == "object");
  CHECK(read(R"({"truth":true})").error().field == "a");
}

TEST_CASE("anything but an object of exactly these texts is a problem of the line") {
  CHECK(bad_field("") == "-");
  CHECK(bad_field("x") == "-");
  CHECK(bad_field("[]") == "-");
  CHECK(bad_field("\"a\"") == "-");
  CHECK(bad_field("1") == "-");
  CHECK(bad_field("null") == "-");
  CHECK(bad_field("{}") == "a");
  CHECK(bad_field(R"({"a":"1","b":"2")") == "-");
  CHECK(bad_field(R"({"a":"1","b":"2","list":[]} x)") == "-");
  CHECK(bad_field(R"({"a":"1","b":"2","list":[]}{})") == "-");
  CHECK(bad_field(R"({"a":"1","b":"2","list":[],"c":"3"})") == "-");
  CHECK(bad_field(R"({"a":"1","a":"2"})") == "a");
  CHECK(bad_field(R"({"a":1})") == "a");
  CHECK(bad_field(R"({"a":null})") == "a");
  CHECK(bad_field(R"({"a":{}})") == "a");
  CHECK(bad_field(R"({"a":["1"]})") == "a");
  CHECK(bad_field(R"({"list":"x"})") == "list");
  CHECK(bad_field(R"({"list":[1]})") == "list");
  CHECK(bad_field(R"({"list":[["x"]]})") == "list");
  CHECK(bad_field(R"({"list":["x,y"]})") == "list");
  CHECK(bad_field(R"({"list":[{}]})") == "list");
  CHECK(bad_field(R"({"a":"\ud800"})") == "-");
  CHECK(bad_field("{\"a\":\"\xff\"}") == "-");
  CHECK(bad_field(std::string(100'000, '[')) == "-");
  CHECK(bad_field("{\"list\":" + std::string(100'000, '[')) == "list");
}

std::vector<std::pair<std::uint64_t, std::string>> lines_of(std::string_view text, std::size_t step,
                                                            std::optional<Error>& error,
                                                            const ReadLimits& limits = {}) {
  std::vector<std::pair<std::uint64_t, std::string>> out;
  LineReader reader(limits);
  const auto visit = [&](std::uint64_t line, std::string_view content) -> Result<void> {
    out.emplace_back(line, content);
    return {};
  };
  for (std::size_t at = 0; at < text.size(); at += step) {
    if (auto fed = reader.feed(view(text.substr(at, step)), visit); !fed) {
      error = fed.error();
      return out;
    }
  }
  if (auto finished = reader.finish(visit); !finished) error = finished.error();
  return out;
}

TEST_CASE("lines keep their number, whatever the cuts") {
  for (std::size_t step = 1; step < 10; ++step) {
    std::optional<Error> error;
    const auto lines = lines_of("\xEF\xBB\xBF{1}\r\n\n{3}\n{4}", step, error);
    CHECK_FALSE(error);
    using Lines = std::vector<std::pair<std::uint64_t, std::string>>;
    CHECK(lines == Lines{{1, "{1}"}, {3, "{3}"}, {4, "{4}"}});
  }
}

TEST_CASE("encoding and length are errors of the whole file") {
  std::optional<Error> error;
  lines_of("a\n\xff\n", 100, error);
  REQUIRE(error);
  CHECK(error->code == ErrorCode::bad_encoding);
  CHECK(error->sentence.find("line 2") != std::string::npos);
  error.reset();
  lines_of(std::string_view("a\0\n", 3), 100, error);
  CHECK(error->code == ErrorCode::bad_encoding);
  error.reset();
  lines_of(std::string(50, 'a'), 7, error, {.file_bytes = 1000, .record_bytes = 20});
  CHECK(error->code == ErrorCode::over_limit);
  error.reset();
  lines_of("aaaa\naaaa\naaaa\n", 7, error, {.file_bytes = 10, .record_bytes = 20});
  CHECK(error->code == ErrorCode::over_limit);
}

}  // namespace
}  // namespace knoop
