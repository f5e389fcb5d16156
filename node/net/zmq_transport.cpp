#include "node/net/zmq_transport.h"

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <random>
#include <thread>
#include <zmq.hpp>

#include "crypto/x25519.h"
#include "node/net/dial.h"
#include "node/net/gate_test.h"
#include "node/net/listener.h"
#include "node/net/signals.h"
#include "node/net/waiting.h"
#include "node/net/wake_up.h"
#include "node/net/zap_handler.h"

namespace knoop {

using namespace net;

namespace {

/// How a member that dialled us is reached.
struct Route {
  RoutingId id;      ///< Last seen under the member's User-Id.
  RoutingId newest;  ///< Of its newest connection: each connection is announced once.
  Steady::time_point heard;
};

struct Peer {
  Link link;
  std::unique_ptr<Dial> dial;
  std::optional<Route> route;

  [[nodiscard]] bool reachable() const { return dial->up() || route.has_value(); }
};

struct Outgoing {
  MemberId to;
  Bytes frame;
};

}  // namespace

class ZmqTransport::Impl {
 public:
  Impl(ZmqTransportOptions options, const TransportSecretKey& secret, TransportSink& sink, Entropy& entropy)
      : options_(std::move(options)),
        secret_(secret.copy()),
        own_(public_key(secret)),
        sink_(sink),
        entropy_(entropy),
        jitter_(jitter_seed(entropy)),
        voucher_(entropy) {}

  ~Impl() {
    stopping_ = true;
    wake_.ring();
    if (thread_.joinable()) thread_.join();
  }

  Result<void> start() {
    try {
      context_.set(zmq::ctxopt::max_sockets, kMaxSockets);
      zap_ = std::make_unique<ZapHandler>(
          context_, counters_, voucher_,
          ZapHandler::Hooks{[this](std::string_view why) { fatal(std::string(why)); },
                            options_.before_zap_answer});
      if (!options_.listen.empty()) {
        listen(options_.listen);
        endpoint_ = listener_->endpoint();
        KNOOP_TRY(prove_gate());
      }
    } catch (const zmq::error_t& error) {
      return fail(ErrorCode::io_failed, Side::ours,
                  "cannot listen on {}: {}; choose another [network] listen address "
                  "or stop the program that holds it",
                  options_.listen, error.what());
    }
    thread_ = std::thread([this] { run(); });
    return {};
  }

  void set_links(std::vector<Link> links) {
    std::vector<Link> keys = links;
    std::erase_if(keys, [](const Link& link) { return !link.may_dial; });
    {
      const std::lock_guard lock(mutex_);
      new_links_ = std::move(links);
    }
    // At once, so that whoever is no longer named cannot open a connection while our thread is busy.
    if (zap_->accept(keys)) keys_taken_away_ = true;
    wake_.ring();
  }

  void send(const MemberId& to, Bytes frame) {
    {
      const std::lock_guard lock(mutex_);
      if (outbox_bytes_ + frame.size() > kOutboxBacklog) {
        counters_.count(&TransportStats::dropped_full);
        return;
      }
      outbox_bytes_ += frame.size();
      outbox_.push_back({to, std::move(frame)});
    }
    wake_.ring();
  }

  [[nodiscard]] const std::string& endpoint() const { return endpoint_; }
  [[nodiscard]] const Counters& counters() const { return counters_; }

 private:
  static std::minstd_rand::result_type jitter_seed(Entropy& entropy) {
    std::array<Byte, 4> bytes{};
    entropy.fill(bytes);
    return std::minstd_rand::result_type{bytes[0]} << 24U | std::minstd_rand::result_type{bytes[1]} << 16U |
           std::minstd_rand::result_type{bytes[2]} << 8U | bytes[3];
  }

  void fatal(std::string why) {
    if (died_.exchange(true)) return;
    const Error error{
        ErrorCode::io_failed, Side::ours,
        fmt::format("the transport cannot go on: {}; the node stops so that no stranger gets in", why)};
    if (options_.on_fatal) options_.on_fatal(error);
  }

