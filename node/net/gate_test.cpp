#include "node/net/gate_test.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

#include "crypto/x25519.h"

namespace knoop::net {

namespace {

// ZMTP 3.1 (RFC 37): signature 10 bytes, version 2, mechanism 20, as-server 1, filler 31.
constexpr std::size_t kGreeting = 64;
constexpr std::size_t kMechanismAt = 12;

std::array<Byte, kGreeting> null_greeting() {
  std::array<Byte, kGreeting> greeting{};
  greeting[0] = 0xff;
  greeting[9] = 0x7f;
  greeting[10] = 3;
  std::ranges::copy(std::string_view("NULL"), greeting.begin() + kMechanismAt);
  return greeting;
}

// A listener on every address is knocked at on the loopback.
std::string reachable(std::string endpoint) {
  for (const std::string_view any : {"tcp://0.0.0.0:", "tcp://[::]:"})
    if (endpoint.starts_with(any)) return "tcp://127.0.0.1:" + endpoint.substr(any.size());
  return endpoint;
}

}  // namespace

GateTest::GateTest(zmq::context_t& context, ZapHandler& zap, Entropy& entropy, const std::string& endpoint,
                   const TransportPublicKey& server)
    : zap_(zap), stranger_(context, zmq::socket_type::dealer), deadline_(Steady::now() + kGateTestTime) {
  const auto secret = entropy.draw<TransportSecretKey>();
  const TransportPublicKey key = public_key(secret);
  zap_.watch(key);
  set_common_options(stranger_, kHeartbeat, kHeartbeatTimeout);
  become_curve_client(stranger_, secret, key, server);
  stranger_.set(zmq::sockopt::immediate, 1);
  stranger_.set(zmq::sockopt::reconnect_ivl, -1);
  choose_address_family(stranger_, reachable(endpoint));
  stranger_.connect(reachable(endpoint));
  open_null(reachable(endpoint));
}

GateTest::~GateTest() {
  if (null_fd_ >= 0) close(null_fd_);
}

void GateTest::open_null(const std::string& endpoint) {
  const std::size_t colon = endpoint.rfind(':');
  std::string host = endpoint.substr(6, colon - 6);
  if (host.starts_with('[')) host = host.substr(1, host.size() - 2);
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
  addrinfo* address = nullptr;
  if (getaddrinfo(host.c_str(), endpoint.substr(colon + 1).c_str(), &hints, &address) != 0) return;
  null_fd_ = socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (null_fd_ >= 0 &&
      (connect(null_fd_, address->ai_addr, address->ai_addrlen) == 0 || errno == EINPROGRESS))
    null_ = Null::connecting;
  freeaddrinfo(address);
}

void GateTest::add_to(std::vector<zmq::pollitem_t>& items) {
  items.push_back({stranger_.handle(), 0, ZMQ_POLLIN | ZMQ_POLLOUT, 0});
  if (null_ == Null::connecting) items.push_back({nullptr, null_fd_, ZMQ_POLLOUT, 0});
  if (null_ == Null::listening) items.push_back({nullptr, null_fd_, ZMQ_POLLIN, 0});
}

bool GateTest::say_null(std::size_t until) {
  const auto greeting = null_greeting();
  const ByteView rest = ByteView(greeting).first(until).subspan(null_sent_);
  if (rest.empty()) return true;
  const ssize_t sent = ::send(null_fd_, rest.data(), rest.size(), MSG_NOSIGNAL);
  if (sent > 0) null_sent_ += static_cast<std::size_t>(sent);
  return null_sent_ == until;
}

void GateTest::step_null() {
  if (null_ == Null::connecting) {
    // Signature and version only: libzmq then sends its whole greeting. Given the mechanism too, it would hang up
    // before, and a connection that is closed without a word proves nothing about who closed it.
    if (say_null(kMechanismAt))
      null_ = Null::listening;
    else if (errno != EAGAIN && errno != ENOTCONN)
      null_ = Null::unknown;
  }
  if (null_ != Null::listening) return;
  std::array<Byte, 256> buffer{};
  for (;;) {
    const ssize_t got = recv(null_fd_, buffer.data(), buffer.size(), 0);
    if (got < 0 && errno == EAGAIN) return;
    if (got <= 0) {
      const bool told = null_received_.size() == kGreeting && null_sent_ == kGreeting &&
                        text_view(null_received_).substr(kMechanismAt).starts_with("CURVE");
      null_ = told ? Null::refused : Null::unknown;
      return;
    }
    append(null_received_, ByteView(buffer).first(static_cast<std::size_t>(got)));
    if (null_received_.size() > kGreeting) {
      // Anything behind the greeting means that a handshake without encryption goes on.
      null_ = Null::accepted;
      return;
    }
    if (null_received_.size() == kGreeting && !say_null(kGreeting)) {
      null_ = Null::unknown;
      return;
    }
  }
}

std::optional<GateTest::Outcome> GateTest::step() {
  if ((stranger_.get(zmq::sockopt::events) & ZMQ_POLLOUT) != 0) return Outcome::stranger_accepted;
  step_null();
  if (null_ == Null::accepted) return Outcome::null_accepted;
  if (zap_.watched_was_refused() && null_ == Null::refused) return Outcome::refused;
  if (Steady::now() >= deadline_) return Outcome::inconclusive;
  return std::nullopt;
}

}  // namespace knoop::net
