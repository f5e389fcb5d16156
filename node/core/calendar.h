// Which day it is where Knoop's users work. A birthday, the last day of an involvement and "today" on a screen are days of
// the Netherlands, whatever zone the machine is set to.
#pragma once

#include "crypto/base/time.h"

namespace knoop {

/// The day in the Netherlands: UTC+1, and UTC+2 from the last Sunday of March to the last Sunday of October, each at
/// 01:00 UTC (directive 2000/84/EC).
[[nodiscard]] Date dutch_day(Timestamp time);

/// When that day begins.
[[nodiscard]] Timestamp start_of_dutch_day(Date day);

}  // namespace knoop
