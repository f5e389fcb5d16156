#include "protocol/matching/epochs.h"

#include <rapidcheck.h>
#include <catch2/catch.hpp>

#include "protocol/matching/claims.h"

namespace knoop::matching {
namespace {

constexpr Timestamp start{1'800'000'000'000};
constexpr std::chrono::days day{1};

MatchView seen(Byte match, KindSet kinds, BsnStatus claimant, BsnStatus answerer) {
  MatchView out;
  out.match = MatchId{std::array<Byte, 16>{match}};
  out.kinds = kinds;
  out.claimant = claimant;
  out.answerer = answerer;
  out.verdict = verdict_of(kinds, claimant, answerer);
  return out;
}

constexpr BsnStatus none = BsnStatus::none;
constexpr BsnStatus pending = BsnStatus::pending;
constexpr BsnStatus proven = BsnStatus::registered;

}  // namespace

TEST_CASE("an epoch ends when the newer one is complete at both sides, or after 14 days of overlap") {
  CHECK_FALSE(ends({std::nullopt, true, true}, start + 400 * day));  // the other side never opened it
  CHECK_FALSE(ends({start, true, false}, start + 13 * day));
  CHECK_FALSE(ends({start, false, true}, start + 13 * day));
  CHECK(ends({start, true, true}, start) == EndReason::complete);
  CHECK(ends({start, true, false}, start + 14 * day) == EndReason::overdue);
  CHECK(ends({start, true, true}, start + 15 * day) == EndReason::complete);
}

TEST_CASE("the next epoch is due after three months, less what spreads the pairs of a region") {
  CHECK_FALSE(is_due(start, {}, start + 90 * day));
  CHECK(is_due(start, {}, start + 91 * day));
  CHECK_FALSE(is_due(start, 5 * day, start + 85 * day));
  CHECK(is_due(start, 5 * day, start + 86 * day));
}

TEST_CASE(
    "both members agree when the next epoch is due, and the pairs of a region are spread over two weeks") {
  const NetworkId network = *NetworkId::from(Bytes(32, 9));
  const auto member = [](unsigned number) {
    Bytes id(32, 0);
    id[0] = static_cast<Byte>(number);
    return *MemberId::from(id);
  };
  std::array<int, spread_days> a_day{};
  for (unsigned one = 0; one < 40; ++one) {
    for (unsigned other = one + 1; other < 40; ++other) {
      const Milliseconds earlier = spread(network, member(one), member(other), 1);
      REQUIRE(earlier == spread(network, member(other), member(one), 1));
      REQUIRE(earlier >= Milliseconds{0});
      REQUIRE(earlier < spread_days * day);
      ++a_day.at(static_cast<std::size_t>(earlier / day));
    }
  }
  // 780 pairs: some 56 a day.
  for (const int pairs : a_day) {
    CHECK(pairs > 25);
    CHECK(pairs < 95);
  }
  // The next epoch of a pair has another.
  CHECK(spread(network, member(1), member(2), 1) != spread(network, member(1), member(2), 2));
  // docs/spec/matching.md, section 6
  const auto spelled = [](Byte byte) { return *MemberId::from(Bytes(32, byte)); };
  CHECK(spread(network, spelled(1), spelled(2), 1) == std::chrono::seconds{839'700});
}

TEST_CASE("epochs only grow, not too far, and not too often") {
  CHECK(may_open(0, 1, 0));
  CHECK(may_open(3, 4, 1));
  CHECK(may_open(3, 9, 1));  // the other side had opened some that this one never heard of
  CHECK(may_open(3, 3, 1).error().code == ErrorCode::wrong_state);
  CHECK(may_open(3, 2, 1).error().code == ErrorCode::wrong_state);
  CHECK(may_open(3, 0, 1).error().code == ErrorCode::wrong_state);
  CHECK(may_open(3, UINT64_MAX, 1).error().code == ErrorCode::bad_value);
  CHECK(may_open(3, 4, most_opened - 1));
  CHECK(may_open(3, 4, most_opened).error().code == ErrorCode::over_limit);
}

TEST_CASE("evidence of two epochs adds up to one match") {
  const auto old = seen(1, {Kind::full_name}, none, none);
  const auto fresh = seen(1, {Kind::exact}, none, none);
  const auto both = merged({{old}, {fresh, seen(2, {Kind::address}, none, none)}});
  REQUIRE(both.size() == 2);
  CHECK(both[0].kinds == KindSet{Kind::full_name, Kind::exact});
  CHECK(both[0].verdict == Verdict::possible);
  CHECK(both[1].verdict == Verdict::family);
  CHECK(merged({}).empty());
}

TEST_CASE("two BSNs differ when one epoch proves it, and not when each side proved its own in another") {
  const KindSet name{Kind::exact};
  const auto verdict = [&](BsnStatus a, BsnStatus b, BsnStatus c, BsnStatus d) {
    return merged({{seen(1, name, a, b)}, {seen(1, name, c, d)}}).at(0).verdict;
  };
  CHECK(verdict(proven, proven, pending, pending) == Verdict::none);
  CHECK(verdict(pending, pending, proven, proven) == Verdict::none);
  CHECK(verdict(proven, pending, pending, proven) == Verdict::pending);
  CHECK(verdict(none, proven, none, pending) == Verdict::possible);
  CHECK(merged({{seen(1, {Kind::exact, Kind::bsn}, proven, proven)}, {seen(1, name, proven, pending)}})
            .at(0)
            .verdict == Verdict::certain);
}

TEST_CASE("a client keeps its name in the next epoch of a claim") {
  struct Counting final : Entropy {
    void fill(std::span<Byte> bytes) override { std::ranges::fill(bytes, ++last); }
    Byte last = 0;
  } entropy;
  AnswerState old;
  REQUIRE(*take_claim(old, {{}, 1, 1, none, {{1, 1}, {2, 2}}}));
  const auto first = answer(old, {{{1, 1}, 7, none}, {{2, 2}, 8, none}}, entropy);
  REQUIRE(first);
  AnswerState next;
  REQUIRE(*take_claim(next, {{}, 2, 1, none, {{5, 9}}}));
  adopt_groups(next, old.groups);
  const auto second = answer(next, {{{5, 9}, 8, none}}, entropy);
  REQUIRE(second);
  CHECK(second->epoch == 2);
  REQUIRE(second->groups.size() == 1);
  const auto known = std::ranges::find(old.groups, 8, &KnownGroup::client);
  CHECK(second->groups[0].group == known->group);
  adopt_groups(next, old.groups);  // twice is once
  CHECK(next.groups.size() == 2);
}

TEST_CASE("the order in which epochs are merged changes no evidence") {
  CHECK(rc::check("union", [] {
    std::vector<std::vector<MatchView>> epochs(*rc::gen::inRange<std::size_t>(0, 4));
    for (auto& epoch : epochs)
      for (Byte match = 0; match < 3; ++match)
        if (*rc::gen::arbitrary<bool>())
          epoch.push_back(
              seen(match, KindSet::of_bits(*rc::gen::inRange<std::uint32_t>(0, 4096)), none, none));
    auto turned = epochs;
    std::ranges::reverse(turned);
    RC_ASSERT(merged(epochs) == merged(turned));
    RC_ASSERT(merged({merged(epochs)}) == merged(epochs));
  }));
}

}  // namespace knoop::matching
