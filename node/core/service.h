// A service owns one subject of the node (matching, hand-over, …). It registers what it understands once, at start;
// after that the node calls it on the core thread only, one event at a time.
//
// Authorisation is part of registering a handler: a message type that nobody registered, or from a member that its
// audience does not include, never reaches a service.
#pragma once

#include <functional>
#include <map>
#include <optional>

#include "node/core/context.h"

namespace knoop {

/// A message as a handler sees it: opened, its signature checked, its sender a member, its number next in line.
/// What the body says is still a stranger's word.
struct Received {
  MemberId from;
  MessageType type;
  std::optional<SubjectId> subject;
  Timestamp sent_at;  ///< By the sender's clock.
  Bytes body;
};

/// Which of the two sides of a link was restored from a backup.
enum class Restored { this_node, peer };

/// Who may send a message type. Protective messages (withdrawals, acknowledgements of them, destruction) also pass
/// under an expired convenant and from a former member, for two years (protocol.md section 1).
enum class Audience { members, members_and_former };

using MessageHandler = std::function<Result<void>(Context&, const Received&)>;

class Dispatcher {
 public:
  struct Entry {
    Audience audience;
    MessageHandler handler;
    /// Runs when `handler` failed and the message became a dead letter: what must be safe until somebody looked at it.
    MessageHandler dead;
  };

  void on(MessageType type, Audience audience, MessageHandler handler, MessageHandler dead = {});
  [[nodiscard]] const Entry* find(MessageType type) const;

 private:
  std::map<MessageType, Entry> entries_;
};

class Service {
 public:
  Service() = default;
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;
  virtual ~Service() = default;

  virtual void register_handlers(Dispatcher& dispatcher) = 0;

  /// Once after start, before any message: pick up what a crash left behind.
  virtual Result<void> on_start(Context&) { return {}; }
  /// A Hello of this member, or former member, was believed; perhaps only protective messages pass between us.
  virtual Result<void> on_peer_heard(Context&, const MemberId&) { return {}; }
  /// The channel with this member is open in both directions for everything (Hello exchanged, the same convenant), for
  /// the first time or again.
  virtual Result<void> on_peer_ready(Context&, const MemberId&) { return {}; }
  /// A new version of the convenant leaves this member out, or ourselves: within the transaction that installs it, while
  /// Context::membership() still is as it was. What is shared with it ends. Sends nothing: that would be void at once.
  virtual Result<void> on_member_left(Context&, const MemberId&) { return {}; }
  /// This node or this member was restored from a backup, and the streams between the two begin anew: what was under way is
  /// over, what lasts is found anew. Sends nothing.
  virtual Result<void> on_restored(Context&, const MemberId&, Restored) { return {}; }
  /// Called when the time it last returned is reached, and after every event that changed something. Does at most
  /// 50 ms of work and returns when it wants to be called again; `now` means that a slice is left over.
  virtual Result<std::optional<Timestamp>> on_tick(Context&) { return std::optional<Timestamp>{}; }
};

}  // namespace knoop
