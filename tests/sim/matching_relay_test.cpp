// A member between two others: it relays what each registers with it to the other (protocol.md section 3). With one
// hash for the whole network it would learn which youths those two share.
#include <catch2/catch.hpp>
#include <set>

#include "node/core/matching_service.h"
#include "protocol/matching/blind.h"
#include "protocol/matching/evaluate.h"
#include "storage/matching_repository.h"
#include "storage/records_repository.h"
#include "tests/sim/puppet.h"
#include "tests/sim/region.h"

namespace knoop {
namespace {

using namespace knoop::matching;

TEST_CASE(
    "relay: points taken from one member and registered with another say nothing about what those two "
    "share") {
  sim::Region region(1, {{"noord", "smw"}, {"zuid", "bjz"}, {"tussen", "halt"}}, [count = 0]() mutable {
    std::vector<std::unique_ptr<Service>> services;
    if (count++ < 2)
      services.push_back(std::make_unique<MatchingService>());
    else
      services.push_back(std::make_unique<sim::Puppet>());
    return services;
  });
  sim::SimNode& between = region[2];
  REQUIRE(region.run_until([&] { return region.all_ready(); }, Milliseconds{60'000}));

  const auto pair_with = [&](std::size_t node) { return sim::first_pair(between, region[node].member()); };
  const auto secrets_with = [&](std::size_t node) {
    return derive_secrets(MatchingKey{}, pair_with(node), nullptr);
  };
  const auto say = [&](std::size_t node, MessageType type, const Bytes& body) {
    REQUIRE(between.command<bool>([&](Context& context) {
      return context.send(region[node].member(), type, std::nullopt, body).map([] { return true; });
    }));
    region.run_for(Milliseconds{10'000});
  };
  const auto& heard = between.node().service<sim::Puppet>().heard;
  const auto newest = [&](std::size_t node, MessageType type) {
    for (auto at = heard.rbegin(); at != heard.rend(); ++at)
      if (at->type == type && at->from == region[node].member()) return at->body;
    FAIL("nothing came");
    return Bytes{};
  };
  TestEntropy entropy;
  for (const std::size_t node : {std::size_t{0}, std::size_t{1}})
    say(node, MessageType::epoch_open,
        encode(make_epoch_open(pair_with(node), secrets_with(node), nullptr, entropy)));
  for (const std::size_t node : {std::size_t{0}, std::size_t{1}})
    REQUIRE(region[node].command<bool>([&](Context& context) -> Result<bool> {
      std::vector<Identifier> identifiers;  // all ten are shared
      for (int i = 0; i < 10; ++i) identifiers.push_back({Kind::exact, to_bytes(std::to_string(i))});
      records::Client client;
      client.ref = "T-1";
      client.birth_date = {2015, 6, 1};
      KNOOP_LET(written, storage::put_client(context.tx, client, context.now));
      KNOOP_LET(ended, storage::set_identifiers(context.tx, written.id, identifiers, 700));
      context.wake();
      return ended.empty();
    }));
  region.run_for(Milliseconds{30'000});

  const auto random = hash_to_scalar(view("tussen"), "test");
  const auto relayed = [&](std::size_t from, std::size_t to) {
    auto batch = *decode<RegisterBatch>(newest(from, MessageType::register_batch));
    REQUIRE(batch.points.size() == 10);
    for (auto& point : batch.points) point = multiply(random, *Point::parse(point.view()))->bytes();
    say(to, MessageType::register_batch, encode(batch));
    const auto answer = *decode<Evaluated>(newest(to, MessageType::evaluated));
    std::set<PointBytes> out;
    for (const auto& point : answer.points)
      out.insert(multiply(invert(random), *Point::parse(point.view()))->bytes());
    CHECK(out.size() == 10);
    return out;
  };
  const auto of_north = relayed(0, 1);
  const auto of_south = relayed(1, 0);
  for (const auto& point : of_north) CHECK_FALSE(of_south.contains(point));
}

}  // namespace
}  // namespace knoop