  // ---- the listener and its gate

  void listen(const std::string& endpoint) {
    listener_ = std::make_unique<Listener>(context_, counters_, voucher_, secret_, endpoint,
                                           Listener::Options{options_.heartbeat, options_.heartbeat_timeout});
  }

  Result<void> prove_gate() {
    for (unsigned attempt = 0; attempt < kGateTestAttempts; ++attempt) {
      GateTest test(context_, *zap_, entropy_, listener_->endpoint(), own_);
      std::optional<GateTest::Outcome> outcome;
      while (!(outcome = test.step())) {
        std::vector<zmq::pollitem_t> items;
        test.add_to(items);
        wait_for(items, kTick);
      }
      if (judge_gate(*outcome)) return {};
      if (died_) break;
    }
    return fail(ErrorCode::io_failed, Side::ours,
                "the listener on {} did not prove that it refuses strangers; look "
                "for a firewall on this machine's own address, or a machine that is overloaded",
                listener_->endpoint());
  }

  /// True when the gate held.
  bool judge_gate(GateTest::Outcome outcome) {
    switch (outcome) {
      case GateTest::Outcome::refused:
        gate_misses_ = 0;
        counters_.count(&TransportStats::gate_tests_passed);
        return true;
      case GateTest::Outcome::stranger_accepted:
        fatal("the listener accepted a key that is nobody's");
        return false;
      case GateTest::Outcome::null_accepted:
        fatal("the listener accepted a client without encryption");
        return false;
      case GateTest::Outcome::inconclusive:
        counters_.count(&TransportStats::gate_tests_inconclusive);
        if (++gate_misses_ >= kGateTestAttempts) fatal("the listener no longer answers the test of its gate");
        return false;
    }
    return false;
  }

  void watch_gate(Steady::time_point now) {
    if (!listener_) return;
    if (gate_) {
      const auto outcome = gate_->step();
      if (!outcome) return;
      gate_.reset();
      judge_gate(*outcome);
      next_gate_ = now + options_.gate_test_every;
    } else if (now >= next_gate_) {
      gate_ = std::make_unique<GateTest>(context_, *zap_, entropy_, listener_->endpoint(), own_);
    }
  }

  /// Open connections outlive their key, so the listener goes and comes back at the same address.
  void rebuild_listener(Steady::time_point now) {
    counters_.count(&TransportStats::listener_rebuilds);
    gate_.reset();
    listener_.reset();
    relisten_until_ = now + kRelisten;
    std::vector<MemberId> lost;
    for (auto& [member, peer] : peers_)
      if (peer.route) lost.push_back(member);
    for (const MemberId& member : lost) drop_route(member, peers_.at(member));
  }

  void relisten(Steady::time_point now) {
    if (listener_ || endpoint_.empty()) return;
    try {
      listen(endpoint_);
      next_gate_ = now;
    } catch (const zmq::error_t& error) {
      // The old socket may still be closing in libzmq's own thread.
      if (now >= relisten_until_)
        fatal(fmt::format("the address {} cannot be bound again: {}", endpoint_, error.what()));
    }
  }

  // ---- members

  void take_links() {
    std::optional<std::vector<Link>> links;
    {
      const std::lock_guard lock(mutex_);
      links.swap(new_links_);
    }
    if (!links) return;
    std::map<MemberId, Peer> next;
    for (Link& link : *links) {
      const MemberId member = link.member;
      const auto before = peers_.find(member);
      if (before != peers_.end() && before->second.link == link) {
        next.emplace(member, std::move(before->second));
        continue;
      }
      Peer peer;
      peer.dial = std::make_unique<Dial>(Dial::Parts{context_, counters_, secret_, own_, jitter_,
                                                     options_.heartbeat, options_.heartbeat_timeout},
                                         link);
      peer.link = std::move(link);
      if (before != peers_.end() && peer.link.may_dial) peer.route = before->second.route;
      next.emplace(member, std::move(peer));
    }
    std::vector<MemberId> lost;
    for (const auto& [member, peer] : peers_) {
      // A peer that moved over unchanged has left its dial behind.
      if (!peer.dial || !peer.reachable()) continue;
      const auto still = next.find(member);
      if (still == next.end() || !still->second.reachable()) lost.push_back(member);
    }
    peers_ = std::move(next);
    for (const MemberId& member : lost) sink_.link_down(member);
  }

