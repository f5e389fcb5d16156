// What both offered in Hello is what an epoch of matching is opened with, whatever is updated when.
#include <catch2/catch.hpp>

#include "node/core/matching_service.h"
#include "storage/matching_repository.h"
#include "tests/sim/region.h"

using namespace knoop;
using namespace knoop::sim;

namespace {

const std::vector<Region::Organisation> two{{"smw-een", "smw"}, {"bjz-twee", "bjz"}};

storage::MatchingPair row(SimNode& node, SimNode& with) {
  const auto found = node.command<std::optional<storage::MatchingPair>>(
      [&](Context& context) { return storage::newest_pair(context.tx, with.member()); });
  REQUIRE(found.has_value());
  REQUIRE(found->has_value());
  return **found;
}

std::optional<AgreedVersions> agreed(SimNode& node, SimNode& with) {
  return node
      .command<std::optional<AgreedVersions>>(
          [&](Context& context) { return context.agreed_versions(with.member()); })
      .value();
}

bool open(SimNode& node, SimNode& with) {
  return node
      .command<bool>([&](Context& context) -> Result<bool> {
        KNOOP_LET(pair, storage::newest_pair(context.tx, with.member()));
        return pair && pair->commitment && !pair->trouble;
      })
      .value();
}

void restart(Region& region, SimNode& node, SpokenVersions versions) {
  node.stop();
  region.run_for(Milliseconds{5'000});
  node.versions = std::move(versions);
  node.start();
}

}  // namespace

TEST_CASE("no epoch is opened with a peer that never said Hello") {
  Region region(1, two);
  region.network.cut(region[0].member(), region[1].member());
  region.run_for(std::chrono::hours{1});
  const auto none = region[0].command<bool>([&](Context& context) -> Result<bool> {
    KNOOP_LET(pair, storage::newest_pair(context.tx, region[1].member()));
    return !pair;
  });
  CHECK(none.value());
  CHECK_FALSE(agreed(region[0], region[1]));
  region.network.heal(region[0].member(), region[1].member());
  REQUIRE(region.run_until([&] { return open(region[0], region[1]) && open(region[1], region[0]); },
                           Milliseconds{120'000}));
  CHECK(row(region[0], region[1]).versions == row(region[1], region[0]).versions);
  CHECK(row(region[0], region[1]).versions == agreed(region[0], region[1]));
}

TEST_CASE("an open epoch keeps its versions when a node is updated, and the new offer survives a restart") {
  Region region(2, two);
  REQUIRE(region.run_until([&] { return open(region[0], region[1]) && open(region[1], region[0]); },
                           Milliseconds{120'000}));
  const AgreedVersions before = row(region[0], region[1]).versions;
  restart(region, region[1], {{1, 2}, {1, 2}});
  REQUIRE(region.run_until([&] { return region.all_ready(); }, Milliseconds{120'000}));
  region.run_for(std::chrono::hours{1});
  CHECK(open(region[0], region[1]));
  CHECK(row(region[0], region[1]).versions == before);
  CHECK(row(region[1], region[0]).versions == before);
  const auto after = agreed(region[0], region[1]);
  REQUIRE(after);
  CHECK(after->protocol == 1);
  CHECK(after->binding != before.binding);
  CHECK(after == agreed(region[1], region[0]));
  region[0].crash();
  region[0].start();
  CHECK(agreed(region[0], region[1]) == after);
}

TEST_CASE("an update while an epoch is being opened ends with one opened by what both offer now") {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    CAPTURE(seed);
    Region region(seed, two);
    region.network.faults = {300, 100, 0, Milliseconds{1}, Milliseconds{900}};
    region.run_for(Milliseconds{static_cast<std::int64_t>(500 + seed * 400)});
    restart(region, region[seed % 2], {{1, 2}, {1, 2}});
    REQUIRE(region.run_until([&] { return open(region[0], region[1]) && open(region[1], region[0]); },
                             Milliseconds{900'000}));
    CHECK(row(region[0], region[1]).versions == row(region[1], region[0]).versions);
  }
}

TEST_CASE("nodes without a version in common exchange nothing, say why, and mend when one is updated") {
  Region region(4, two);
  region[0].stop();
  region[0].versions = {{2}, {1}};
  region[0].start();
  region.run_for(Milliseconds{120'000});
  CHECK_FALSE(region.all_ready());
  const auto state = [&](SimNode& at, SimNode& of) {
    return at
        .command<PeerState>(
            [&](Context& context) { return at.node().channel().state(context.tx, of.member()); })
        .value();
  };
  for (const std::size_t i : {0U, 1U}) {
    const auto trouble = state(region[i], region[1 - i]).trouble;
    REQUIRE(trouble);
    CHECK(trouble->code == ErrorCode::unknown_version);
  }
  CHECK_FALSE(agreed(region[0], region[1]));
  restart(region, region[1], {{1, 2}, {1}});
  REQUIRE(region.run_until([&] { return open(region[0], region[1]) && open(region[1], region[0]); },
                           Milliseconds{300'000}));
  CHECK(row(region[0], region[1]).versions.protocol == 2);
}
