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

TEST_CASE("large batches have few dummies, and none is larger than asked for") {
  rc::prop("an eighth at most", [] {
    const auto waiting = *rc::gen::inRange<std::size_t>(1, 70'000);
    const auto batch = next_batch(waiting);
    RC_ASSERT(batch.size <= most_in_small_batch || batch.size - batch.elements <= batch.elements / 8);
    const auto largest = *rc::gen::elementOf(batch_sizes);
    RC_ASSERT(next_batch(waiting, largest).size <= largest);
  });
  CHECK(next_batch(30'836).size == 30'836);
  CHECK(next_batch(200'000).size == 30'836);
  CHECK(next_batch(27'410).size == 30'836);
  CHECK(next_batch(27'409).size == 7706);
  CHECK(next_batch(1000).size == 961);
  CHECK(next_batch(855).size == 961);
  CHECK(next_batch(854).size == 477);
}

TEST_CASE("a batch and its answer fill one size class, a registration costs 68 bytes in the largest") {
  constexpr std::array<std::size_t, batch_sizes.size()> classes{0, 1, 2, 3, 3, 4, 4, 5, 6};
  for (std::size_t i = 0; i < batch_sizes.size(); ++i) {
    RegisterBatch batch{UINT64_MAX, UINT64_MAX, UINT16_MAX, std::vector<PointBytes>(batch_sizes.at(i))};
    Evaluated answer{UINT64_MAX, UINT64_MAX, batch.points, std::nullopt};
    if (is_small(batch)) answer.proof = DleqProof{};
    const std::size_t room = body_room(size_classes.at(classes.at(i)));
    CHECK(encode(batch).size() <= room);
    CHECK(encode(answer).size() <= room);
    if (batch_sizes.at(i) == most_in_small_batch || batch_sizes.at(i) == 961)
      continue;  // half of their class
    const std::size_t on_the_wire = 2 * size_classes.at(classes.at(i)) / batch_sizes.at(i);
    CHECK(on_the_wire <= (i < 3 ? 102U : 68U));
  }
}

TEST_CASE("the shuffle keeps every value") {
  rc::prop("a permutation", [](std::uint64_t seed) {
    TestEntropy entropy(seed);
    std::vector<Handle> values(*rc::gen::inRange<std::size_t>(0, 300));
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = i;
    auto shuffled = values;
    shuffle(shuffled, entropy);
    RC_ASSERT(values.size() < 20 || shuffled != values);
    std::ranges::sort(shuffled);
    RC_ASSERT(shuffled == values);
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
