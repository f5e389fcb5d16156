// Heads of logs on their way (protocol.md section 6): ours is signed by itself, at most half a minute behind and only when
// the log grew, and goes out with every Hello together with the newest known of all members.
//
// So a member that shows two histories shows them to people who talk to each other: two heads of one size with different
// roots, or a head that says less than its member signed before, are kept as evidence and logged (log.fork-seen,
// log.rollback-seen). Nothing else about heads is logged, or telling heads would make logs grow.
//
// A hostile peer can send heads that it made up: without the signature of the log's own member they are dropped. It can
// leave heads out: whoever hears of them from somebody else has them anyway.
#pragma once

#include "node/core/service.h"
#include "protocol/channel/messages.h"

namespace knoop {

/// Signs our own.
class HeadService final : public Service {
 public:
  void register_handlers(Dispatcher&) override {}
  Result<std::optional<Timestamp>> on_tick(Context& context) override;

 private:
  std::optional<Timestamp> due_;
};

/// Adds our newest head and those of others to a Hello for `to`. Reads only.
Result<void> add_heads(storage::Transaction& tx, const Membership& membership, const MemberId& to,
                       Hello& hello);
/// Keeps what a believed Hello told. Never fails for what the peer sent.
Result<void> take_heads(Context& context, const MemberId& from, const Hello& hello);

}  // namespace knoop
