// One node: everything that an organisation's Knoop decides, on one thread, over four ports (ports.h).
//
// The owner (the daemon's loop, the simulation) calls it with events and a time and, when it is idle, after 5 ms or
// after 256 events, calls flush(): that commits the open group transaction and only then lets out what the events
// caused: frames to the transport, work to the executor. An answer to a person or a program must wait for that flush
// too (architecture.md "The one rule that makes it trustworthy").
//
// When flush() fails (disk full, I/O error) nothing of the group happened, but what the node holds in memory may be
// ahead of the disk: the owner destroys the node and starts a new one from the database.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <vector>

#include "crypto/base/entropy.h"
#include "node/core/audit_log.h"
#include "node/core/channel.h"
#include "node/core/clock_watch.h"
#include "node/core/context.h"
#include "node/core/keys.h"
#include "node/core/membership.h"
#include "node/core/ports.h"
#include "node/core/service.h"
#include "storage/database.h"

namespace knoop {

using storage::LogPosition;

/// What a commit added to the log: where it stands now, and of each kind of event the newest. Not who or what.
struct LogNews {
  LogPosition newest;
  Timestamp at;
  std::map<audit::Event, LogPosition> events;
};

class Node {
 public:
  struct Parts {
    std::unique_ptr<storage::Database> database;
    Entropy& entropy;
    Transport& transport;
    Executor& executor;
    std::vector<std::unique_ptr<Service>> services;  ///< make_services() of services.h, or those of a test.
    /// Told each error of an event that nobody waits for, once: the daemon writes it to its log.
    std::function<void(const Error&)> on_trouble = {};
    SpokenVersions versions = {};  ///< What Hello offers; a test gives others.
  };

  /// Opens the node over a migrated database in which `knoop init` has stored keys and an own card.
  [[nodiscard]] static Result<std::unique_ptr<Node>> start(Parts parts, Timestamp now);
  ~Node();
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;

  // Events from the ports.
  void link_up(const MemberId& member, Timestamp now);
  void link_down(const MemberId& member);
  void received(const MemberId& member, Bytes frame, Timestamp now);
  void completed(const Completion& completion, Timestamp now);
  void tick(Timestamp now);

  /// A command of a person or program: runs in a savepoint of its own. The answer may be shown only after flush().
  template <typename T>
  [[nodiscard]] Result<T> command(const Actor& actor, Timestamp now,
                                  const std::function<Result<T>(Context&)>& run) {
    std::optional<Result<T>> answer;
    const Result<void> done = event(actor, now, [&](Context& context) -> Result<void> {
      answer = run(context);
      if (!*answer) return fail(answer->error());
      return {};
    });
    if (!done) return fail(done.error());
    return std::move(*answer);
  }

  /// Commits, then releases frames and work. An error is final for this object.
  [[nodiscard]] Result<void> flush(Timestamp now);
  /// `watch` is told after each commit that added to the log, and once at the first: on the core thread, for whoever
  /// hands it on to another (event_hub.h). One watcher.
  void watch_log(std::function<void(const LogNews&)> watch) { log_watch_ = std::move(watch); }
  /// Events not yet committed.
  [[nodiscard]] std::size_t pending() const { return pending_; }
  /// When tick() wants to be called at the latest.
  [[nodiscard]] std::optional<Timestamp> next_due() const;

  [[nodiscard]] const Membership& membership() const { return membership_; }
  [[nodiscard]] Channel& channel() { return *channel_; }
  [[nodiscard]] AuditLog& audit_log() { return *audit_log_; }
  [[nodiscard]] const ClockWatch& clock_watch() const { return clock_watch_; }
  /// The service of this type; a node has exactly one of each.
  template <typename S>
  [[nodiscard]] S& service() {
    for (const auto& service : services_)
      if (auto* found = dynamic_cast<S*>(service.get())) return *found;
    KNOOP_ASSERT(false, "a node without this service");
  }
  /// Errors of events that nobody waits for (a finished computation, a timer), newest last, at most 100.
  [[nodiscard]] const std::vector<Error>& troubles() const { return troubles_; }

 private:
  static constexpr Milliseconds retry_failed_tick{5000};

  explicit Node(Parts parts);

  /// Every event comes in here, with what the clock says.
  Result<void> event(const Actor& actor, Timestamp clock, const std::function<Result<void>(Context&)>& run);
  Result<void> run_event(const Actor& actor, Timestamp clock,
                         const std::function<Result<void>(Context&)>& run);
  Result<void> watch_clock(Timestamp clock);
  /// Validity never goes back behind the own log.
  Result<Context::Time> time_of(storage::Transaction& tx, Timestamp clock) const;
  /// Tells the channel, and later the transport, what the membership is now.
  Result<void> follow_membership(Timestamp clock);
  /// After an event that changed the membership was undone.
  Result<void> forget_undone_membership();
  Result<void> commit(Timestamp clock);
  void note(const Result<void>& result);
  Result<void> tell_log_watch(storage::Transaction& tx, Timestamp clock);

  std::unique_ptr<storage::Database> database_;
  Entropy& entropy_;
  Transport& transport_;
  Executor& executor_;
  SpokenVersions versions_;
  Membership membership_;
  ClockWatch clock_watch_;
  std::unique_ptr<Channel> channel_;
  std::unique_ptr<AuditLog> audit_log_;
  std::vector<std::unique_ptr<Service>> services_;
  std::function<void(const Error&)> on_trouble_;
  std::function<void(const LogNews&)> log_watch_;
  std::optional<LogPosition> log_told_;
  std::vector<std::optional<Timestamp>> service_due_;
  Dispatcher dispatcher_;
  std::unique_ptr<NodeKeys> keys_;
  std::unique_ptr<Context::World> world_;
  std::vector<Work> work_;
  std::vector<Error> troubles_;
  std::size_t pending_ = 0;
  std::uint64_t loaded_generation_ = 0;
  bool links_changed_ = false;
  bool failed_ = false;
};

}  // namespace knoop
