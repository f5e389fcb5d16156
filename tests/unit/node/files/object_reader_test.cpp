#include "node/files/object_reader.h"

#include <rapidcheck.h>

#include <catch2/catch.hpp>

namespace knoop {
namespace {

using Objects = std::vector<std::pair<std::uint64_t, std::string>>;

Result<Objects> objects_of(std::string_view text, std::size_t cut, const ReadLimits& limits = {}) {
  Objects out;
  ObjectReader reader(limits);
  const auto visit = [&](std::uint64_t place, std::string_view object) -> Result<void> {
    out.emplace_back(place, object);
    return {};
  };
  cut = std::min(cut, text.size());
  KNOOP_TRY(reader.feed(view(text.substr(0, cut)), visit));
  KNOOP_TRY(reader.feed(view(text.substr(cut)), visit));
  KNOOP_TRY(reader.finish(visit));
  return out;
}

Objects good(std::string_view text) {
  const auto objects = objects_of(text, text.size());
  INFO(text);
  REQUIRE(objects);
  for (std::size_t cut = 0; cut <= text.size(); ++cut) CHECK(*objects_of(text, cut) == *objects);
  return *objects;
}

ErrorCode bad(std::string_view text, const ReadLimits& limits = {}) {
  const auto objects = objects_of(text, text.size(), limits);
  INFO(text);
  REQUIRE_FALSE(objects);
  CHECK(objects.error().side == Side::user);
  for (std::size_t cut = 0; cut <= text.size(); ++cut) CHECK_FALSE(objects_of(text, cut, limits));
  return objects.error().code;
}

TEST_CASE("lines and an array are told apart by the first character, with spaces and a mark before it") {
  CHECK(good("{\"a\":1}\n\n{\"b\":2}") == Objects{{1, "{\"a\":1}"}, {3, "{\"b\":2}"}});
  CHECK(good("\xEF\xBB\xBF{}\r\n{}\r\n") == Objects{{1, "{}"}, {2, "{}"}});
  CHECK(good("\n{}") == Objects{{2, "{}"}});
  CHECK(good("[{\"a\":[1,2]},{}]") == Objects{{1, "{\"a\":[1,2]}"}, {2, "{}"}});
  CHECK(good("\xEF\xBB\xBF \n[ {} \n, {} ] \n") == Objects{{1, "{} \n"}, {2, "{} "}});
  CHECK(good("").empty());
  CHECK(good("[]").empty());
  CHECK(good(" [ ] ").empty());
}

TEST_CASE("brackets, commas and quotes within texts are text") {
  CHECK(good(R"([{"a":"],[{\\\"},\\"},{"b":"\\\\"}])").size() == 2);
}

TEST_CASE("what is no object goes on to whoever asks for objects") {
  CHECK(good("[1,\"a\",{]}]") == Objects{{1, "1"}, {2, "\"a\""}, {3, "{]}"}});
}

TEST_CASE("an array that is cut, goes on, or lacks an object is an error of the file") {
  for (const std::string_view text :
       {"[", "[{}", "[{},", "[{}] x", "[{}]]", "[,]", "[{},]", "[{},,{}]", "[{\"a\":\"]"})
    CHECK(bad(text) == ErrorCode::bad_format);
  CHECK(bad("[{\"a\":\"\xFF\"}]") == ErrorCode::bad_encoding);
  CHECK(bad(std::string("[{\"a\":\"\0\"}]", 11)) == ErrorCode::bad_encoding);
}

TEST_CASE("limits hold for an object, for the file and for nothing at all") {
  const ReadLimits limits{.file_bytes = 100, .record_bytes = 10, .fields = 4};
  CHECK(bad("[{\"a\":\"0123456789\"}]", limits) == ErrorCode::over_limit);
  CHECK(bad(std::string(20, ' '), limits) == ErrorCode::over_limit);
  CHECK(bad("[" + std::string(200, ' ') + "]", limits) == ErrorCode::over_limit);
  CHECK(bad("[[[[[[[[[[[[[[[[[[[[[[[", limits) == ErrorCode::over_limit);
}

TEST_CASE("any bytes give the same objects or the same error, however they are cut") {
  rc::check("cuts", [](const std::string& tail, std::size_t cut) {
    const std::string text = "[{}," + tail;
    const auto whole = objects_of(text, text.size());
    const auto parts = objects_of(text, cut % (text.size() + 1));
    RC_ASSERT(whole.has_value() == parts.has_value());
    if (whole) RC_ASSERT(*whole == *parts);
  });
}

}  // namespace
}  // namespace knoop
