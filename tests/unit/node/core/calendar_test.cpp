#include "node/core/calendar.h"

#include <rapidcheck.h>

#include <catch2/catch.hpp>

namespace knoop {
namespace {

Timestamp at(std::string_view text) {
  return Timestamp::parse(text).value();
}

TEST_CASE("a day begins at midnight in the Netherlands, winter and summer") {
  CHECK(dutch_day(at("2026-01-15T22:59:59Z")) == Date{2026, 1, 15});
  CHECK(dutch_day(at("2026-01-15T23:00:00Z")) == Date{2026, 1, 16});
  CHECK(dutch_day(at("2026-07-15T21:59:59Z")) == Date{2026, 7, 15});
  CHECK(dutch_day(at("2026-07-15T22:00:00Z")) == Date{2026, 7, 16});
  CHECK(start_of_dutch_day({2026, 1, 16}) == at("2026-01-15T23:00:00Z"));
  CHECK(start_of_dutch_day({2026, 7, 16}) == at("2026-07-15T22:00:00Z"));
  // The clock changes on 29 March and 25 October 2026, in the small hours.
  CHECK(start_of_dutch_day({2026, 3, 29}) == at("2026-03-28T23:00:00Z"));
  CHECK(start_of_dutch_day({2026, 3, 30}) == at("2026-03-29T22:00:00Z"));
  CHECK(start_of_dutch_day({2026, 10, 25}) == at("2026-10-24T22:00:00Z"));
  CHECK(start_of_dutch_day({2026, 10, 26}) == at("2026-10-25T23:00:00Z"));
}

TEST_CASE("every day starts when the one before ends") {
  CHECK(rc::check("boundaries", [] {
    const Date day = Date::from_days(*rc::gen::inRange<std::int64_t>(0, 47'000));
    const Timestamp start = start_of_dutch_day(day);
    RC_ASSERT(dutch_day(start) == day);
    RC_ASSERT(dutch_day(Timestamp{start.ms - 1}) == Date::from_days(day.days() - 1));
  }));
}

}  // namespace
}  // namespace knoop
