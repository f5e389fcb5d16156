#include "protocol/records/calendar.h"

namespace knoop {
namespace {

constexpr Milliseconds hour{3'600'000};
constexpr std::int64_t day_ms = 86'400'000;

/// 01:00 UTC on the last Sunday of a month of 31 days.
Timestamp last_sunday(int year, unsigned month) {
  const std::int64_t last = Date{year, month, 31}.days();
  const std::int64_t weekday = ((last + 4) % 7 + 7) % 7;  // 1970-01-01 was a Thursday; 0 is Sunday
  return Timestamp{(last - weekday) * day_ms} + hour;
}

Milliseconds offset_at(Timestamp time) {
  const int year = Date::of(time).year;
  const bool summer = last_sunday(year, 3) <= time && time < last_sunday(year, 10);
  return summer ? 2 * hour : hour;
}

}  // namespace

Date dutch_day(Timestamp time) {
  return Date::of(time + offset_at(time));
}

int dutch_hour(Timestamp time) {
  const std::int64_t local = (time + offset_at(time)).ms;
  return static_cast<int>((local % day_ms + day_ms) % day_ms / hour.count());
}

Timestamp start_of_dutch_day(Date day) {
  const Timestamp utc{day.days() * day_ms};
  // The clock changes at 02:00 or 03:00 local time: midnight still has the offset of the hour before it.
  return utc - offset_at(utc - 2 * hour);
}

}  // namespace knoop
