// The node's tamper-evident log (R8.1, R8.2, protocol.md section 6).
//
// append() writes one entry in the transaction of the event it tells about: both commit or neither. It keeps no state
// of its own between calls, so a savepoint that is undone takes its entries with it. The first entry of a log is
// always log.opened; append() writes it by itself.
//
// Times never decrease: an entry bears the later of the given time and that of the entry before it, so a clock that
// was set back cannot reorder history.
//
// head() signs what the log holds now. A head that was given away binds the node: a later one must contain it, and
// whoever holds both can check that (knoop-verify). It must therefore only be given away after the commit.
#pragma once

#include "crypto/base/entropy.h"
#include "node/core/actor.h"
#include "node/core/keys.h"
#include "node/core/membership.h"
#include "protocol/audit/entry.h"
#include "protocol/audit/origin.h"
#include "storage/audit_repository.h"

namespace knoop {

/// Where an entry stands, for a message that refers to it.
struct AuditPosition {
  std::uint64_t index = 0;
  Hash256 leaf;
};

class AuditLog {
 public:
  AuditLog(const NodeKeys& keys, const Membership& membership) : keys_(keys), membership_(membership) {}

  /// Fills user, responsible, role, source and peer from the actor where the entry leaves them empty.
  Result<AuditPosition> append_at(storage::Transaction& tx, Timestamp now, Entropy& entropy,
                                  const Actor& actor, audit::AuditEntry entry) const;
  /// The same; gives the index alone.
  Result<std::uint64_t> append(storage::Transaction& tx, Timestamp now, Entropy& entropy, const Actor& actor,
                               audit::AuditEntry entry) const;

  /// Opens the next log with its first entry, which tells who approved it (incarnations.h). What is appended from now on
  /// goes there.
  Result<void> open_next(storage::Transaction& tx, Timestamp now, Entropy& entropy, const Actor& actor,
                         std::uint32_t incarnation, audit::AuditEntry entry) const;

  /// How much the log holds.
  struct State {
    std::uint64_t size = 0;
    Timestamp last_time;  ///< Of the newest entry.
  };
  [[nodiscard]] Result<State> state(storage::Transaction& tx) const;
  /// The newest entry.
  [[nodiscard]] Result<storage::LogPosition> newest(storage::Transaction& tx) const;
  /// Which log this is. Fails (ours) before a convenant is installed: a log of no network has no name yet.
  [[nodiscard]] Result<audit::LogOrigin> origin(storage::Transaction& tx) const;
  /// The signed checkpoint over all entries, as a C2SP note. Asking twice gives the same text. Refused (unwitnessed) when
  /// others hold a head of this log that it does not have: it would be a second history.
  [[nodiscard]] Result<std::string> head(storage::Transaction& tx, Timestamp now) const;

 private:
  const NodeKeys& keys_;
  const Membership& membership_;
};

}  // namespace knoop
