// The world of one event. Every handler (of a message, a command, a timer, a finished computation) gets a Context and
// reaches the outside only through it, so that the one rule holds by construction: state, audit entries and messages
// of an event are written through the same transaction and commit together, or none of them happens.
//
// A handler that returns an Error is rolled back to its savepoint: nothing it wrote, logged, queued or submitted
// remains. Work handed to submit() starts only when the event has succeeded.
#pragma once

#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "crypto/base/entropy.h"
#include "crypto/base/time.h"
#include "node/core/actor.h"
#include "node/core/ports.h"
#include "protocol/audit/entry.h"
#include "protocol/channel/frame.h"
#include "storage/database.h"

namespace knoop {

class Channel;
class ClockWatch;
class Membership;
class AuditLog;
struct NodeKeys;
enum class Restored;

class Context {
 public:
  /// What a Context is made of; owned by the node, outliving the event.
  struct World {
    Entropy& entropy;
    Membership& membership;
    Channel& channel;
    AuditLog& audit_log;
    const NodeKeys& keys;
    ClockWatch& clock_watch;
    std::function<Result<void>(Context&, const MemberId&)> member_left;         ///< Tells every service.
    std::function<Result<void>(Context&, const MemberId&, Restored)> restored;  ///< The same.
  };
  /// When an event happens.
  struct Time {
    Timestamp clock;  ///< By the own clock.
    Timestamp now;    ///< As it is believed, and not before the newest entry of the own log.
  };

  Context(storage::Transaction& transaction, World& world, Actor who, const Time& time)
      : tx(transaction),
        now(time.now),
        clock(time.clock),
        entropy(world.entropy),
        actor(std::move(who)),
        world_(world) {}
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  storage::Transaction& tx;
  const Timestamp now;    ///< By which validity is judged and what happens is dated.
  const Timestamp clock;  ///< The own clock, which may have been set back: for retries and for Hello only.
  Entropy& entropy;
  const Actor actor;

  [[nodiscard]] const Membership& membership() const { return world_.membership; }
  [[nodiscard]] Membership& membership() { return world_.membership; }
  [[nodiscard]] const NodeKeys& keys() const { return world_.keys; }
  [[nodiscard]] const AuditLog& audit_log() const { return world_.audit_log; }

  /// Appends to the tamper-evident log, in this transaction (R8.1). Time, user, role and source are filled from the
  /// Context where the entry leaves them empty. Returns the entry's index.
  Result<std::uint64_t> audit(audit::AuditEntry entry);

  /// Queues a message for `to`; it is sealed, signed and transmitted after the commit, and once more until it is
  /// acknowledged. The type decides the stream. `subject` names what it is about: a frame that cannot be applied
  /// blocks only later ones with its subject. Refused when `to` is no member, or the convenant is not in force and the
  /// message is not protective.
  Result<void> send(const MemberId& to, MessageType type, const std::optional<SubjectId>& subject,
                    Bytes body);

  /// Puts something else in the place of messages of this type and subject that `to` has not acknowledged (channel.h).
  Result<void> take_back(const MemberId& to, MessageType type, const SubjectId& subject,
                         const std::function<Result<std::optional<Bytes>>(ByteView)>& look);

  /// What this node speaks with `peer`, by both sides' newest offers; nothing before its first Hello was believed.
  [[nodiscard]] Result<std::optional<AgreedVersions>> agreed_versions(const MemberId& peer) const;

  /// What this member's last believed Hello said that it holds; nothing before one came on this link.
  [[nodiscard]] std::optional<ConvenantMark> convenant_of(const MemberId& member) const;
  /// For membership_service.h: ends what is shared with a member that is one no longer, and voids what waits for it.
  /// Gives how many messages.
  [[nodiscard]] Result<std::uint64_t> member_left(const MemberId& member);

  // After a restore, of this node or of a member (incarnations.h).

  /// Tells every service that the streams with this member begin anew.
  Result<void> streams_renewed(const MemberId& member, Restored who);
  /// All streams begin anew; gives how many messages will not be sent. reload_streams() ends the event.
  Result<std::uint64_t> renew_streams();
  Result<void> reload_streams();
  /// From now until its next Hello only what is protective passes from and to this member.
  void distrust(const MemberId& member);
  /// It told since start which heads of our log it knows.
  [[nodiscard]] bool told_heads(const MemberId& member) const;
  /// By what a peer says of our streams we were restored.
  [[nodiscard]] bool streams_set_back() const;

  /// The channel with this member is open in both directions now.
  [[nodiscard]] bool reachable(const MemberId& member) const;

  /// The preshared key of the pair with `peer`, or null; of this event only.
  [[nodiscard]] const PresharedKey* preshared(const MemberId& peer) const;
  [[nodiscard]] std::optional<PresharedKeyId> preshared_id(const MemberId& peer) const;
  /// For preshared.h, which says when it may change. The last thing an event does: memory changes too.
  Result<void> set_preshared(const MemberId& peer, std::optional<PresharedKey> key);

  /// Whether the clock is believed (clock_watch.h). While it is not, nothing is disclosed, expired or destroyed.
  [[nodiscard]] bool clock_sure() const;
  /// The same for a command of a person: clock_unsure, with the sentence for it.
  [[nodiscard]] Result<void> require_clock() const;
  /// A member whose Hello was believed says what time it is.
  Result<void> member_clock(const MemberId& member, Timestamp theirs);
  /// An administrator says that the clock is right now. wrong_state when nothing is in doubt.
  Result<void> confirm_clock();

  /// Runs a part of this event that may fail by itself: on an Error everything that `part` wrote, logged, queued or
  /// submitted is undone, and the Error is returned for the caller to act on.
  Result<void> attempt(const std::function<Result<void>(Context&)>& part);

  /// Starts slow pure work once this event has succeeded; its completion comes back as an event of its own.
  void submit(Work work) { submitted_.push_back(std::move(work)); }

  /// Something was queued that a service's on_tick() picks up: it is called soon, in an event of its own.
  void wake() { woken_ = true; }

  /// For the node: the work to start.
  [[nodiscard]] std::vector<Work> take_submitted() { return std::exchange(submitted_, {}); }
  [[nodiscard]] bool woken() const { return woken_; }

 private:
  World& world_;
  std::vector<Work> submitted_;
  bool woken_ = false;
};

}  // namespace knoop
