// Counts for reports (R8.6). Numbers alone leave this layer; small ones are suppressed by node/core/figures.h, which is the only caller.
#pragma once

#include <array>

#include "storage/database.h"

namespace knoop::storage {

/// Matches that were found in a time, whatever became of them since. Those of clients that were destroyed went with them.
struct MatchCounts {
  std::int64_t found = 0;
  std::int64_t in_time = 0;  ///< Contact on or before the last day of its term.
  std::int64_t late = 0;     ///< Contact after it, or none yet and the day is over.
};
[[nodiscard]] Result<MatchCounts> count_matches(Transaction& tx, Timestamp from, Timestamp until,
                                                const Date& today);

/// How many clients with a match that holds have so many organisations around them, this one too: 2, 3, 4 and more (R6.5).
[[nodiscard]] Result<std::array<std::int64_t, 3>> count_circles(Transaction& tx);

}  // namespace knoop::storage
