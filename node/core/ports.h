// The four ports: everything that node/core gets from outside. Production gives the real ones (node/net, tools/knoop);
// the simulation gives a virtual clock, a seeded generator, a network that delays, drops, duplicates, reorders, cuts
// and corrupts, and an executor that runs inline. Because nothing else enters, a whole region of nodes runs in one
// test process from one seed.
//
// Threads: the node itself lives on one core thread. A transport and an executor may use threads of their own, but
// they hand what happened to a sink, and the owner of the sink (the daemon's loop, the simulation) calls the node on
// the core thread.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "crypto/base/entropy.h"
#include "crypto/base/time.h"
#include "crypto/keys.h"

namespace knoop {

/// What time it is, UTC. Asked only by the outermost loop, once an event.
class Clock {
 public:
  Clock() = default;
  Clock(const Clock&) = delete;
  Clock& operator=(const Clock&) = delete;
  virtual ~Clock() = default;
  [[nodiscard]] virtual Timestamp now() const = 0;
};

/// One member as the transport must know it: who may connect, and where to dial.
struct Link {
  MemberId member;
  std::vector<TransportPublicKey> accepted;  ///< Current key first, then keys in their grace period.
  std::vector<std::string> endpoints;        ///< "tcp://host:port" to dial; empty: they dial us.
  bool may_dial =
      true;  ///< False: the listener does not know their keys; only the connection that we dial counts.
  friend bool operator==(const Link&, const Link&) = default;
};

/// What a transport tells its owner. Calls come from the transport's thread and must return at once.
class TransportSink {
 public:
  TransportSink() = default;
  TransportSink(const TransportSink&) = delete;
  TransportSink& operator=(const TransportSink&) = delete;
  virtual ~TransportSink() = default;
  virtual void link_up(const MemberId& member) = 0;    ///< A way to this member opened, or opened anew.
  virtual void link_down(const MemberId& member) = 0;  ///< No way to this member is left.
  /// Bytes that came over an authenticated connection of `member`. Nothing in them has been checked.
  virtual void received(const MemberId& member, Bytes frame) = 0;
};

/// Carries opaque frames between members over mutually authenticated connections. Promises nothing about delivery:
/// frames may be lost, repeated or reordered; the channel (streams, acknowledgements) mends that.
class Transport {
 public:
  Transport() = default;
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;
  virtual ~Transport() = default;
  /// Replaces the set of members. Connections of members no longer named are cut.
  virtual void set_links(std::vector<Link> links) = 0;
  /// Hands a frame over for `to`; never blocks; dropped when there is no way to that member.
  virtual void send(const MemberId& to, Bytes frame) = 0;
};

class Context;

/// Runs on the core thread, inside a savepoint, after the work is done.
using Completion = std::function<Result<void>(Context&)>;
/// Slow pure work: no state of the node, no database, no clock. Runs on any thread and returns what to do next.
using Work = std::function<Completion()>;

/// Runs slow work (group exponentiations, Argon2id) beside the core thread.
class Executor {
 public:
  Executor() = default;
  Executor(const Executor&) = delete;
  Executor& operator=(const Executor&) = delete;
  virtual ~Executor() = default;
  virtual void submit(Work work) = 0;
  [[nodiscard]] virtual unsigned width() const = 0;  ///< How many pieces run at once.
};

}  // namespace knoop
