// The ROUTER socket behind which every member that dials us arrives.
//
// libzmq gives each connection a routing id, and that id says where an answer goes. A connection may ask for
// an id of its own choice, so another member could take over the id under which we know somebody, as soon as
// it is free: messages of such connections are dropped and the connection is cut. An open connection outlives
// its key in the ZAP handler, so taking a key away means building a new listener.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <zmq.hpp>

#include "crypto/keys.h"
#include "node/net/flood_guard.h"
#include "node/net/limits.h"
#include "node/net/transport_stats.h"
#include "node/net/voucher.h"

namespace knoop::net {

/// The five bytes that libzmq made up for one connection: a zero and a running number.
class RoutingId {
 public:
  /// Nothing when these bytes are not of libzmq's making.
  [[nodiscard]] static std::optional<RoutingId> from(ByteView bytes);

  [[nodiscard]] ByteView view() const { return bytes_; }
  /// A later connection of the same listener (the number may wrap).
  [[nodiscard]] bool newer_than(const RoutingId& other) const;
  friend bool operator==(const RoutingId&, const RoutingId&) = default;

 private:
  [[nodiscard]] std::uint32_t number() const;
  std::array<Byte, 5> bytes_{};
};

class Listener {
 public:
  struct Options {
    milliseconds heartbeat = kHeartbeat;
    milliseconds heartbeat_timeout = kHeartbeatTimeout;
  };
  struct Message {
    MemberId member;
    RoutingId route;
    Bytes frame;  ///< Empty: only a sign of life.
  };
  enum class Sent { yes, no_route, full };

  /// Binds; throws zmq::error_t when the endpoint is taken or malformed.
  Listener(zmq::context_t& context, Counters& counters, const Voucher& voucher,
           const TransportSecretKey& secret, const std::string& endpoint, const Options& options);
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  /// As bound: "tcp://127.0.0.1:45321", also when port 0 was asked for.
  [[nodiscard]] const std::string& endpoint() const { return endpoint_; }
  [[nodiscard]] zmq::socket_t& socket() { return socket_; }
  [[nodiscard]] zmq::socket_t& monitor() { return monitor_; }

  /// The next message that may be looked at; nothing when none is left. Counts and drops what may not.
  [[nodiscard]] std::optional<Message> receive(FloodGuard& guard);
  /// libzmq's events: counts failed handshakes.
  void read_monitor();
  [[nodiscard]] Sent send(const RoutingId& route, ByteView frame);

 private:
  Counters& counters_;
  const Voucher& voucher_;
  zmq::socket_t socket_;
  zmq::socket_t monitor_;
  std::string endpoint_;
};

}  // namespace knoop::net
