// New involvements at a measured node that runs as its own process, each about a youth whom one of its peers has in care:
// how long until both hold the proven match.
#pragma once

#include "tools/bench_scale/light_peers.h"

namespace knoop::bench {

struct Arrival {
  std::size_t peer = 0;
  std::string ref;
  Timestamp asked;  ///< Before the involvement went to the node's API.
  LightPeers::Held held;
};

struct ArrivalPlan {
  std::filesystem::path socket;  ///< The measured node's API.
  std::size_t count = 100;       ///< Taking turns among the peers; fewer when they share no more clients.
  Milliseconds pause{100};       ///< Between a match and the next involvement.
  bool together = false;         ///< All at once, then wait for all: what a change of so many costs.
};
[[nodiscard]] Result<std::vector<Arrival>> arrivals(LightPeers& peers, const ArrivalPlan& plan);

/// When the measured node, which has ended by now, held the match of each.
[[nodiscard]] Result<std::vector<Timestamp>> found_at_measured(const std::filesystem::path& folder,
                                                               const std::vector<std::string>& refs);

}  // namespace knoop::bench
