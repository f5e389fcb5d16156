// How many handles a member may register with another: the bound on guessing (R2.6). Counted in rolling calendar
// windows, not per epoch, dummies included, and never given back by a withdrawal: else a node could guess, withdraw and
// guess again.
//
//   a day     at most `declared` handles (the convenant names them for each member, filling included)
//   90 days   at most 2.5 times that: two epoch loads and the changes between
//
// Both sides count: the registrant so as not to send what will be refused, the evaluator because a peer's word is worth
// nothing here. A known point under a new handle does not count as a handle, but its frame does: frames_a_day bounds what
// a peer can make us compute for nothing.
//
// Within its quota a peer can still guess. What an honest one hardly ever does is an anomaly: a Hint for the privacy
// officers, in the log and in `knoop status`. A hint refuses nothing and proves nothing; the opening audit does.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "crypto/base/time.h"

namespace knoop::matching {

inline constexpr int quota_days = 90;

struct DayCount {
  Date day;
  std::uint64_t handles = 0;
  std::uint64_t frames = 0;
};

/// Batches a day. An honest node that fills its largest batches needs declared / 4096 for a load, and a few hundred small
/// ones for a busy day of changes.
[[nodiscard]] constexpr std::uint64_t frames_a_day(std::uint64_t declared) {
  return 500 + declared / 64;
}
/// So many refused batches come from no honest node: it waits until `again`.
[[nodiscard]] constexpr std::uint64_t frames_of_a_flood(std::uint64_t declared) {
  return 2 * frames_a_day(declared);
}

/// What somebody should look at. Stable: stored.
enum class Hint : std::uint8_t {
  quota = 1,     ///< A batch went over a quota.
  burst = 2,     ///< Many new handles in a day, and no epoch is being filled.
  churn = 3,     ///< Many handles were withdrawn in a day.
  receipts = 4,  ///< Notices of matches stay without receipt.
  epoch = 5,     ///< An epoch ended before both had registered everything in the next.
};
constexpr bool is_valid(Hint hint) {
  return hint >= Hint::quota && hint <= Hint::epoch;
}
/// "quota", "burst", … Stable.
[[nodiscard]] std::string_view to_string(Hint hint);

/// From how many a day on new handles are a burst, and withdrawn ones churn.
[[nodiscard]] constexpr std::uint64_t burst_from(std::uint64_t declared) {
  return declared / 20 < 500 ? 500 : declared / 20;
}

/// Room on `today` for one batch of so many elements, given the counts of the last 90 days (in any order; older ones are ignored).
struct QuotaAnswer {
  bool allowed = false;
  Date again;  ///< When not allowed: the first day on which the same batch passes if nothing else is sent.
};
[[nodiscard]] QuotaAnswer check_quota(std::uint64_t declared, const std::vector<DayCount>& counts,
                                      const Date& today, std::uint64_t batch);

}  // namespace knoop::matching
