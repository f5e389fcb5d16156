#include "protocol/matching/blind.h"

#include <rapidcheck/catch.h>
#include <catch2/catch.hpp>
#include <set>

#include "protocol/channel/padding.h"
#include "tests/unit/protocol/matching/two_nodes.h"

namespace knoop::matching {
namespace {

TEST_CASE("batches have the fixed sizes and are seldom mostly dummies") {
  rc::prop("every number of waiting elements ends", [] {
    auto waiting = *rc::gen::inRange<std::size_t>(1, 3000);
    while (waiting > 0) {
      const auto batch = next_batch(waiting);
      RC_ASSERT(std::ranges::find(batch_sizes, batch.size) != batch_sizes.end());
      RC_ASSERT(batch.elements >= 1U);
      RC_ASSERT(batch.elements <= std::min(waiting, batch.size));
      RC_ASSERT(batch.size == batch_sizes.front() || batch.size - batch.elements <= batch.elements / 2 + 1);
      waiting -= batch.elements;
    }
  });
}

TEST_CASE("a batch and its answer fill one size class") {
  for (std::size_t i = 0; i < batch_sizes.size(); ++i) {
    RegisterBatch batch{UINT64_MAX, UINT64_MAX, UINT16_MAX, std::vector<PointBytes>(batch_sizes.at(i))};
    Evaluated answer{UINT64_MAX, UINT64_MAX, batch.points, DleqProof{}};
    CHECK(encode(batch).size() <= body_room(size_classes.at(i)));
    CHECK(encode(answer).size() <= body_room(size_classes.at(i)));
  }
}

TEST_CASE("the shuffle places every element once") {
  rc::prop("a permutation with holes", [](std::uint64_t seed) {
    TestEntropy entropy(seed);
    const auto batch = next_batch(*rc::gen::inRange<std::size_t>(1, 300));
    std::set<std::size_t> seen;
    for (const auto& slot : shuffle_batch(batch, entropy))
      if (slot) RC_ASSERT(seen.insert(*slot).second);
    RC_ASSERT(seen.size() == batch.elements);
    RC_ASSERT(*seen.rbegin() == batch.elements - 1);
  });
}

TEST_CASE("a point says nothing: it depends on pair, kind, length and value") {
  const TwoNodes nodes;
  const TwoNodes others(1, nullptr, 3);
  const Identifier one = bsn("999999011");
  std::set<Point> points;
  points.insert(blind(nodes.secrets_a, one));
  points.insert(blind(nodes.secrets_b, one));
  points.insert(blind(others.secrets_a, one));
  points.insert(blind(nodes.secrets_a, {Kind::parent_bsn, one.value}));
  points.insert(blind(nodes.secrets_a, bsn("99999901")));
  CHECK(points.size() == 5);
  CHECK(blind(nodes.secrets_a, one) == blind(nodes.secrets_a, one));
}

TEST_CASE("a dummy can be made again from its handle, to open it") {
  const TwoNodes nodes;
  const auto once = dummy(nodes.secrets_a.dummies, 7);
  CHECK(once == dummy(nodes.secrets_a.dummies, 7));
  CHECK(once != dummy(nodes.secrets_a.dummies, 8));
  CHECK(once != dummy(nodes.secrets_b.dummies, 7));
  BlindJob job{nodes.secrets_a.copy(), 1, 6, 700, {bsn("999999011"), std::nullopt}};
  const auto batch = blind_batch(job);
  CHECK(batch.points[0] == blind(nodes.secrets_a, bsn("999999011")).bytes());
  CHECK(batch.points[1] == blind(nodes.secrets_a, once).bytes());
}

}  // namespace
}  // namespace knoop::matching
