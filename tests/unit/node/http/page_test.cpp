#include "node/http/page.h"

#include <catch2/catch.hpp>

#include "storage/rows_after.h"

namespace knoop::http {
namespace {

Result<Page> asked(std::map<std::string, std::string> query, std::string_view list = "things") {
  Request request;
  request.query = std::move(query);
  return page_of(request, list, 50);
}

TEST_CASE("a page has a limit and a place, and a cursor leads to the place that it was made of") {
  CHECK(asked({}).value().limit == 50);
  CHECK(asked({}).value().after.empty());
  CHECK(asked({{"limit", "1"}}).value().limit == 1);
  CHECK(asked({{"limit", "1000"}}).value().limit == 1000);
  const std::string cursor = next_page("things", "17.ab");
  CHECK(asked({{"cursor", cursor}}).value().after == "17.ab");
  const std::vector<int> two{1, 2};
  const auto place = [](int each) { return std::to_string(each); };
  CHECK(next_page({3, ""}, "things", two, place).is_null());
  CHECK(next_page({2, ""}, "things", two, place) == next_page("things", "2"));
  CHECK(next_page({1, ""}, "things", std::vector<int>{}, place).is_null());
}

TEST_CASE("limits and cursors that are none are refused, also those of another list") {
  for (const char* const limit : {"", "0", "-1", "1001", "1x", " 1", "99999999999999999999", "1.5"})
    CHECK(asked({{"limit", limit}}).error().code == ErrorCode::bad_value);
  const std::string cursor = next_page("things", "17");
  CHECK(asked({{"cursor", cursor}}, "thing").error().code == ErrorCode::bad_value);
  CHECK(asked({{"cursor", cursor}}, "others").error().code == ErrorCode::bad_value);
  for (const std::string& wrong : {std::string(), std::string("17"), std::string("zz"), cursor + "a",
                                   to_hex(to_bytes(std::string_view("things "))),
                                   to_hex(to_bytes(std::string_view("things"))), std::string(1024, '0')})
    CHECK(asked({{"cursor", wrong}}).error().code == ErrorCode::bad_value);
}

TEST_CASE("a POST says the same in its body") {
  const auto said = [](const Json& json) -> Result<Page> {
    BodyReader body(json);
    KNOOP_LET(page, page_of(body, "things", 50));
    KNOOP_TRY(body.finish());
    return page;
  };
  CHECK(said({}).value().limit == 50);
  CHECK(said({{"limit", 7U}, {"cursor", next_page("things", "x")}}).value().after == "x");
  for (const Json& wrong : {Json{{"limit", 0U}}, Json{{"limit", 1001U}}, Json{{"limit", "7"}},
                            Json{{"cursor", "x"}}, Json{{"cursor", 7}}})
    CHECK(said(wrong).error().code == ErrorCode::bad_value);
}

TEST_CASE("places of two parts") {
  CHECK(place_from(place_of(-5, "a.b")).value() == std::pair<std::int64_t, std::string>(-5, "a.b"));
  for (const char* const wrong : {"", ".", ".a", "a.b", "1", "1,2", "99999999999999999999.a"})
    CHECK_FALSE(place_from(wrong));
}

TEST_CASE("places of several parts come back as they were, and anything else is refused") {
  using After = storage::RowsAfter<bool, Date, Timestamp, std::int64_t, FragmentId>;
  const After::Place place{true, Date{2026, 11, 23}, Timestamp{-5}, -7, FragmentId(std::array<Byte, 16>{9})};
  const std::string text = std::apply([](const auto&... keys) { return place_at(keys...); }, place);
  const After read = rows_after<After>({20, text}).value();
  CHECK(read.limit == 20);
  CHECK(read.after == place);
  CHECK_FALSE(rows_after<After>({20, ""}).value().after);
  const std::string id(32, '0');
  for (const std::string& wrong : std::vector<std::string>{
           "1", "1.2026-11-23.5.7", "1.2026-11-23.5.7." + id + ".", "2.2026-11-23.5.7." + id,
           "1.2026-02-30.5.7." + id, "1.2026-11-23.x.7." + id, "1.2026-11-23.5.99999999999999999999." + id,
           "1.2026-11-23.5. 7." + id, "1.2026-11-23.5.7." + id + "00", "1.2026-11-23.5.7.zz"})
    CHECK(rows_after<After>({20, wrong}).error().code == ErrorCode::bad_value);
}

}  // namespace
}  // namespace knoop::http
