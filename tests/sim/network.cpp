#include "tests/sim/network.h"

namespace knoop::sim {

void Network::attach(const MemberId& self, TransportSink& sink) {
  sinks_[self] = &sink;
  connect();
}

void Network::detach(const MemberId& self) {
  sinks_.erase(self);
  allowed_.erase(self);
  std::erase_if(up_, [&](const auto& link) {
    const auto& [a, b] = link.first;
    if (a != self && b != self) return false;
    if (const auto other = sinks_.find(a == self ? b : a); other != sinks_.end())
      other->second->link_down(self);
    return true;
  });
}

void Network::cut(const MemberId& a, const MemberId& b) {
  cut_.insert(pair(a, b));
  if (up_.erase(pair(a, b)) == 0) return;
  if (const auto found = sinks_.find(a); found != sinks_.end()) found->second->link_down(b);
  if (const auto found = sinks_.find(b); found != sinks_.end()) found->second->link_down(a);
}

void Network::heal(const MemberId& a, const MemberId& b) {
  cut_.erase(pair(a, b));
  connect();
}

bool Network::linked(const MemberId& a, const MemberId& b) const {
  const auto wants = [&](const MemberId& x, const MemberId& y) {
    const auto found = allowed_.find(x);
    return found != allowed_.end() && found->second.contains(y);
  };
  return sinks_.contains(a) && sinks_.contains(b) && wants(a, b) && wants(b, a) && !cut_.contains(pair(a, b));
}

void Network::connect() {
  for (const auto& [a, sink_a] : sinks_)
    for (const auto& [b, sink_b] : sinks_) {
      if (!(a < b) || up_.contains(pair(a, b)) || !linked(a, b)) continue;
      const std::uint64_t number = ++connections_;
      up_[pair(a, b)] = number;
      // Each side learns of the connection in its own time.
      for (const auto& [self, other] : {Pair{a, b}, Pair{b, a}})
        agenda_.after(faults.delay_min + Milliseconds{static_cast<std::int64_t>(random_() % 50)},
                      [this, here = self, there = other, number] {
                        const auto up = up_.find(pair(here, there));
                        if (up == up_.end() || up->second != number) return;
                        sinks_.at(here)->link_up(there);
                      });
    }
}

void Network::set_links(const MemberId& self, std::set<MemberId> members) {
  allowed_[self] = std::move(members);
  std::erase_if(up_, [&](const auto& link) {
    const auto& [a, b] = link.first;
    if ((a != self && b != self) || linked(a, b)) return false;
    const MemberId& other = a == self ? b : a;
    if (const auto found = sinks_.find(other); found != sinks_.end()) found->second->link_down(self);
    return true;
  });
  connect();
}

void Network::send(const MemberId& from, const MemberId& to, Bytes frame) {
  if (tap) tap(from, to, frame);
  if (swallow && swallow(from, to, frame)) return;
  const auto up = up_.find(pair(from, to));
  if (up == up_.end()) return;
  const std::uint64_t connection = up->second;
  const unsigned copies = chance(faults.repeat) ? 2 : 1;
  for (unsigned copy = 0; copy < copies; ++copy) {
    if (chance(faults.lose)) continue;
    Bytes carried = frame;
    if (chance(faults.corrupt) && !carried.empty())
      carried[random_() % carried.size()] ^= static_cast<Byte>(1U << (random_() % 8));
    const auto spread = static_cast<std::uint64_t>((faults.delay_max - faults.delay_min).count()) + 1;
    const Milliseconds delay = faults.delay_min + Milliseconds{static_cast<std::int64_t>(random_() % spread)};
    agenda_.after(delay, [this, from, to, connection, carried = std::move(carried)]() mutable {
      const auto now_up = up_.find(pair(from, to));
      if (now_up == up_.end() || now_up->second != connection) return;  // cut while under way
      sinks_.at(to)->received(from, std::move(carried));
    });
  }
}

}  // namespace knoop::sim
