// How many handles a member may register with another: the bound on guessing (R2.6). Counted in rolling calendar
// windows, not per epoch, dummies included, and never given back by a withdrawal: else a node could guess, withdraw and
// guess again.
//
//   a day     at most `declared` handles (the convenant names them for each member, filling included)
//   90 days   at most 2.5 times that: two epoch loads and the changes between
//
// Both sides count: the registrant so as not to send what will be refused, the evaluator because a peer's word is worth
// nothing here. A known point under a new handle does not count.
#pragma once

#include <cstdint>
#include <vector>

#include "crypto/base/time.h"

namespace knoop::matching {

inline constexpr int quota_days = 90;

struct DayCount {
  Date day;
  std::uint64_t handles = 0;
};

/// Room on `today` for a batch, given the counts of the last 90 days (in any order; older ones are ignored).
struct QuotaAnswer {
  bool allowed = false;
  Date again;  ///< When not allowed: the first day on which the same batch passes if nothing else is sent.
};
[[nodiscard]] QuotaAnswer check_quota(std::uint64_t declared, const std::vector<DayCount>& counts,
                                      const Date& today, std::uint64_t batch);

}  // namespace knoop::matching
