// Who may connect: the ZAP handler (ZeroMQ RFC 27) behind every CURVE handshake with our listener.
//
// It has a thread of its own, because libzmq asks it in the middle of a handshake, and accepts exactly the
// transport keys it was given, answering a User-Id (voucher.h) that libzmq then attaches to every message of
// that connection. Every other key is answered 300: after 400 a dialler built on libzmq never comes back, also
// when it has become a member meanwhile.
//
// libzmq accepts *anyone* when nobody answers at the ZAP address. Three things stand against that: listeners
// set ZMQ_ZAP_ENFORCE_DOMAIN, so that libzmq 4.3.4 refuses instead; the end of this thread, for whatever
// reason, is reported as fatal and ends the process; and the gate test (gate_test.h) tries the door every
// minute.
#pragma once

#include <array>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <thread>
#include <zmq.hpp>

#include "crypto/keys.h"
#include "node/core/ports.h"
#include "node/net/limits.h"
#include "node/net/transport_stats.h"
#include "node/net/voucher.h"
#include "node/net/wake_up.h"

namespace knoop::net {

inline constexpr std::string_view kZapDomain = "knoop";

class ZapHandler {
 public:
  struct Hooks {
    /// The thread has ended although nobody asked it to.
    std::function<void(std::string_view why)> on_death;
    /// Test only: called for each request, before the answer; what it throws kills the thread.
    std::function<void()> before_answer;
  };

  /// Binds inproc://zeromq.zap.01 in `context` and starts the thread; throws zmq::error_t when that fails.
  ZapHandler(zmq::context_t& context, Counters& counters, const Voucher& voucher, Hooks hooks);
  ~ZapHandler();
  ZapHandler(const ZapHandler&) = delete;
  ZapHandler& operator=(const ZapHandler&) = delete;

  /// Replaces the accepted keys. Open connections are not touched: they outlive their key until the listener
  /// is rebuilt. Returns true when a key that was accepted no longer is.
  ///
  /// A key that two members name (a hostile member can put another's key in its own card) stays with the
  /// member that had it before; if neither had it, nobody gets in with it.
  bool accept(const std::vector<Link>& links);

  /// For the gate test: remembers whether this key, which must be nobody's, was asked about and refused.
  void watch(const TransportPublicKey& key);
  [[nodiscard]] bool watched_was_refused() const;

 private:
  struct Allowance {
    double tokens = kConnectBurst;
    Steady::time_point at{};
  };

  void run();
  void answer_one();
  std::optional<MemberId> judge(const std::vector<zmq::message_t>& request);
  bool allow_connection(const MemberId& member);

  Counters& counters_;
  const Voucher& voucher_;
  Hooks hooks_;
  zmq::socket_t socket_;
  WakeUp stop_;

  mutable std::mutex mutex_;
  bool stopping_ = false;
  std::map<TransportPublicKey, MemberId> accepted_;
  std::map<MemberId, Allowance> allowances_;
  std::optional<TransportPublicKey> watched_;
  bool watched_refused_ = false;

  std::thread thread_;
};

}  // namespace knoop::net
