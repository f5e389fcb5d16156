// Tries our own front door as a stranger would: once at start, then every minute (protocol.md section 2).
//
// Two strangers knock. One speaks CURVE with a key that is nobody's: it must be refused, and the ZAP handler
// must be the one that refused it. The other speaks the NULL mechanism, by hand over TCP: it must get our
// greeting and then see the connection closed. If either gets in, the transport ends the process. A door that
// does not answer in time (a machine under load) proves nothing: the owner tries again and treats a row of
// such outcomes as a failure.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "crypto/base/entropy.h"
#include "node/net/curve.h"
#include "node/net/zap_handler.h"

namespace knoop::net {

class GateTest {
 public:
  enum class Outcome { refused, stranger_accepted, null_accepted, inconclusive };

  /// Starts knocking at `endpoint`, as the listener reports it.
  GateTest(zmq::context_t& context, ZapHandler& zap, Entropy& entropy, const std::string& endpoint,
           const TransportPublicKey& server);
  ~GateTest();
  GateTest(const GateTest&) = delete;
  GateTest& operator=(const GateTest&) = delete;

  /// What to wait for; call step() when something happened or the tick is over.
  void add_to(std::vector<zmq::pollitem_t>& items);
  [[nodiscard]] std::optional<Outcome> step();

 private:
  enum class Null { connecting, listening, refused, accepted, unknown };

  void open_null(const std::string& endpoint);
  void step_null();
  bool say_null(std::size_t until);

  ZapHandler& zap_;
  zmq::socket_t stranger_;
  int null_fd_ = -1;
  std::size_t null_sent_ = 0;  ///< Bytes of the greeting.
  Bytes null_received_;
  Null null_ = Null::unknown;
  Steady::time_point deadline_;
};

}  // namespace knoop::net
