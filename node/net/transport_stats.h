// What the transport counted since it started: shown by `knoop status` and the metrics. Everything that was
// refused is counted here, because a refused connection leaves no other trace.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>

namespace knoop::net {

struct TransportStats {
  // Connections to our listener.
  std::uint64_t admitted = 0;        ///< Handshakes of a member's key.
  std::uint64_t unknown_keys = 0;    ///< Keys of no member: answered 300.
  std::uint64_t connect_floods = 0;  ///< A member's key, but more connections than kConnectsPerSecond allows.
  std::uint64_t failed_handshakes = 0;  ///< Other mechanism, broken greeting, timeout, oversized command.
  std::uint64_t cut_connections = 0;    ///< Ended by us: they sent more than they may.
  // Messages.
  std::uint64_t received = 0;
  std::uint64_t sent = 0;
  std::uint64_t without_user_id = 0;  ///< Dropped unparsed: no ZAP handler vouched for the connection.
  std::uint64_t own_routing_id = 0;   ///< Dropped: the connection chose its routing id.
  std::uint64_t strangers = 0;        ///< Dropped: the connection's member is no longer named in the links.
  std::uint64_t malformed = 0;        ///< Dropped: not exactly one part.
  std::uint64_t dropped_without_link = 0;  ///< Outgoing: no way to that member.
  std::uint64_t dropped_full = 0;          ///< Outgoing: the peer reads too slowly.
  // Keys that set_links could not use.
  std::uint64_t unusable_keys = 0;  ///< Of small order.
  std::uint64_t disputed_keys = 0;  ///< Named by two members.
  // Life.
  std::uint64_t dials = 0;
  std::uint64_t failed_dials = 0;
  std::uint64_t listener_rebuilds = 0;
  std::uint64_t gate_tests_passed = 0;
  std::uint64_t gate_tests_inconclusive = 0;
};

/// Shared by the transport's threads.
class Counters {
 public:
  using Field = std::uint64_t TransportStats::*;

  void count(Field field) {
    {
      const std::lock_guard lock(mutex_);
      ++(stats_.*field);
    }
    changed_.notify_all();
  }
  [[nodiscard]] TransportStats snapshot() const {
    const std::lock_guard lock(mutex_);
    return stats_;
  }
  /// Waits until `reached` holds; false after `at_most`.
  bool wait(const std::function<bool(const TransportStats&)>& reached,
            std::chrono::milliseconds at_most) const {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, at_most, [&] { return reached(stats_); });
  }

 private:
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  TransportStats stats_;
};

}  // namespace knoop::net
