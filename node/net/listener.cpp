#include "node/net/listener.h"

#include <sys/socket.h>

#include <atomic>
#include <cstring>

#include "node/net/curve.h"

namespace knoop::net {

namespace {

/// A message property, or nothing. The ZAP handler's User-Id, and the identity that the peer asked for.
std::string_view property(zmq::message_t& message, const char* name) {
  const char* value = zmq_msg_gets(message.handle(), name);
  return value == nullptr ? std::string_view{} : std::string_view(value);
}

/// Ends the TCP connection of a message. libzmq has no call for it; its own descriptor sees the end of the
/// stream.
void cut(zmq::message_t& message) {
  const int fd = zmq_msg_get(message.handle(), ZMQ_SRCFD);
  if (fd >= 0) shutdown(fd, SHUT_RDWR);
}

}  // namespace

std::optional<RoutingId> RoutingId::from(ByteView bytes) {
  RoutingId id;
  if (bytes.size() != id.bytes_.size() || bytes[0] != 0) return std::nullopt;
  std::ranges::copy(bytes, id.bytes_.begin());
  return id;
}

std::uint32_t RoutingId::number() const {
  std::uint32_t out = 0;
  for (std::size_t i = 1; i < bytes_.size(); ++i) out = out << 8U | bytes_[i];
  return out;
}

bool RoutingId::newer_than(const RoutingId& other) const {
  const std::uint32_t ahead = number() - other.number();
  return ahead != 0 && ahead < std::uint32_t{1} << 31U;
}

Listener::Listener(zmq::context_t& context, Counters& counters, const Voucher& voucher,
                   const TransportSecretKey& secret, const std::string& endpoint, const Options& options)
    : counters_(counters),
      voucher_(voucher),
      socket_(context, zmq::socket_type::router),
      monitor_(context, zmq::socket_type::pair) {
  set_common_options(socket_, options.heartbeat, options.heartbeat_timeout);
  become_curve_server(socket_, secret);
  socket_.set(zmq::sockopt::sndhwm, kRouteHighWaterMark);
  socket_.set(zmq::sockopt::router_mandatory, 1);
  socket_.set(zmq::sockopt::router_handover, 0);

  // Each listener has a monitor address of its own: the one before it may still be closing.
  static std::atomic<unsigned> serial{0};
  const std::string address = fmt::format("inproc://knoop.listener.{}", ++serial);
  constexpr int kEvents = ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL | ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL |
                          ZMQ_EVENT_HANDSHAKE_FAILED_AUTH;
  if (zmq_socket_monitor(socket_.handle(), address.c_str(), kEvents) != 0) throw zmq::error_t();
  monitor_.set(zmq::sockopt::linger, 0);
  // Without a limit: at one, libzmq's I/O thread would wait for us.
  monitor_.set(zmq::sockopt::rcvhwm, 0);
  monitor_.connect(address);

  choose_address_family(socket_, endpoint);
  socket_.bind(endpoint);
  endpoint_ = socket_.get(zmq::sockopt::last_endpoint);
}

Listener::~Listener() {
  zmq_socket_monitor(socket_.handle(), nullptr, 0);
}

std::optional<Listener::Message> Listener::receive(FloodGuard& guard) {
  for (;;) {
    zmq::message_t address;
    if (!socket_.recv(address, zmq::recv_flags::dontwait)) return std::nullopt;
    zmq::message_t body;
    std::size_t parts = 0;
    for (bool more = address.more(); more; ++parts) {
      zmq::message_t part;
      if (!socket_.recv(part, zmq::recv_flags::dontwait)) break;
      more = part.more();
      if (parts == 0) body = std::move(part);
    }
    if (parts != 1) {
      counters_.count(&TransportStats::malformed);
      cut(body);
      continue;
    }
    guard.delivered(zmq_msg_get(body.handle(), ZMQ_SRCFD));
    const auto member = voucher_.read(property(body, "User-Id"));
    if (!member) {
      counters_.count(&TransportStats::without_user_id);
      cut(body);
      continue;
    }
    const auto route = RoutingId::from({address.data<Byte>(), address.size()});
    if (!route || !property(body, "Identity").empty()) {
      counters_.count(&TransportStats::own_routing_id);
      cut(body);
      continue;
    }
    return Message{*member, *route, to_bytes(ByteView{body.data<Byte>(), body.size()})};
  }
}

void Listener::read_monitor() {
  for (;;) {
    zmq::message_t event;
    if (!monitor_.recv(event, zmq::recv_flags::dontwait)) return;
    zmq::message_t address;
    if (event.more() && !monitor_.recv(address, zmq::recv_flags::dontwait)) return;
    counters_.count(&TransportStats::failed_handshakes);
  }
}

Listener::Sent Listener::send(const RoutingId& route, ByteView frame) {
  try {
    if (!socket_.send(buffer_of(route.view()), zmq::send_flags::sndmore | zmq::send_flags::dontwait))
      return Sent::full;
    if (!socket_.send(buffer_of(frame), zmq::send_flags::dontwait)) return Sent::full;
    return Sent::yes;
  } catch (const zmq::error_t& error) {
    if (error.num() == EHOSTUNREACH) return Sent::no_route;
    throw;
  }
}

}  // namespace knoop::net
