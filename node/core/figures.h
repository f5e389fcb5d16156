// How it goes, in numbers without personal data (R8.6): matches and contact in time, hand-overs and how long they take, referrals to the
// wrong place, and how many organisations are around one child. Of what this node still has: the rows of a client that was destroyed count no
// more, so a month of long ago may count less than it did.
//
// Small cells are suppressed: who knows one family of four must not find it in a report. A count from 1 to 4 is not told; where one part of a
// whole is not told, none of its parts is, since the rest would tell it. Zero is told: it is about nobody.
//
// For monitors and who answers for a team or for privacy; reading it is logged as every look at the work is.
#pragma once

#include <optional>
#include <vector>

#include "node/core/context.h"

namespace knoop {

/// Counts below it name somebody.
inline constexpr std::int64_t smallest_told = 5;
/// Nothing: it is from 1 to 4.
using Told = std::optional<std::int64_t>;

/// The whole and its parts. What is in none of them is the rest.
template <std::size_t Parts>
struct Counted {
  Told whole;
  std::optional<std::array<std::int64_t, Parts>>
      parts;  ///< Nothing when any of them, or the rest, is from 1 to 4.
};
template <std::size_t Parts>
[[nodiscard]] Counted<Parts> told(std::int64_t whole, const std::array<std::int64_t, Parts>& parts);

struct MonthFigures {
  Date month;           ///< Its first day, of the Dutch calendar.
  Counted<2> matches;   ///< Found in it: contact in time, contact late or overdue.
  Counted<2> asked;     ///< Hand-overs that we asked: arrived, refused or referred back.
  Counted<2> received;  ///< That were asked of us.
  /// Of those that we asked and that arrived: half took fewer days from the asking until the client was there. Nothing when fewer than five arrived.
  std::optional<std::int64_t> lead_days;
};
struct Figures {
  std::vector<MonthFigures> months;  ///< Oldest first; the last one runs.
  Counted<3> circles;  ///< Children with a match that holds: 2, 3, or 4 and more organisations, this one too.
};
inline constexpr int figure_months = 12;

[[nodiscard]] Result<Figures> figures(Context& context);

}  // namespace knoop
