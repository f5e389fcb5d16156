#include "crypto/base/time.h"

#include <rapidcheck.h>

#include <catch2/catch.hpp>

using namespace knoop;

TEST_CASE("times are written and read in one form") {
  CHECK(Timestamp{0}.iso() == "1970-01-01T00:00:00.000Z");
  CHECK(Timestamp::parse("2026-11-21T09:30:00Z").value().iso() == "2026-11-21T09:30:00.000Z");
  CHECK(rc::check("round trip", [] {
    const auto ms = *rc::gen::inRange<std::int64_t>(-2'208'988'800'000, 7'258'118'400'000);
    RC_ASSERT(Timestamp::parse(Timestamp{ms}.iso()).value() == Timestamp{ms});
  }));
}

TEST_CASE("dates that do not exist are refused") {
  for (const char* text :
       {"2026-02-29", "2026-13-01", "2026-00-10", "1899-12-31", "2026-1-1", "20261121", "2026-11-2x", ""})
    CHECK_FALSE(Date::parse(text).has_value());
  CHECK(Date::parse("2024-02-29").has_value());
}

TEST_CASE("months are added within the calendar") {
  CHECK(Date{2026, 1, 31}.plus_months(1) == Date{2026, 2, 28});
  CHECK(Date{2026, 11, 30}.plus_months(3) == Date{2027, 2, 28});
  CHECK(Date{2026, 3, 15}.plus_months(-9) == Date{2025, 6, 15});
}
