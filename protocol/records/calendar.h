// Which day it is where Knoop's users work. A birthday, the last day of a consent or an involvement and "today" on a screen
// are days of the Netherlands, whatever zone the machine is set to: a consent until 31 March holds until midnight there,
// and not an hour or two into 1 April.
//
// Own code of one rule, and not a library's, because decisions are made by pure functions and a library reads its zones
// from files. A test holds it against the zone Europe/Amsterdam of the date library, hour by hour at every change. Should the
// Union end the changing of clocks, the rule changes here and the test says so.
#pragma once

#include "crypto/base/time.h"

namespace knoop {

/// The day in the Netherlands: UTC+1, and UTC+2 from the last Sunday of March to the last Sunday of October, each at
/// 01:00 UTC (directive 2000/84/EC).
[[nodiscard]] Date dutch_day(Timestamp time);

/// The hour there, 0 to 23.
[[nodiscard]] int dutch_hour(Timestamp time);

/// When that day begins.
[[nodiscard]] Timestamp start_of_dutch_day(Date day);

}  // namespace knoop
