// A network between simulated nodes that loses, delays, repeats, reorders, corrupts and cuts, as a seed decides.
#pragma once

#include <map>
#include <memory>
#include <random>
#include <set>

#include "tests/sim/virtual_time.h"

namespace knoop::sim {

/// Chances are out of 1000, for each frame.
struct Faults {
  unsigned lose = 0;
  unsigned repeat = 0;
  unsigned corrupt = 0;
  Milliseconds delay_min{1};
  Milliseconds delay_max{20};  ///< Delays are drawn for each frame alone, so frames overtake each other.
};

class Network {
 public:
  Network(Agenda& agenda, std::uint64_t seed) : agenda_(agenda), random_(seed) {}

  Faults faults;
  /// Sees every frame that a node hands to its transport: what an eavesdropper would see.
  std::function<void(const MemberId& from, const MemberId& to, ByteView frame)> tap;

  /// Frames of which this says true are lost, whatever the seed decides about the others.
  std::function<bool(const MemberId& from, const MemberId& to, ByteView frame)> swallow;

  /// A node came up; its transport delivers to `sink` until detach().
  void attach(const MemberId& self, TransportSink& sink);
  void detach(const MemberId& self);
  /// No frame passes between the two until healed.
  void cut(const MemberId& a, const MemberId& b);
  void heal(const MemberId& a, const MemberId& b);

  void send(const MemberId& from, const MemberId& to, Bytes frame);
  void set_links(const MemberId& self, std::set<MemberId> members);

 private:
  using Pair = std::pair<MemberId, MemberId>;
  static Pair pair(const MemberId& a, const MemberId& b) { return a < b ? Pair{a, b} : Pair{b, a}; }
  bool linked(const MemberId& a, const MemberId& b) const;
  void connect();
  bool chance(unsigned per_mille) { return random_() % 1000 < per_mille; }

  Agenda& agenda_;
  std::mt19937_64 random_;
  std::map<MemberId, TransportSink*> sinks_;
  std::map<MemberId, std::set<MemberId>> allowed_;
  std::set<Pair> cut_;
  std::map<Pair, std::uint64_t> up_;  // links that are up, with the number of the connection
  std::uint64_t connections_ = 0;
};

/// The Transport of one simulated node.
class SimTransport final : public Transport {
 public:
  SimTransport(Network& network, const MemberId& self) : network_(network), self_(self) {}
  void set_links(std::vector<Link> links) override {
    std::set<MemberId> members;
    for (const Link& link : links) members.insert(link.member);
    network_.set_links(self_, std::move(members));
  }
  void send(const MemberId& to, Bytes frame) override { network_.send(self_, to, std::move(frame)); }

 private:
  Network& network_;
  MemberId self_;
};

}  // namespace knoop::sim
