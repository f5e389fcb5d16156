#include "protocol/matching/quota.h"

#include <algorithm>

#include "crypto/base/assert.h"

namespace knoop::matching {

std::string_view to_string(Hint hint) {
  switch (hint) {
    case Hint::quota:
      return "quota";
    case Hint::burst:
      return "burst";
    case Hint::churn:
      return "churn";
    case Hint::receipts:
      return "receipts";
    case Hint::epoch:
      return "epoch";
  }
  KNOOP_ASSERT(false, "a Hint outside its enumeration");
}

QuotaAnswer check_quota(std::uint64_t declared, const std::vector<DayCount>& counts, const Date& today,
                        std::uint64_t batch) {
  const std::uint64_t window = declared * 5 / 2;
  for (std::int64_t ahead = 0; ahead <= quota_days; ++ahead) {
    const std::int64_t day = today.days() + ahead;
    std::uint64_t on_day = 0;
    std::uint64_t in_window = 0;
    std::uint64_t frames = 0;
    for (const auto& count : counts) {
      // Days after today (a clock that was set back) count like today: never more room than the window gives.
      const std::int64_t then = std::min(count.day.days(), today.days());
      if (then == day) on_day += count.handles;
      if (then == day) frames += count.frames;
      if (then > day - quota_days) in_window += count.handles;
    }
    if (on_day + batch <= declared && in_window + batch <= window && frames < frames_a_day(declared))
      return {ahead == 0, Date::from_days(day)};
  }
  // Larger than a day's quota by itself: it never passes; the registrant must ask for a larger declaration.
  return {false, Date::from_days(today.days() + quota_days)};
}

}  // namespace knoop::matching
