// When an epoch opens, and when it ends (protocol.md section 3, docs/spec/matching.md).
//
// A pair of members matches under keys of its own for about three months: the epoch. Then both register everything anew
// under new keys, and the old keys are destroyed, so that tokens of the old epoch say nothing to whoever finds them. In
// between both epochs are live: new identifiers and withdrawals go into both, and a match is what either of them holds.
//
//   e is live ───────────────────────────────▶ e ended ───────────▶ e moved, its key destroyed
//             e+1 is open ── registering ── both complete ── claims answered in e+1
//
//   ended   nothing is registered or evaluated in e any more, which each side says (EpochEnded); the opening audit
//           draws (openings.h). Pairs of matched handles stay: matches rest on them.
//   moved   the claimant saw every match of e in a newer epoch, as the other side answered it, and said so
//           (EpochEnded.moved); both drop what is left of e.
//
// An epoch that could not be completed within 14 days ends all the same, and both sides raise an alarm: keys and tokens
// go as promised, but no match goes with them. Matches that the new epoch does not hold yet rest on the old handles until
// it does, or until one side withdraws. So there is never a gap, and since claim and group keep their names
// (claims.h), never a match twice.
//
// A hostile peer can end an epoch early, or never complete one. Either way it stops nobody's matches but those that it
// could withdraw anyway. It can open epochs to make us register again: most_opened a window bounds that.
#pragma once

#include <optional>

#include "crypto/base/result.h"
#include "crypto/base/time.h"
#include "protocol/matching/ids.h"

namespace knoop::matching {

/// An epoch of this age is followed by the next, whatever spread() says.
inline constexpr int epoch_days = 91;
/// A region is founded in a day: without a spread all of its pairs would register everything anew on one day too, every
/// three months. So each epoch of a pair is followed up to so much earlier.
inline constexpr int spread_days = 14;
/// How long two epochs overlap at most, from the moment at which both sides had opened the newer.
inline constexpr int overlap_days = 14;
/// How long the key of an ended epoch waits for the opening audit before it is destroyed without.
inline constexpr int audit_days = 14;
/// Epochs that a pair opens within opening_window_days: the scheduled one, and room for thefts, restores and versions.
inline constexpr int most_opened = 6;
inline constexpr int opening_window_days = 90;
/// A number further ahead is a mistake or an attack on the numbers.
inline constexpr Epoch furthest_ahead = 1'000;

/// Why an epoch ended. Stable: stored.
enum class EndReason : std::uint8_t {
  complete = 1,  ///< Both sides had registered everything in a newer one.
  overdue = 2,   ///< The overlap was over and a side had not: an alarm.
  peer = 3,      ///< The peer ended it, and not everything was registered in a newer one: an alarm.
  replaced = 4,  ///< A second newer epoch was opened, or it was broken (a second commitment): an alarm.
  left = 5,      ///< One of the two is no member any more. Its matches end with it.
};
constexpr bool is_valid(EndReason why) {
  return why >= EndReason::complete && why <= EndReason::left;
}
[[nodiscard]] std::string_view to_string(EndReason why);

/// Two epochs of one pair, as far as the end of the older depends on them.
struct NewerEpoch {
  std::optional<Timestamp> agreed;  ///< Both commitments were there.
  bool complete = false;
  bool peer_complete = false;
};
/// Whether the older one ends now.
[[nodiscard]] std::optional<EndReason> ends(const NewerEpoch& newer, Timestamp now);

/// How much earlier than after epoch_days this epoch of a pair is followed by the next: less than spread_days, the same
/// for both members, another for each pair and epoch. Drawn from a hash of what both know; nobody gains by guessing it.
[[nodiscard]] Milliseconds spread(const NetworkId& network, const MemberId& one, const MemberId& other,
                                  Epoch epoch);

/// The epoch is old enough for the next. `earlier`: its spread().
[[nodiscard]] bool is_due(Timestamp opened, Milliseconds earlier, Timestamp now);

/// What may be opened after `newest` (0: none yet). Errors at Side::peer: wrong_state (not newer: a stale epoch),
/// bad_value (too far ahead), over_limit (too often).
[[nodiscard]] Result<void> may_open(Epoch newest, Epoch wanted, std::int64_t opened_in_window);

}  // namespace knoop::matching
