#include "node/net/dial.h"

#include <algorithm>

#include "crypto/x25519.h"
#include "node/net/curve.h"

namespace knoop::net {

namespace {

/// Doubles with each failure up to a limit.
milliseconds grown(milliseconds first, milliseconds limit, unsigned failures) {
  return std::min(limit, first * (1U << std::min(failures, 12U)));
}

/// A frame in libzmq's hands: gives its bytes back to the count when libzmq has written or dropped it.
struct Loan {
  Bytes bytes;
  std::shared_ptr<std::atomic<std::size_t>> counted;
};

void release(void*, void* hint) {
  const std::unique_ptr<Loan> loan(static_cast<Loan*>(hint));
  loan->counted->fetch_sub(loan->bytes.size());
}

}  // namespace

Dial::Dial(Parts parts, const Link& link) : parts_(parts) {
  for (const TransportPublicKey& key : link.accepted) {
    if (!contributes(key)) continue;  // counted by the ZAP handler, which gets the same links
    for (const std::string& endpoint : link.endpoints) targets_.push_back({endpoint, key});
  }
}

void Dial::open(Steady::time_point now) {
  const Target& target = targets_[attempt_++ % targets_.size()];
  parts_.counters.count(&TransportStats::dials);
  next_ = now + grown(kDialWindow, kDialWindowMax, failures_);
  state_ = State::trying;
  waiting_bytes_ = std::make_shared<std::atomic<std::size_t>>(0);
  try {
    socket_.emplace(parts_.context, zmq::socket_type::dealer);
    set_common_options(*socket_, parts_.heartbeat, parts_.heartbeat_timeout);
    become_curve_client(*socket_, parts_.secret, parts_.own, target.key);
    // A DEALER without a high-water mark is writable exactly while it has a connection that finished its
    // handshake; how much may wait is counted by Loan instead.
    socket_->set(zmq::sockopt::sndhwm, 0);
    socket_->set(zmq::sockopt::immediate, 1);
    socket_->set(zmq::sockopt::reconnect_ivl, -1);
    choose_address_family(*socket_, target.endpoint);
    socket_->connect(target.endpoint);
  } catch (const zmq::error_t&) {
    // An endpoint that libzmq cannot parse or resolve, or no socket left: a failed dial like any other.
    close(now);
  }
}

void Dial::close(Steady::time_point now) {
  if (state_ == State::trying) parts_.counters.count(&TransportStats::failed_dials);
  // A connection that ends at once counts as failed too, or a peer that hangs up would be dialled in a tight
  // loop.
  failures_ = state_ == State::up && now >= next_ ? 0 : failures_ + 1;
  socket_.reset();
  hang_up_ = false;
  const auto pause = grown(kDialPause, kDialPauseMax, failures_).count();
  next_ = now +
          milliseconds(pause / 2 + std::uniform_int_distribution<std::int64_t>(0, pause / 2)(parts_.jitter));
  state_ = State::waiting;
}

Dial::Change Dial::step(Steady::time_point now) {
  if (targets_.empty()) return Change::none;
  if (state_ == State::waiting) {
    if (now >= next_) open(now);
    return Change::none;
  }
  const bool connected = (socket_->get(zmq::sockopt::events) & ZMQ_POLLOUT) != 0;
  if (state_ == State::trying) {
    if (connected) {
      state_ = State::up;
      next_ = now + kDialProven;
      --attempt_;  // what worked is tried first next time
      return Change::came_up;
    }
    if (now >= next_) close(now);
    return Change::none;
  }
  if (connected && !hang_up_) return Change::none;
  close(now);
  return Change::went_down;
}

void Dial::add_to(std::vector<zmq::pollitem_t>& items) {
  if (!socket_) return;
  const int events = state_ == State::up ? ZMQ_POLLIN : ZMQ_POLLIN | ZMQ_POLLOUT;
  items.push_back({socket_->handle(), 0, static_cast<short>(events), 0});
}

std::optional<Bytes> Dial::receive(FloodGuard& guard) {
  if (state_ != State::up) return std::nullopt;
  zmq::message_t message;
  if (hang_up_ || !socket_->recv(message, zmq::recv_flags::dontwait)) return std::nullopt;
  if (message.more()) {
    parts_.counters.count(&TransportStats::malformed);
    hang_up_ = true;
    return std::nullopt;
  }
  guard.delivered(zmq_msg_get(message.handle(), ZMQ_SRCFD));
  return to_bytes(ByteView{message.data<Byte>(), message.size()});
}

std::set<std::uint16_t> Dial::ports() const {
  std::set<std::uint16_t> out;
  for (const Target& target : targets_) out.insert(FloodGuard::port_of(target.endpoint));
  return out;
}

bool Dial::send(Bytes frame) {
  if (waiting_bytes_->load() + frame.size() > kDialBacklog) return false;
  auto loan = std::make_unique<Loan>(Loan{std::move(frame), waiting_bytes_});
  waiting_bytes_->fetch_add(loan->bytes.size());
  Bytes& bytes = loan->bytes;
  zmq::message_t message(bytes.data(), bytes.size(), release, loan.get());
  static_cast<void>(loan.release());  // libzmq calls release()
  return socket_->send(message, zmq::send_flags::dontwait).has_value();
}

}  // namespace knoop::net
