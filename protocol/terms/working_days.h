// Working days in the Netherlands (R2.7, R5.2): terms between organisations are agreed in days on which somebody can answer.
//
// No working day are Saturday, Sunday, and the days of article 3 of the Algemene termijnenwet: Nieuwjaarsdag, Goede Vrijdag,
// tweede Paasdag, Hemelvaartsdag, tweede Pinksterdag, both Kerstdagen, the day on which the King's birthday is celebrated
// (27 April, or 26 April when that is a Sunday; since 2014), and 5 May. They are computed, so nobody has to keep a list. What
// an organisation closes besides (the days between Kerst and Nieuwjaar, carnival) does not count: a term holds between two.
//
// Pure. Days are days of the Netherlands (protocol/records/calendar.h).
#pragma once

#include <cstdint>

#include "crypto/base/time.h"

namespace knoop::terms {

/// Easter Sunday of the Gregorian calendar.
[[nodiscard]] Date easter(int year);
[[nodiscard]] bool is_public_holiday(Date day);
[[nodiscard]] bool is_working_day(Date day);

/// The last day of a term of `count` working days that something began on `day`: that day itself does not count
/// (Algemene termijnenwet; a request of Friday evening costs nobody a day). With 0 the first working day from `day` on.
[[nodiscard]] Date after_working_days(Date day, std::uint32_t count);

/// How many working days lie after `from`, up to and including `to`; 0 when `to` is not later.
[[nodiscard]] std::uint32_t working_days_between(Date from, Date to);

}  // namespace knoop::terms
