#include "protocol/terms/working_days.h"

#include <rapidcheck.h>

#include <catch2/catch.hpp>
#include <set>

namespace knoop::terms {
namespace {

TEST_CASE("Easter is when the churches say") {
  // The earliest and the latest possible, the two exceptions of the moon's cycle, and some years of now.
  for (const Date day :
       {Date{1818, 3, 22}, Date{1943, 4, 25}, Date{1954, 4, 18}, Date{1981, 4, 19}, Date{2000, 4, 23},
        Date{2008, 3, 23}, Date{2011, 4, 24}, Date{2019, 4, 21}, Date{2024, 3, 31}, Date{2025, 4, 20},
        Date{2026, 4, 5}, Date{2027, 3, 28}, Date{2028, 4, 16}, Date{2029, 4, 1}, Date{2038, 4, 25},
        Date{2049, 4, 18}, Date{2076, 4, 19}, Date{2285, 3, 22}})
    CHECK(easter(day.year) == day);
}

TEST_CASE(
    "R5.2 the holidays of 2025, 2026 and 2027 are those of the Algemene termijnenwet, and no other day is "
    "one") {
  const std::set<Date> holidays{
      {2025, 1, 1},  {2025, 4, 18},  {2025, 4, 21},  {2025, 4, 26}, {2025, 5, 5},   {2025, 5, 29},
      {2025, 6, 9},  {2025, 12, 25}, {2025, 12, 26},  // the King's birthday fell on a Sunday
      {2026, 1, 1},  {2026, 4, 3},   {2026, 4, 6},   {2026, 4, 27}, {2026, 5, 5},   {2026, 5, 14},
      {2026, 5, 25}, {2026, 12, 25}, {2026, 12, 26}, {2027, 1, 1},  {2027, 3, 26},  {2027, 3, 29},
      {2027, 4, 27}, {2027, 5, 5},   {2027, 5, 6},   {2027, 5, 17}, {2027, 12, 25}, {2027, 12, 26}};
  for (Date day{2025, 1, 1}; day < Date{2028, 1, 1}; day = Date::from_days(day.days() + 1)) {
    INFO(day.iso());
    CHECK(is_public_holiday(day) == holidays.contains(day));
  }
}

TEST_CASE("R5.2 a term counts from the next day on, over weekends and holidays") {
  CHECK(after_working_days({2026, 11, 16}, 5) == Date{2026, 11, 23});  // Monday to Monday
  CHECK(after_working_days({2026, 11, 20}, 1) == Date{2026, 11, 23});  // Friday to Monday
  CHECK(after_working_days({2026, 11, 21}, 1) == Date{2026, 11, 23});  // Saturday
  CHECK(after_working_days({2026, 4, 2}, 1) == Date{2026, 4, 7});      // over Easter
  CHECK(after_working_days({2026, 12, 24}, 5) == Date{2027, 1, 4});    // over Kerst and Nieuwjaar
  CHECK(after_working_days({2027, 5, 4}, 1) == Date{2027, 5, 7});      // 5 May and Hemelvaart
  CHECK(after_working_days({2026, 11, 20}, 0) == Date{2026, 11, 20});
  CHECK(after_working_days({2026, 11, 21}, 0) == Date{2026, 11, 23});
}

TEST_CASE("a term ends on a working day, and holds exactly as many as were asked") {
  CHECK(rc::check("terms", [] {
    const Date from = Date::from_days(*rc::gen::inRange<std::int64_t>(-20'000, 60'000));
    const auto count = *rc::gen::inRange<std::uint32_t>(0, 60);
    const Date last = after_working_days(from, count);
    RC_ASSERT(is_working_day(last));
    RC_ASSERT(last >= from);
    if (count > 0) RC_ASSERT(working_days_between(from, last) == count);
    RC_ASSERT(working_days_between(last, from) == 0);
    // One day more never ends earlier, and starting later never either.
    if (count > 0) RC_ASSERT(after_working_days(from, count + 1) > last);
    RC_ASSERT(after_working_days(Date::from_days(from.days() + 1), count) >= last);
  }));
}

}  // namespace
}  // namespace knoop::terms
