// Ends of connections for the transport's tests: our own transport with a sink that records, and strangers
// built directly on libzmq or on a TCP socket. Every listener takes a free port; every wait is on a
// condition.
#pragma once

#include <catch2/catch.hpp>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <set>
#include <zmq.hpp>

#include "crypto/x25519.h"
#include "node/net/curve.h"
#include "node/net/os_entropy.h"
#include "node/net/zmq_transport.h"

namespace knoop::test {

inline constexpr std::chrono::seconds kPatience{60};  // only ever used up by a failing test

class RecordingSink final : public TransportSink {
 public:
  void link_up(const MemberId& member) override {
    change([&] { ++ups_[member], up_.insert(member); });
  }
  void link_down(const MemberId& member) override {
    change([&] { ++downs_[member], up_.erase(member); });
  }
  void received(const MemberId& member, Bytes frame) override {
    change([&] {
      if (!up_.contains(member)) out_of_order_ = true;
      frames_.emplace_back(member, std::move(frame));
    });
  }
  void died(const Error& error) {
    change([&] { fatal_ = error.sentence; });
  }

  bool wait_up(const MemberId& member) {
    return wait([&] { return up_.contains(member); });
  }
  bool wait_ups(const MemberId& member, int count) {
    return wait([&] { return ups_[member] >= count; });
  }
  bool wait_down(const MemberId& member) {
    return wait([&] { return downs_[member] > 0 && !up_.contains(member); });
  }
  bool wait_fatal() {
    return wait([&] { return !fatal_.empty(); });
  }
  /// The next frame, which must come.
  std::optional<std::pair<MemberId, Bytes>> next() {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, kPatience, [&] { return !frames_.empty(); })) return std::nullopt;
    auto first = std::move(frames_.front());
    frames_.pop_front();
    return first;
  }
  bool quiet() {
    const std::lock_guard lock(mutex_);
    return frames_.empty() && !out_of_order_;
  }
  std::string fatal() {
    const std::lock_guard lock(mutex_);
    return fatal_;
  }
  int ups(const MemberId& member) {
    const std::lock_guard lock(mutex_);
    return ups_[member];
  }

 private:
  template <typename F>
  void change(F f) {
    {
      const std::lock_guard lock(mutex_);
      f();
    }
    changed_.notify_all();
  }
  template <typename F>
  bool wait(F f) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, kPatience, f);
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<MemberId, int> ups_;
  std::map<MemberId, int> downs_;
  std::set<MemberId> up_;
  std::deque<std::pair<MemberId, Bytes>> frames_;
  std::string fatal_;
  bool out_of_order_ = false;
};

/// One organisation with its transport.
struct End {
  OsEntropy entropy;
  MemberId id = entropy.draw<MemberId>();
  TransportSecretKey secret = entropy.draw<TransportSecretKey>();
  TransportPublicKey key = public_key(secret);
  RecordingSink sink;
  std::unique_ptr<ZmqTransport> transport;

  Result<void> start(ZmqTransportOptions options) {
    if (!options.on_fatal) options.on_fatal = [this](const Error& error) { sink.died(error); };
    auto started = ZmqTransport::start(std::move(options), secret, sink, entropy);
    if (!started) {
      UNSCOPED_INFO(started.error().sentence);
      return fail(started.error());
    }
    transport = std::move(*started);
    return {};
  }
  Result<void> listen() { return start({.listen = "tcp://127.0.0.1:0"}); }
  Result<void> dial_only() { return start({}); }

  [[nodiscard]] Link as_link(bool with_endpoint) const {
    return {id, {key}, with_endpoint ? std::vector{transport->endpoint()} : std::vector<std::string>{}};
  }
  [[nodiscard]] net::TransportStats stats() const { return transport->counters().snapshot(); }
  bool wait_stats(const std::function<bool(const net::TransportStats&)>& reached) const {
    return transport->counters().wait(reached, kPatience);
  }
};

/// A client on libzmq that does as it likes: the shape of a hostile member, or of a stranger.
struct RawDealer {
  zmq::context_t context;
  zmq::socket_t socket{context, zmq::socket_type::dealer};

  RawDealer() {
    socket.set(zmq::sockopt::linger, 0);
    socket.set(zmq::sockopt::immediate, 1);
    socket.set(zmq::sockopt::reconnect_ivl, -1);
  }
  void use_curve(const TransportSecretKey& secret, const TransportPublicKey& server) {
    net::become_curve_client(socket, secret, public_key(secret), server);
  }
  void connect(const std::string& endpoint) { socket.connect(endpoint); }
  /// The handshake succeeded.
  bool connected() {
    std::vector<zmq::pollitem_t> items{{socket.handle(), 0, ZMQ_POLLOUT, 0}};
    return zmq::poll(items, std::chrono::milliseconds(kPatience)) == 1;
  }
  /// Waits until the connection is gone.
  bool gone() {
    const auto until = net::Steady::now() + kPatience;
    while (net::Steady::now() < until) {
      std::vector<zmq::pollitem_t> items{{socket.handle(), 0, ZMQ_POLLIN, 0}};
      zmq::poll(items, std::chrono::milliseconds(10));
      if ((socket.get(zmq::sockopt::events) & ZMQ_POLLOUT) == 0) return true;
    }
    return false;
  }
  void send(std::string_view text, zmq::send_flags flags = zmq::send_flags::none) {
    socket.send(zmq::buffer(text), flags);
  }
};

}  // namespace knoop::test