  void drop_route(const MemberId& member, Peer& peer) {
    peer.route.reset();
    if (!peer.reachable()) sink_.link_down(member);
  }

  void from_listener(Steady::time_point now) {
    if (!listener_) return;
    listener_->read_monitor();
    for (int i = 0; i < kMessagesInARow; ++i) {
      auto message = listener_->receive(guard_);
      if (!message) return;
      auto found = peers_.find(message->member);
      if (found == peers_.end()) {
        // The ZAP handler may know a new member a moment before we do.
        take_links();
        found = peers_.find(message->member);
      }
      if (found == peers_.end() || !found->second.link.may_dial) {
        counters_.count(&TransportStats::strangers);
        continue;
      }
      std::optional<Route>& route = found->second.route;
      const bool opened = !route || message->route.newer_than(route->newest);
      route = Route{message->route, opened ? message->route : route->newest, now};
      if (opened) sink_.link_up(message->member);
      deliver(message->member, std::move(message->frame));
    }
    busy_ = true;
  }

  void from_dial(const MemberId& member, Peer& peer, Steady::time_point now) {
    switch (peer.dial->step(now)) {
      case Dial::Change::came_up:
        sink_.link_up(member);
        break;
      case Dial::Change::went_down:
        if (!peer.reachable()) sink_.link_down(member);
        break;
      case Dial::Change::none:
        break;
    }
    for (int i = 0; i < kMessagesInARow; ++i) {
      auto frame = peer.dial->receive(guard_);
      if (!frame) return;
      deliver(member, std::move(*frame));
    }
    busy_ = true;
  }

  void deliver(const MemberId& member, Bytes frame) {
    if (frame.empty()) return;
    counters_.count(&TransportStats::received);
    sink_.received(member, std::move(frame));
  }

  void take_outbox() {
    std::deque<Outgoing> outgoing;
    {
      const std::lock_guard lock(mutex_);
      outgoing.swap(outbox_);
      outbox_bytes_ = 0;
    }
    for (Outgoing& one : outgoing) {
      const auto found = peers_.find(one.to);
      if (found == peers_.end()) {
        counters_.count(&TransportStats::dropped_without_link);
        continue;
      }
      pass_on(one.to, found->second, std::move(one.frame));
    }
  }

  void pass_on(const MemberId& to, Peer& peer, Bytes frame) {
    if (peer.dial->up()) {
      counters_.count(peer.dial->send(std::move(frame)) ? &TransportStats::sent
                                                        : &TransportStats::dropped_full);
      return;
    }
    if (!peer.route || !listener_) {
      counters_.count(&TransportStats::dropped_without_link);
      return;
    }
    switch (listener_->send(peer.route->id, frame)) {
      case Listener::Sent::yes:
        counters_.count(&TransportStats::sent);
        break;
      case Listener::Sent::full:
        counters_.count(&TransportStats::dropped_full);
        break;
      case Listener::Sent::no_route:
        counters_.count(&TransportStats::dropped_without_link);
        drop_route(to, peer);
        break;
    }
  }

  /// A ROUTER does not say that a connection ended; handing it a message does.
  void probe_routes(Steady::time_point now) {
    if (now < next_probe_ || !listener_) return;
    next_probe_ = now + options_.route_probe;
    for (auto& [member, peer] : peers_)
      if (peer.route && now - peer.route->heard >= options_.route_probe &&
          listener_->send(peer.route->id, {}) == Listener::Sent::no_route)
        drop_route(member, peer);
  }

  void stop_floods(Steady::time_point now) {
    if (now < next_look_) return;
    next_look_ = now + kTick;
    FloodGuard::Ports ports;
    if (listener_) ports.listening.insert(FloodGuard::port_of(endpoint_));
    for (const auto& [member, peer] : peers_) ports.dialled.merge(peer.dial->ports());
    for (std::size_t cut = guard_.look(ports); cut > 0; --cut)
      counters_.count(&TransportStats::cut_connections);
  }

