// Times and dates without a clock: only the outermost loop asks what time it is and passes it in.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "crypto/base/result.h"

namespace knoop {

using Milliseconds = std::chrono::milliseconds;

/// A moment in UTC, in milliseconds since 1970-01-01T00:00:00Z.
struct Timestamp {
  std::int64_t ms = 0;

  friend auto operator<=>(const Timestamp&, const Timestamp&) = default;
  friend Timestamp operator+(Timestamp t, Milliseconds d) { return {t.ms + d.count()}; }
  friend Timestamp operator-(Timestamp t, Milliseconds d) { return {t.ms - d.count()}; }
  friend Milliseconds operator-(Timestamp a, Timestamp b) { return Milliseconds{a.ms - b.ms}; }

  /// "2026-11-21T09:30:00.000Z": RFC 3339, always UTC, always milliseconds.
  [[nodiscard]] std::string iso() const;
  /// Accepts exactly what iso() writes, and the form without a fraction.
  [[nodiscard]] static Result<Timestamp> parse(std::string_view text);
};

/// A calendar day without time or zone: a birth date, the first day of an involvement.
struct Date {
  int year = 1970;
  unsigned month = 1;
  unsigned day = 1;

  friend auto operator<=>(const Date&, const Date&) = default;

  /// "2026-11-21".
  [[nodiscard]] std::string iso() const;
  /// Strict YYYY-MM-DD of a day that exists, years 1900 to 2199.
  [[nodiscard]] static Result<Date> parse(std::string_view text);
  [[nodiscard]] static Date of(Timestamp time);  ///< The day in UTC.
  [[nodiscard]] std::int64_t days() const;       ///< Days since 1970-01-01, may be negative.
  [[nodiscard]] static Date from_days(std::int64_t days);
  [[nodiscard]] bool exists() const;
  [[nodiscard]] Date plus_months(int months) const;  ///< Clamped to the last day of the month.
};

}  // namespace knoop
