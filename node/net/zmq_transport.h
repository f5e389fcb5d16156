// The transport of production: frames between members over CurveZMQ (protocol.md section 2,
// docs/spec/transport.md).
//
// One ROUTER socket, a CURVE server, takes the connections of members that dial us; a DEALER socket for each
// member with an endpoint dials them. Whichever connection is up carries frames in both directions, so one
// side may sit behind a firewall. A member's own dial is preferred over the connection it opened to us.
//
// What is guaranteed to the owner of the sink:
//  - received(member, …) is called only for bytes that came over a connection whose other end proved, in the
//  CURVE
//    handshake, that it holds a transport key of `member` named in the newest links. Nothing else about the
//    bytes is known.
//  - link_up(member) comes before the first received(member) of every new connection. What was handed over
//  before is
//    not sent on a new connection by itself.
//  - All calls come from one thread, and none after the destructor has returned.
//
// When something happens after which strangers might get in or nobody can be heard (the ZAP handler's thread
// ends, the gate test fails, the listener cannot be bound again, libzmq fails), on_fatal is called once.
// Production ends the process there (`die`): a supervisor starts a new one, and nothing is lost that was not
// committed.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "crypto/base/entropy.h"
#include "node/core/ports.h"
#include "node/net/limits.h"
#include "node/net/transport_stats.h"

namespace knoop {

struct ZmqTransportOptions {
  /// "tcp://*:7410", or port 0 for a free one; empty: only dials out.
  std::string listen;
  std::chrono::milliseconds heartbeat = net::kHeartbeat;
  std::chrono::milliseconds heartbeat_timeout = net::kHeartbeatTimeout;
  std::chrono::milliseconds route_probe = net::kRouteProbe;
  std::chrono::milliseconds gate_test_every = net::kGateTestEvery;
  /// From any thread, at most once.
  std::function<void(const Error&)> on_fatal = {};
  /// Tests only: called by the ZAP handler for each handshake; what it throws kills the handler.
  std::function<void()> before_zap_answer = {};
};

class ZmqTransport final : public Transport {
 public:
  /// What production gives as on_fatal: says why and ends the process without running destructors.
  [[noreturn]] static void die(const Error& error);

  /// Listens and proves that strangers are refused (up to 30 s on a machine under load), then starts to work.
  /// `entropy` and `sink` outlive the transport; `entropy` is used from the transport's thread.
  [[nodiscard]] static Result<std::unique_ptr<ZmqTransport>> start(ZmqTransportOptions options,
                                                                   const TransportSecretKey& secret,
                                                                   TransportSink& sink, Entropy& entropy);
  ~ZmqTransport() override;

  void set_links(std::vector<Link> links) override;
  void send(const MemberId& to, Bytes frame) override;

  /// Where others reach us, as bound: "tcp://127.0.0.1:45321". Empty when it only dials out.
  [[nodiscard]] std::string endpoint() const;
  [[nodiscard]] const net::Counters& counters() const;

 private:
  class Impl;
  explicit ZmqTransport(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace knoop
