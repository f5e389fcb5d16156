// The invariant of matching over many seeds: whatever is lost, repeated, reordered or cut, whichever node dies, however
// epochs follow each other meanwhile, both sides end with the same matches, and these are what their records say.
#include <catch2/catch.hpp>

#include "tests/sim/matching_scene.h"
#include "tests/sim/seeds.h"

namespace knoop {
namespace {

using namespace sim;

// KNOOP_SIM_SEEDS is the number over all sets.
std::uint64_t seeds_a_set() {
  return std::max<std::uint64_t>(1, seeds_of_many(100) / 4);
}

/// Ten acts upon two nodes, seconds apart, while the network does its worst.
void storm(std::uint64_t seed) {
  CAPTURE(seed);
  Region region(seed, {{"noord", "smw"}, {"zuid", "bjz"}});
  region.network.faults = {static_cast<unsigned>(seed % 4) * 100, 100, 10, Milliseconds{1},
                           Milliseconds{400}};
  const std::vector<Child> children{sanne, without_bsn(sanne), joris, fatima, without_bsn(fatima)};
  const auto drawn = [&](std::uint64_t below) { return region.dice() % below; };
  for (SimNode& node : {std::ref(region[0]), std::ref(region[1])}) put(node, "R0", children[drawn(5)]);
  region.run_for(Milliseconds{static_cast<std::int64_t>(drawn(8000))});
  for (int act = 0; act < 10; ++act) {
    SimNode& node = region[drawn(2)];
    SimNode& other = region[&node == &region[0] ? 1 : 0];
    const std::string ref = "R" + std::to_string(drawn(3));
    const auto known = node.command<bool>([&](Context& context) -> Result<bool> {
      KNOOP_LET(client, storage::find_client(context.tx, ref));
      return client.has_value();
    });
    switch (drawn(8)) {
      case 0:
        node.crash();
        region.run_for(Milliseconds{static_cast<std::int64_t>(drawn(5000))});
        node.start();
        break;
      case 1:
        region.network.cut(node.member(), other.member());
        region.run_for(Milliseconds{static_cast<std::int64_t>(drawn(3000))});
        region.network.heal(node.member(), other.member());
        break;
      case 2:
      case 3:  // refused while the last is not answered
        static_cast<void>(node.command<matching::Epoch>([&](Context& context) {
          return node.node().service<MatchingService>().open_epoch(context, other.member());
        }));
        break;
      case 4:
        if (known.value()) close(node, ref);
        break;
      case 5:
        if (known.value()) reopen(node, ref);
        break;
      default:  // a new client, another child under the same reference, or one that another client is too
        put(node, ref, children[drawn(5)]);
    }
    region.run_for(Milliseconds{static_cast<std::int64_t>(drawn(4000))});
  }
  region.network.faults = {};
  settle(region);
  check_healthy(region);
  for (const std::size_t at : {0UL, 1UL}) {
    const auto now = status(region[at]).at(0);
    CHECK(now.epoch == status(region[1 - at]).at(0).epoch);
    CHECK_FALSE(now.ending.has_value());  // every old epoch is gone
  }
}

void storms(std::uint64_t set) {
  for (std::uint64_t seed = 1; seed <= seeds_a_set(); ++seed) storm(1'000'000 * set + seed);
}

}  // namespace

TEST_CASE("R9.4: storms over matching end with the same matches at both sides, first set") {
  storms(1);
}
TEST_CASE("R9.4: storms over matching end with the same matches at both sides, second set") {
  storms(2);
}
TEST_CASE("R9.4: storms over matching end with the same matches at both sides, third set") {
  storms(3);
}
TEST_CASE("R9.4: storms over matching end with the same matches at both sides, fourth set") {
  storms(4);
}

}  // namespace knoop
