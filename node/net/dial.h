// One outgoing connection to one member: a DEALER socket that lives as long as its connection and no longer.
//
// libzmq's own reconnecting is off. A connection that fails or ends closes its socket, and after a pause with
// jitter a new one tries the next of the member's endpoints and keys. That makes every new connection visible
// (the channel must say Hello on each), survives answers after which libzmq would never try again, and lets
// nothing that was queued for an old connection out on a new one.
//
// Frames that arrive here are the member's: the CURVE handshake proved that the other end holds the server
// key from that member's card.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>
#include <zmq.hpp>

#include "crypto/keys.h"
#include "node/core/ports.h"
#include "node/net/flood_guard.h"
#include "node/net/limits.h"
#include "node/net/transport_stats.h"

namespace knoop::net {

class Dial {
 public:
  struct Parts {
    zmq::context_t& context;
    Counters& counters;
    const TransportSecretKey& secret;
    const TransportPublicKey& own;
    std::minstd_rand& jitter;  ///< Spreads the dials of a region; no secret depends on it.
    milliseconds heartbeat;
    milliseconds heartbeat_timeout;
  };
  enum class Change { none, came_up, went_down };

  Dial(Parts parts, const Link& link);

  [[nodiscard]] bool up() const { return state_ == State::up; }
  void add_to(std::vector<zmq::pollitem_t>& items);
  [[nodiscard]] Change step(Steady::time_point now);
  /// The next frame; nothing when none is left. A message that is not exactly one part is counted and dropped, and the
  /// next step() hangs up.
  [[nodiscard]] std::optional<Bytes> receive(FloodGuard& guard);
  [[nodiscard]] std::set<std::uint16_t> ports() const;
  /// Only while up(). False when too much waits already: the frame is dropped.
  [[nodiscard]] bool send(Bytes frame);

 private:
  enum class State { waiting, trying, up };
  struct Target {
    std::string endpoint;
    TransportPublicKey key;
  };

  void open(Steady::time_point now);
  void close(Steady::time_point now);

  Parts parts_;
  std::vector<Target> targets_;
  std::size_t attempt_ = 0;  ///< Chooses the target.
  unsigned failures_ = 0;    ///< In a row.
  State state_ = State::waiting;
  bool hang_up_ = false;
  Steady::time_point
      next_{};  ///< Waiting: when to try. Trying: when to give up. Up: when the dial has proved itself.
  std::optional<zmq::socket_t> socket_;
  std::shared_ptr<std::atomic<std::size_t>> waiting_bytes_;
};

}  // namespace knoop::net
