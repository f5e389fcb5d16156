// Whether this node's clock can be believed (protocol.md section 2 "Clocks").
//
// Consents end, loans are locked and involvements expire by the clock, and whoever sets it decides about them. Three
// rules stand against a wrong or a meddled one:
//
//  - Validity uses the later of the own clock and the newest own log entry (Context::now), so setting a clock back
//    never makes anything valid again that this node saw end.
//  - A step back over five minutes, or forward over a day, is a *doubt*: until it ends nothing is disclosed, nothing
//    expires and nothing is destroyed; the node counts time on from before the step, so that a clock that shows another
//    year for an hour does not end a convenant, nor date a log that can never go back. Withdrawals pass as always. A
//    step lies between the latest reading of the clock and this one, also across a stop: it is stored each minute.
//  - A doubt ends when an administrator confirms the clock. One about a step forward also ends when two members whose
//    Hello was believed since then have the same time, within five minutes: a node that was off for days goes on by
//    itself. Both are logged.
//
// A hostile member alone cannot end a doubt; two that conspire can end one about a step forward, which somebody must
// have made on this machine. Nobody elsewhere can make one: clocks of others are only ever compared.
#pragma once

#include <optional>
#include <set>

#include "crypto/base/time.h"
#include "crypto/keys.h"
#include "storage/database.h"

namespace knoop {

enum class ClockStep : std::uint8_t { back = 1, forward = 2 };
[[nodiscard]] std::string_view to_string(ClockStep step);

struct ClockDoubt {
  ClockStep step = ClockStep::back;
  Timestamp before;  ///< The time this node had before the step.
  Timestamp after;   ///< What the clock said when the step was seen.
  Milliseconds counted{
      0};  ///< What went by since, in readings that follow each other closely: no further step counts.
};

class ClockWatch {
 public:
  static constexpr Milliseconds most_back{300'000};
  static constexpr Milliseconds most_forward{86'400'000};
  static constexpr Milliseconds most_between_members{300'000};
  static constexpr std::size_t members_needed = 2;
  static constexpr Milliseconds store_every{60'000};

  Result<void> load(storage::Transaction& tx);

  /// A step that makes a doubt, if this reading shows one.
  [[nodiscard]] std::optional<ClockStep> step(Timestamp clock) const;
  /// What time it is by a reading: the clock, or while that is in doubt the time before the step and what went by since.
  [[nodiscard]] Timestamp read(Timestamp clock) const {
    return doubt_ ? doubt_->before + doubt_->counted + passed(clock) : clock;
  }
  /// The clock went back since the last reading, however little: what waits for a time must look again.
  [[nodiscard]] bool went_back(Timestamp clock) const { return last_ && clock < *last_; }
  /// When the clock is to be read again at the latest.
  [[nodiscard]] std::optional<Timestamp> next_look() const {
    return last_ ? std::optional(*last_ + store_every) : std::nullopt;
  }
  /// Takes note of a reading without a step; stores it when a minute has gone by.
  Result<void> seen(storage::Transaction& tx, Timestamp clock);
  Result<void> begin(storage::Transaction& tx, ClockStep step, Timestamp clock);
  /// The clock as it is now is right.
  Result<void> end(storage::Transaction& tx, Timestamp clock);

  /// A member says what time it is. True when the doubt may end by it.
  [[nodiscard]] bool agrees(const MemberId& member, Timestamp theirs, Timestamp clock);

  [[nodiscard]] const std::optional<ClockDoubt>& doubt() const { return doubt_; }

 private:
  Result<void> store(storage::Transaction& tx) const;
  [[nodiscard]] Milliseconds passed(Timestamp clock) const;

  std::optional<Timestamp> latest_;  ///< Reading since the last step.
  std::optional<Timestamp> last_;    ///< The last reading of this run.
  std::optional<Timestamp> stored_;
  std::optional<ClockDoubt> doubt_;
  std::set<MemberId> agreeing_;
};

}  // namespace knoop
