#include "node/net/zap_handler.h"

#include <algorithm>

#include "crypto/x25519.h"
#include "node/net/signals.h"
#include "node/net/waiting.h"

namespace knoop::net {

namespace {

constexpr milliseconds kForever{-1};

}  // namespace

ZapHandler::ZapHandler(zmq::context_t& context, Counters& counters, const Voucher& voucher, Hooks hooks)
    : counters_(counters),
      voucher_(voucher),
      hooks_(std::move(hooks)),
      socket_(context, zmq::socket_type::rep) {
  socket_.set(zmq::sockopt::linger, 0);
  socket_.bind("inproc://zeromq.zap.01");
  thread_ = std::thread([this] { run(); });
}

ZapHandler::~ZapHandler() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  stop_.ring();
  thread_.join();
}

bool ZapHandler::accept(const std::vector<Link>& links) {
  std::map<TransportPublicKey, std::set<MemberId>> claims;
  for (const Link& link : links) {
    for (const TransportPublicKey& key : link.accepted) {
      if (contributes(key))
        claims[key].insert(link.member);
      else
        counters_.count(&TransportStats::unusable_keys);
    }
  }

  const std::lock_guard lock(mutex_);
  std::map<TransportPublicKey, MemberId> next;
  for (const auto& [key, members] : claims) {
    if (members.size() == 1) {
      next.emplace(key, *members.begin());
      continue;
    }
    counters_.count(&TransportStats::disputed_keys);
    const auto before = accepted_.find(key);
    if (before != accepted_.end() && members.contains(before->second)) next.emplace(key, before->second);
  }
  const bool shrunk = std::ranges::any_of(accepted_, [&](const auto& entry) {
    const auto still = next.find(entry.first);
    return still == next.end() || still->second != entry.second;
  });
  accepted_ = std::move(next);
  return shrunk;
}

void ZapHandler::watch(const TransportPublicKey& key) {
  const std::lock_guard lock(mutex_);
  watched_ = key;
  watched_refused_ = false;
}

bool ZapHandler::watched_was_refused() const {
  const std::lock_guard lock(mutex_);
  return watched_refused_;
}

void ZapHandler::run() {
  block_signals();
  std::string why = "the ZAP handler ended";
  try {
    for (;;) {
      std::vector<zmq::pollitem_t> items{{socket_.handle(), 0, ZMQ_POLLIN, 0},
                                         {nullptr, stop_.fd(), ZMQ_POLLIN, 0}};
      wait_for(items, kForever);
      {
        const std::lock_guard lock(mutex_);
        if (stopping_) break;
      }
      if ((items[0].revents & ZMQ_POLLIN) != 0) answer_one();
    }
  } catch (const std::exception& error) {
    why = fmt::format("the ZAP handler failed: {}", error.what());
  }
  // Closed before anybody is told, so that whoever reacts finds the state that strangers find.
  socket_.close();
  bool wanted = false;
  {
    const std::lock_guard lock(mutex_);
    wanted = stopping_;
  }
  if (!wanted && hooks_.on_death) hooks_.on_death(why);
}

void ZapHandler::answer_one() {
  std::vector<zmq::message_t> request;
  do {
    zmq::message_t part;
    if (!socket_.recv(part, zmq::recv_flags::none)) return;
    request.push_back(std::move(part));
  } while (request.back().more());
  if (hooks_.before_answer) hooks_.before_answer();

  const std::optional<MemberId> member = judge(request);
  const std::string user_id = member ? voucher_.vouch_for(*member) : "";
  const std::string_view request_id = request.size() > 1 ? request[1].to_string_view() : std::string_view{};
  const std::array<std::string_view, 6> reply{
      "1.0", request_id, member ? "200" : "300", member ? "OK" : "not a member", user_id, ""};
  for (std::size_t i = 0; i < reply.size(); ++i)
    socket_.send(zmq::buffer(reply[i]),
                 i + 1 < reply.size() ? zmq::send_flags::sndmore : zmq::send_flags::none);
}

// RFC 27: version, request id, domain, address, identity, mechanism, then for CURVE the client's key.
std::optional<MemberId> ZapHandler::judge(const std::vector<zmq::message_t>& request) {
  if (request.size() != 7 || request[0].to_string_view() != "1.0" ||
      request[2].to_string_view() != kZapDomain || request[5].to_string_view() != "CURVE")
    return std::nullopt;
  const auto key = TransportPublicKey::from({request[6].data<Byte>(), request[6].size()});
  if (!key) return std::nullopt;

  const std::lock_guard lock(mutex_);
  const auto found = accepted_.find(*key);
  if (found == accepted_.end()) {
    if (watched_ == *key)
      watched_refused_ = true;
    else
      counters_.count(&TransportStats::unknown_keys);
    return std::nullopt;
  }
  if (!allow_connection(found->second)) {
    counters_.count(&TransportStats::connect_floods);
    return std::nullopt;
  }
  counters_.count(&TransportStats::admitted);
  return found->second;
}

bool ZapHandler::allow_connection(const MemberId& member) {
  const auto now = Steady::now();
  Allowance& allowance = allowances_.try_emplace(member, Allowance{kConnectBurst, now}).first->second;
  const double elapsed = std::chrono::duration<double>(now - allowance.at).count();
  allowance.tokens = std::min(kConnectBurst, allowance.tokens + elapsed * kConnectsPerSecond);
  allowance.at = now;
  if (allowance.tokens < 1) return false;
  allowance.tokens -= 1;
  return true;
}

}  // namespace knoop::net
