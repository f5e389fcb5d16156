#include "node/net/curve.h"

#include "node/net/zap_handler.h"

namespace knoop::net {

namespace {

// ZMQ_ZAP_ENFORCE_DOMAIN. zmq.h hides it behind the draft switch, although libzmq 4.3.4 takes it in every
// build: with it a listener whose ZAP handler is gone refuses everybody instead of accepting everybody.
constexpr int kZapEnforceDomain = 93;

}  // namespace

void set_common_options(zmq::socket_t& socket, milliseconds heartbeat, milliseconds heartbeat_timeout) {
  socket.set(zmq::sockopt::linger, 0);
  socket.set(zmq::sockopt::maxmsgsize, kMaxMessage);
  socket.set(zmq::sockopt::handshake_ivl, static_cast<int>(kHandshake.count()));
  socket.set(zmq::sockopt::heartbeat_ivl, static_cast<int>(heartbeat.count()));
  socket.set(zmq::sockopt::heartbeat_timeout, static_cast<int>(heartbeat_timeout.count()));
  socket.set(zmq::sockopt::heartbeat_ttl, static_cast<int>(2 * (heartbeat + heartbeat_timeout).count()));
  socket.set(zmq::sockopt::rcvhwm, kReceiveHighWaterMark);
}

void choose_address_family(zmq::socket_t& socket, std::string_view endpoint) {
  const bool ipv6 =
      endpoint.find('[') != std::string_view::npos || endpoint.find('*') != std::string_view::npos;
  socket.set(zmq::sockopt::ipv6, ipv6 ? 1 : 0);
}

void become_curve_server(zmq::socket_t& socket, const TransportSecretKey& secret) {
  socket.set(zmq::sockopt::curve_server, 1);
  socket.set(zmq::sockopt::curve_secretkey, buffer_of(secret.expose()));
  socket.set(zmq::sockopt::zap_domain, kZapDomain);
  const int on = 1;
  // A libzmq that does not know the option refuses it; the handler's death is fatal all the same.
  if (zmq_setsockopt(socket.handle(), kZapEnforceDomain, &on, sizeof on) != 0) return;
}

void become_curve_client(zmq::socket_t& socket, const TransportSecretKey& secret,
                         const TransportPublicKey& own, const TransportPublicKey& server) {
  socket.set(zmq::sockopt::curve_serverkey, buffer_of(server.view()));
  socket.set(zmq::sockopt::curve_publickey, buffer_of(own.view()));
  socket.set(zmq::sockopt::curve_secretkey, buffer_of(secret.expose()));
}

}  // namespace knoop::net
