// When two nodes of a simulation have said all that they had to say to each other.
#pragma once

#include "tests/sim/region.h"

namespace knoop::sim {

/// Both run, and nothing waits for the other at either.
inline bool quiet(SimNode& one, SimNode& another) {
  const auto said_all = [](SimNode& node, SimNode& other) {
    if (!node.running()) return false;
    const auto state = node.command<PeerState>(
        [&](Context& context) { return node.node().channel().state(context.tx, other.member()); });
    return state && state->queued == 0;
  };
  return said_all(one, another) && said_all(another, one);
}

}  // namespace knoop::sim
