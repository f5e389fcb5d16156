#include "crypto/base/time.h"

namespace knoop {
namespace {

constexpr std::int64_t ms_a_day = 86'400'000;

std::chrono::year_month_day civil(const Date& date) {
  return std::chrono::year{date.year} / std::chrono::month{date.month} / std::chrono::day{date.day};
}

// `count` decimal digits at `at`, or -1.
int digits(std::string_view text, std::size_t at, std::size_t count) {
  int value = 0;
  for (std::size_t i = at; i < at + count; ++i) {
    if (i >= text.size() || text[i] < '0' || text[i] > '9') return -1;
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

std::int64_t floor_div(std::int64_t a, std::int64_t b) {
  return a / b - (a % b < 0 ? 1 : 0);
}

}  // namespace

std::string Date::iso() const {
  return fmt::format("{:04}-{:02}-{:02}", year, month, day);
}

bool Date::exists() const {
  return civil(*this).ok();
}

std::int64_t Date::days() const {
  return std::chrono::sys_days{civil(*this)}.time_since_epoch().count();
}

Date Date::from_days(std::int64_t days) {
  const std::chrono::year_month_day ymd{std::chrono::sys_days{std::chrono::days{days}}};
  return {static_cast<int>(ymd.year()), static_cast<unsigned>(ymd.month()), static_cast<unsigned>(ymd.day())};
}

Date Date::of(Timestamp time) {
  return from_days(floor_div(time.ms, ms_a_day));
}

Date Date::plus_months(int months) const {
  const int index = year * 12 + static_cast<int>(month) - 1 + months;
  Date out{static_cast<int>(floor_div(index, 12)),
           static_cast<unsigned>(index - floor_div(index, 12) * 12 + 1), day};
  while (!out.exists()) --out.day;
  return out;
}

Result<Date> Date::parse(std::string_view text) {
  const Date date{digits(text, 0, 4), static_cast<unsigned>(digits(text, 5, 2)),
                  static_cast<unsigned>(digits(text, 8, 2))};
  if (text.size() != 10 || text[4] != '-' || text[7] != '-' || digits(text, 0, 4) < 0 ||
      digits(text, 5, 2) < 0 || digits(text, 8, 2) < 0)
    return fail(ErrorCode::bad_format, Side::user, "a date is written YYYY-MM-DD");
  if (date.year < 1900 || date.year > 2199 || !date.exists())
    return fail(ErrorCode::bad_value, Side::user, "{} is no day of the calendar between 1900 and 2199", text);
  return date;
}

std::string Timestamp::iso() const {
  const std::int64_t of_day = ms - floor_div(ms, ms_a_day) * ms_a_day;
  return fmt::format("{}T{:02}:{:02}:{:02}.{:03}Z", Date::of(*this).iso(), of_day / 3'600'000,
                     of_day / 60'000 % 60, of_day / 1000 % 60, of_day % 1000);
}

Result<Timestamp> Timestamp::parse(std::string_view text) {
  const bool fraction = text.size() == 24;
  if ((text.size() != 20 && !fraction) || text[10] != 'T' || text[13] != ':' || text[16] != ':' ||
      text.back() != 'Z' || (fraction && text[19] != '.'))
    return fail(ErrorCode::bad_format, Side::user, "a time is written YYYY-MM-DDThh:mm:ssZ");
  KNOOP_LET(date, Date::parse(text.substr(0, 10)));
  const int hour = digits(text, 11, 2);
  const int minute = digits(text, 14, 2);
  const int second = digits(text, 17, 2);
  const int millis = fraction ? digits(text, 20, 3) : 0;
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59 || millis < 0)
    return fail(ErrorCode::bad_value, Side::user, "{} is no time of the day", text);
  return Timestamp{date.days() * ms_a_day + ((hour * 60 + minute) * 60 + second) * std::int64_t{1000} +
                   millis};
}

}  // namespace knoop
