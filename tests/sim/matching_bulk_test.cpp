// Large batches between real nodes: first loads, proven by weighted sums (docs/spec/matching.md section 2).
#include <catch2/catch.hpp>

#include "node/core/matching_service.h"
#include "protocol/matching/bulk_proof.h"
#include "storage/matching_repository.h"
#include "storage/records_repository.h"
#include "tests/sim/region.h"

namespace knoop {
namespace {

using namespace knoop::matching;
using sim::Region;
using sim::SimNode;

constexpr std::size_t many = 470;  // with 7 dummies one batch of 477

struct Load {
  explicit Load(std::uint64_t seed)
      : region(seed, {{"noord", "smw"}, {"zuid", "bjz"}}, [] {
          std::vector<std::unique_ptr<Service>> services;
          services.push_back(std::make_unique<MatchingService>());
          return services;
        }) {
    REQUIRE(region.run_until([&] { return region.all_ready(); }, Milliseconds{60'000}));
  }
  /// Identifiers from `from`, as if the node had so many clients.
  void give(std::size_t node, std::size_t from, std::size_t count = many) {
    std::vector<Identifier> identifiers;
    for (std::size_t i = 0; i < count; ++i)
      identifiers.push_back({Kind::exact, to_bytes(std::to_string(from + i))});
    REQUIRE(region[node].command<bool>([&](Context& context) -> Result<bool> {
      records::Client client;
      client.ref = "T-1";
      client.birth_date = {2015, 6, 1};
      KNOOP_LET(written, storage::put_client(context.tx, client, context.now));
      KNOOP_LET(ended, storage::set_identifiers(context.tx, written.id, identifiers, 700));
      REQUIRE(ended.empty());
      context.wake();
      return true;
    }));
  }
  std::int64_t count(std::size_t node, const std::string& sql) {
    return *region[node].command<std::int64_t>([&](Context& context) -> Result<std::int64_t> {
      KNOOP_LET(row, context.tx.one(sql));
      return row->get<std::int64_t>(0);
    });
  }
  bool done() {
    for (std::size_t node = 0; node < 2; ++node) {
      if (!region[node].running()) return false;
      if (count(node, "SELECT count(*) FROM register_queue") != 0 ||
          count(node, "SELECT count(*) FROM own_batches") != 0 ||
          count(node, "SELECT count(*) FROM peer_batches") != 0)
        return false;
    }
    return count(0, "SELECT count(*) FROM own_handles WHERE token IS NOT NULL") != 0 &&
           count(1, "SELECT count(*) FROM own_handles WHERE token IS NOT NULL") != 0;
  }
  void check(std::int64_t common) {
    for (std::size_t node = 0; node < 2; ++node) {
      CHECK(count(node, "SELECT count(*) FROM matched_handles") == common);
      CHECK(count(node, "SELECT count(*) FROM own_handles WHERE token IS NOT NULL") == many);
      CHECK(count(node, "SELECT count(*) FROM peer_tokens") == 477);
      CHECK(count(node, "SELECT count(*) FROM peer_handles") == 477);
      CHECK(count(node, "SELECT count(*) FROM batch_bytes") == 0);
      CHECK(count(node, "SELECT count(*) FROM matching_pairs WHERE trouble IS NOT NULL") == 0);
    }
  }
  Region region;
};

}  // namespace

TEST_CASE("a first load goes in one large batch a direction, proven, and both sides know the same matches") {
  Load load(1);
  std::map<MessageType, int> sent;
  load.give(0, 0);
  load.give(1, 300);  // 170 in common
  REQUIRE(load.region.run_until([&] { return load.done(); }, Milliseconds{120'000}));
  load.check(170);
  CHECK(load.count(0, "SELECT next_handle FROM matching_pairs") == 478);
}

TEST_CASE("R9.4: a first load ends the same when nodes die at any moment and the network loses frames") {
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    Load load(100 + seed);
    load.region.network.faults = {.lose = 100, .repeat = 50, .corrupt = 20};
    load.give(0, 0);
    load.give(1, 300);
    for (int i = 0; i < 12; ++i) {
      load.region.run_for(Milliseconds{static_cast<std::int64_t>(load.region.dice() % 900)});
      SimNode& victim = load.region[load.region.dice() % 2];
      victim.crash();
      victim.start();
    }
    REQUIRE(load.region.run_until([&] { return load.done(); }, Milliseconds{600'000}));
    load.check(170);
  }
}

}  // namespace knoop
