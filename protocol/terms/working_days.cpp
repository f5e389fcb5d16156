#include "protocol/terms/working_days.h"

namespace knoop::terms {
namespace {

enum class Weekday : std::uint8_t { sunday, monday, tuesday, wednesday, thursday, friday, saturday };

Weekday weekday(Date day) {
  const std::int64_t since_sunday = (day.days() + 4) % 7;  // 1970-01-01 was a Thursday
  return static_cast<Weekday>(since_sunday < 0 ? since_sunday + 7 : since_sunday);
}

Date next(Date day) {
  return Date::from_days(day.days() + 1);
}

Date kings_day(int year) {
  const Date birthday{year, 4, 27};
  return weekday(birthday) == Weekday::sunday ? Date{year, 4, 26} : birthday;
}

}  // namespace

Date easter(int year) {
  // The Sunday after the ecclesiastical full moon on or after 21 March. `golden` is the year's place in the moon's cycle
  // of 19 years; `skipped` corrects for leap years that centuries leave out, `drift` for the moon's own 43 seconds a year.
  const int golden = year % 19;
  const int century = year / 100;
  const int skipped = century - century / 4;
  const int drift = (8 * century + 13) / 25;
  int full_moon = (19 * golden + skipped - drift + 15) % 30;  // days after 21 March
  if (full_moon == 29 || (full_moon == 28 && golden > 10))
    --full_moon;  // no two years of a cycle share their latest moons
  const Date moon = Date::from_days(Date{year, 3, 21}.days() + full_moon);
  return Date::from_days(moon.days() + 7 - static_cast<std::int64_t>(weekday(moon)));
}

bool is_public_holiday(Date day) {
  if (day == Date{day.year, 1, 1} || day == kings_day(day.year) || day == Date{day.year, 5, 5} ||
      day == Date{day.year, 12, 25} || day == Date{day.year, 12, 26})
    return true;
  constexpr std::int64_t good_friday = -2;
  constexpr std::int64_t easter_monday = 1;
  constexpr std::int64_t ascension = 39;
  constexpr std::int64_t whit_monday = 50;
  const std::int64_t after_easter = day.days() - easter(day.year).days();
  return after_easter == good_friday || after_easter == easter_monday || after_easter == ascension ||
         after_easter == whit_monday;
}

bool is_working_day(Date day) {
  const Weekday which = weekday(day);
  return which != Weekday::saturday && which != Weekday::sunday && !is_public_holiday(day);
}

Date after_working_days(Date day, std::uint32_t count) {
  while (count == 0 && !is_working_day(day)) day = next(day);
  while (count > 0) {
    day = next(day);
    if (is_working_day(day)) --count;
  }
  return day;
}

std::uint32_t working_days_between(Date from, Date to) {
  std::uint32_t count = 0;
  for (Date day = from; day < to;) {
    day = next(day);
    if (is_working_day(day)) ++count;
  }
  return count;
}

}  // namespace knoop::terms
