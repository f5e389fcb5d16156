// How a log stands towards its witnesses (R8.2, protocol.md sections 4 and 6): whether it discloses, and whether it is known to
// be whole. Pure; node/core/log_standing.h reads the facts.
//
// *Late*: some entry is covered by no witnessed head since too long. Past the convenant's bound (72 hours) the node discloses
// nothing more, emergencies aside: what it did since then nobody else can vouch for. A log that is covered wholly is not
// late, however long nothing happened.
//
// *Fresh*: since the node started, and not longer ago than the bound, enough witnesses cosigned a head that the log contains,
// and so said that they hold no larger one. A quorum shares more than f witnesses with every other: a node whose database was
// set back to a copy finds at least one honest witness that holds what it has forgotten.
#pragma once

#include <algorithm>
#include <optional>
#include <string_view>
#include <vector>

#include "crypto/base/time.h"

namespace knoop::audit {

enum class Lateness : std::uint8_t {
  in_time = 0,
  third = 1,       ///< A third of the bound has passed: people are warned.
  two_thirds = 2,  ///< They are warned again.
  stopped = 3,     ///< Nothing is disclosed.
};

constexpr std::string_view to_string(Lateness late) {
  switch (late) {
    case Lateness::in_time:
      return "in-time";
    case Lateness::third:
      return "warning";
    case Lateness::two_thirds:
      return "urgent";
    case Lateness::stopped:
      return "stopped";
  }
  return "stopped";
}

/// `since`: when the first entry was written that no witnessed head covers; absent when there is none.
constexpr Lateness lateness(const std::optional<Timestamp>& since, Milliseconds bound, Timestamp now) {
  if (!since) return Lateness::in_time;
  const Milliseconds passed = now - *since;
  if (passed >= bound) return Lateness::stopped;
  if (3 * passed >= 2 * bound) return Lateness::two_thirds;
  return 3 * passed >= bound ? Lateness::third : Lateness::in_time;
}

/// `answers`: of each witness the last time since start that it cosigned a head that the log contains.
inline bool is_fresh(std::vector<std::optional<Timestamp>> answers, std::size_t quorum, Milliseconds bound,
                     Timestamp now) {
  const auto counts = [&](const std::optional<Timestamp>& at) { return at && now - *at <= bound; };
  return static_cast<std::size_t>(std::ranges::count_if(answers, counts)) >= quorum;
}

}  // namespace knoop::audit
