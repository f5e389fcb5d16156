// Where the own log stands towards its witnesses, for whoever is about to disclose (protocol.md sections 4 and 6,
// protocol/audit/standing.h). Reads only.
//
// A member for whom the convenant names no witnesses goes on working, and its status says that nobody watches its log
// (docs/decisions/0013-no-witnesses.md): then `watched` is false, and it is neither late nor in doubt.
#pragma once

#include <optional>

#include "node/core/context.h"
#include "protocol/audit/standing.h"
#include "protocol/audit/witness.h"
#include "storage/head_repository.h"

namespace knoop {

/// The witnesses of a member's log under the convenant that is installed; of the own log too.
[[nodiscard]] audit::WitnessRule witnesses_of(const Membership& membership, const MemberId& log);

struct LogStanding {
  bool watched = false;
  audit::WitnessRule rule;
  Milliseconds bound{};
  std::uint32_t incarnation = 1;
  std::uint64_t size = 0;
  std::uint64_t witnessed_size = 0;  ///< Of the newest witnessed head; 0: none yet.
  std::optional<Timestamp> witnessed_at;
  std::optional<Timestamp> unwitnessed_since;  ///< When the first entry was written that it does not cover.
  audit::Lateness late = audit::Lateness::in_time;
  std::size_t answers = 0;  ///< Witnesses that count for `fresh`.
  bool fresh = false;
  /// A head that we signed and that is not of this log: the database was set back to a copy.
  std::optional<storage::MemberHead> lost;

  /// Whether what is disclosed now is vouched for. Emergencies are the caller's exception.
  [[nodiscard]] bool discloses() const { return late != audit::Lateness::stopped && !lost; }
};
[[nodiscard]] Result<LogStanding> log_standing(storage::Transaction& tx, const Membership& membership,
                                               Timestamp now);

/// For a command of a person: `unwitnessed`, with the sentence for it, when the log does not disclose.
[[nodiscard]] Result<void> require_witnessed(Context& context);
/// The own log is known to contain every head of its own that its witnesses hold: asked since start, and not longer ago
/// than the convenant's bound. Always true when nobody watches it, never when it was set back.
[[nodiscard]] Result<bool> own_log_is_fresh(Context& context);

}  // namespace knoop
