#include "protocol/records/calendar.h"

#include <date/tz.h>
#include <rapidcheck.h>

#include <catch2/catch.hpp>

namespace knoop {
namespace {

Timestamp at(std::string_view text) {
  return Timestamp::parse(text).value();
}

/// What the zone Europe/Amsterdam of the system says.
auto in_amsterdam(Timestamp time) {
  static const auto* zone = date::locate_zone("Europe/Amsterdam");
  return zone->to_local(date::sys_time<std::chrono::milliseconds>(std::chrono::milliseconds(time.ms)));
}
Date day_in_amsterdam(Timestamp time) {
  return Date::from_days(date::floor<date::days>(in_amsterdam(time)).time_since_epoch().count());
}
int hour_in_amsterdam(Timestamp time) {
  const auto local = in_amsterdam(time);
  return static_cast<int>(date::floor<std::chrono::hours>(local - date::floor<date::days>(local)).count());
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

TEST_CASE("day and hour are those of the zone Europe/Amsterdam") {
  constexpr std::int64_t hour = 3'600'000;
  // Around every midnight and every hour of a change of the clock, from the year of the directive on.
  for (int year = 2002; year <= 2036; ++year)
    for (const unsigned month : {1U, 3U, 7U, 10U})
      for (unsigned day = 1; day <= 31; ++day)
        for (std::int64_t h = -3; h <= 3; ++h)
          for (const std::int64_t ms : {-1, 0, 1}) {
            const Timestamp time{Date{year, month, day}.days() * 24 * hour + h * hour + ms};
            const Date said = dutch_day(time);
            const int hour_said = dutch_hour(time);
            if (said != day_in_amsterdam(time) || hour_said != hour_in_amsterdam(time)) {
              CAPTURE(time.iso());
              CHECK(said == day_in_amsterdam(time));
              CHECK(hour_said == hour_in_amsterdam(time));
            }
          }
  CHECK(rc::check("any moment", [] {
    const Timestamp time{*rc::gen::inRange<std::int64_t>(1'010'000'000'000, 2'100'000'000'000)};
    RC_ASSERT(dutch_day(time) == day_in_amsterdam(time));
  }));
}

}  // namespace
}  // namespace knoop