  // ---- the thread

  void run() {
    block_signals();
    try {
      next_gate_ = Steady::now() + options_.gate_test_every;
      while (!stopping_) {
        wait();
        const auto now = Steady::now();
        busy_ = false;
        take_links();
        if (keys_taken_away_.exchange(false) && listener_) rebuild_listener(now);
        relisten(now);
        from_listener(now);
        for (auto& [member, peer] : peers_) from_dial(member, peer, now);
        take_outbox();
        probe_routes(now);
        stop_floods(now);
        watch_gate(now);
      }
    } catch (const std::exception& error) {
      fatal(error.what());
    }
    gate_.reset();
    peers_.clear();
    listener_.reset();
  }

  void wait() {
    std::vector<zmq::pollitem_t> items{{nullptr, wake_.fd(), ZMQ_POLLIN, 0}};
    if (listener_) {
      items.push_back({listener_->socket().handle(), 0, ZMQ_POLLIN, 0});
      items.push_back({listener_->monitor().handle(), 0, ZMQ_POLLIN, 0});
    }
    for (auto& [member, peer] : peers_) peer.dial->add_to(items);
    if (gate_) gate_->add_to(items);
    wait_for(items, busy_ ? milliseconds(0) : kTick);
    wake_.clear();
  }

  // So many messages of one connection are taken before the next has its turn.
  static constexpr int kMessagesInARow = 64;
  static constexpr milliseconds kRelisten{30'000};

  const ZmqTransportOptions options_;
  const TransportSecretKey secret_;
  const TransportPublicKey own_;
  TransportSink& sink_;
  Entropy& entropy_;
  std::minstd_rand jitter_;
  const Voucher voucher_;
  Counters counters_;
  std::atomic<bool> stopping_ = false;
  std::atomic<bool> died_ = false;
  std::atomic<bool> keys_taken_away_ = false;
  WakeUp wake_;

  std::mutex mutex_;
  std::optional<std::vector<Link>> new_links_;
  std::deque<Outgoing> outbox_;
  std::size_t outbox_bytes_ = 0;

  // From here on: only the transport's thread, once it runs. The context closes last.
  zmq::context_t context_;
  std::string endpoint_;
  std::unique_ptr<ZapHandler> zap_;
  std::unique_ptr<Listener> listener_;
  Steady::time_point relisten_until_{};
  std::map<MemberId, Peer> peers_;
  Steady::time_point next_probe_{};
  FloodGuard guard_{kUnfinished};
  Steady::time_point next_look_{};
  std::unique_ptr<GateTest> gate_;
  Steady::time_point next_gate_{};
  unsigned gate_misses_ = 0;
  bool busy_ = false;
  std::thread thread_;
};

void ZmqTransport::die(const Error& error) {
  std::fprintf(stderr, "knoop: %s\n", error.sentence.c_str());
  std::_Exit(70);
}

Result<std::unique_ptr<ZmqTransport>> ZmqTransport::start(ZmqTransportOptions options,
                                                          const TransportSecretKey& secret,
                                                          TransportSink& sink, Entropy& entropy) {
  auto impl = std::make_unique<Impl>(std::move(options), secret, sink, entropy);
  KNOOP_TRY(impl->start());
  return std::unique_ptr<ZmqTransport>(new ZmqTransport(std::move(impl)));
}

ZmqTransport::ZmqTransport(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ZmqTransport::~ZmqTransport() = default;

void ZmqTransport::set_links(std::vector<Link> links) {
  impl_->set_links(std::move(links));
}
void ZmqTransport::send(const MemberId& to, Bytes frame) {
  impl_->send(to, std::move(frame));
}
std::string ZmqTransport::endpoint() const {
  return impl_->endpoint();
}
const net::Counters& ZmqTransport::counters() const {
  return impl_->counters();
}

}  // namespace knoop
