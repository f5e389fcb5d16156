#include "protocol/matching/quota.h"

#include <rapidcheck/catch.h>
#include <catch2/catch.hpp>

namespace knoop::matching {
namespace {

const Date today{2026, 11, 21};
Date before(int days) {
  return Date::from_days(today.days() - days);
}

TEST_CASE("a day has room for the declared handles (R2.6)") {
  CHECK(check_quota(1000, {}, today, 1000).allowed);
  CHECK_FALSE(check_quota(1000, {}, today, 1001).allowed);
  const auto full = check_quota(1000, {{today, 900}}, today, 101);
  CHECK_FALSE(full.allowed);
  CHECK(full.again == Date{2026, 11, 22});
  CHECK(check_quota(1000, {{today, 900}}, today, 100).allowed);
}

TEST_CASE("ninety days have room for two and a half days") {
  const std::vector<DayCount> counts{{before(89), 1000}, {before(10), 1000}, {before(1), 400}};
  CHECK(check_quota(1000, counts, today, 100).allowed);
  const auto full = check_quota(1000, counts, today, 101);
  CHECK_FALSE(full.allowed);
  CHECK(full.again == Date{2026, 11, 22});  // the oldest thousand leaves the window
  CHECK(check_quota(1000, {{before(90), 100000}}, today, 1000).allowed);
}

TEST_CASE("frames of a day are limited, also those that register nothing new") {
  CHECK(frames_a_day(0) == 500);
  CHECK(frames_a_day(100'000) == 2062);
  CHECK(check_quota(1000, {{today, 10, frames_a_day(1000) - 1}}, today, 10).allowed);
  const auto full = check_quota(1000, {{today, 10, frames_a_day(1000)}}, today, 10);
  CHECK_FALSE(full.allowed);
  CHECK(full.again == Date{2026, 11, 22});
  CHECK(check_quota(1000, {{before(1), 10, 100'000}}, today, 10).allowed);
}

TEST_CASE("a burst is a twentieth of what a member declared, and never little") {
  CHECK(burst_from(100) == 500);
  CHECK(burst_from(100'000) == 5'000);
  CHECK(to_string(Hint::burst) == "burst");
  CHECK_FALSE(is_valid(static_cast<Hint>(0)));
  CHECK_FALSE(is_valid(static_cast<Hint>(6)));
}

TEST_CASE("a clock set back gives no new room") {
  CHECK_FALSE(check_quota(1000, {{before(-3), 1000}}, today, 1).allowed);
}

TEST_CASE("what a quota never admits, it says for ninety days on") {
  const auto never = check_quota(100, {}, today, 101);
  CHECK_FALSE(never.allowed);
  CHECK(never.again == before(-90));
}

TEST_CASE("no plan of registering gets past the window") {
  rc::prop("greedy use stays within 2.5 declared in any 90 days", [] {
    std::vector<DayCount> counts;
    for (int day = 0; day < 200; ++day) {
      const Date date = before(200 - day);
      const auto batch = *rc::gen::inRange<std::uint64_t>(1, 300);
      if (check_quota(1000, counts, date, batch).allowed) counts.push_back({date, batch});
      std::uint64_t window = 0;
      for (const auto& count : counts)
        if (count.day.days() > date.days() - quota_days) window += count.handles;
      RC_ASSERT(window <= 2500U);
    }
  });
}

}  // namespace
}  // namespace knoop::matching
