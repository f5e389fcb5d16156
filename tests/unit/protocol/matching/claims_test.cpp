#include "protocol/matching/claims.h"

#include <rapidcheck/catch.h>
#include <algorithm>
#include <catch2/catch.hpp>
#include <deque>
#include <map>
#include <set>

#include "tests/support/test_entropy.h"

namespace knoop::matching {
namespace {

const KindOf kinds = [](Handle own) -> std::optional<Kind> { return all_kinds()[own % all_kinds().size()]; };
// The answerer's handle for the claimant's handle h is h + 1000: of the same kind.
HandlePair pair(Handle h) {
  return {h, h + 1000};
}
const KindOf kinds_of_answerer = [](Handle own) { return kinds(own - 1000); };

ClaimState fresh_claim() {
  ClaimState out;
  out.claim = ClaimId{std::array<Byte, 16>{1}};
  return out;
}

TEST_CASE("a claim is sent only when something changed") {
  auto state = fresh_claim();
  CHECK_FALSE(claim(state, 1, BsnStatus::none, {}).has_value());
  const auto first = claim(state, 1, BsnStatus::none, {pair(3), pair(1), pair(3)});
  REQUIRE(first.has_value());
  CHECK(first->version == 1);
  CHECK(first->pairs == std::vector<HandlePair>{pair(1), pair(3)});
  CHECK_FALSE(claim(state, 1, BsnStatus::none, {pair(1), pair(3)}).has_value());
  CHECK(claim(state, 1, BsnStatus::registered, {pair(1), pair(3)})->version == 2);
  CHECK(claim(state, 1, BsnStatus::registered, {})->version == 3);
}

TEST_CASE("answers: old ones are ignored, false ones refused") {
  auto state = fresh_claim();
  (void)claim(state, 1, BsnStatus::none, {pair(1), pair(2)});
  const auto group = [](Byte id, std::vector<std::uint16_t> indexes) {
    return Group{GroupId{std::array<Byte, 16>{id}}, BsnStatus::none, std::move(indexes)};
  };
  const auto code = [&](std::uint64_t claim_version, std::vector<Group> groups) {
    const auto result = take_answer(state, {state.claim, 1, claim_version, 1, std::move(groups)});
    REQUIRE_FALSE(result.has_value());
    return result.error().code;
  };
  CHECK(code(2, {}) == ErrorCode::bad_value);
  CHECK(code(1, {group(1, {2})}) == ErrorCode::bad_value);
  CHECK(code(1, {group(1, {})}) == ErrorCode::bad_value);
  CHECK(code(1, {group(1, {1, 0})}) == ErrorCode::bad_value);
  CHECK(code(1, {group(1, {0, 0})}) == ErrorCode::bad_value);
  CHECK(code(1, {group(2, {0}), group(1, {1})}) == ErrorCode::bad_value);
  CHECK(code(1, {group(1, {0}), group(1, {1})}) == ErrorCode::bad_value);
  CHECK(state.groups.empty());

  CHECK(*take_answer(state, {state.claim, 1, 1, 1, {group(1, {0, 1})}}));
  CHECK_FALSE(*take_answer(state, {state.claim, 1, 1, 1, {}}));  // the same again
  CHECK(state.groups.size() == 1);
  (void)claim(state, 1, BsnStatus::none, {pair(2)});
  CHECK(state.groups.front().pairs == std::vector<HandlePair>{pair(2)});  // what ended is gone at once
  CHECK_FALSE(*take_answer(state, {state.claim, 1, 1, 2, {}}));           // to the claim before
}

TEST_CASE("claims out of order are refused, old ones ignored") {
  AnswerState state;
  MatchClaim message{ClaimId{}, 1, 2, BsnStatus::none, {pair(2), pair(1)}};
  CHECK(take_claim(state, message).error().code == ErrorCode::bad_value);
  message.pairs = {pair(1), pair(1)};
  CHECK(take_claim(state, message).error().code == ErrorCode::bad_value);
  message.pairs = {pair(1)};
  CHECK(*take_claim(state, message));
  CHECK_FALSE(*take_claim(state, message));
  message.version = 1;
  CHECK_FALSE(*take_claim(state, message));
}

TEST_CASE("only pairs that the answerer sees itself count") {
  AnswerState state;
  TestEntropy entropy;
  REQUIRE(*take_claim(state, {ClaimId{}, 1, 1, BsnStatus::none, {pair(1), pair(2)}}));
  const auto first = answer(state, {{pair(2), 7, BsnStatus::none}, {pair(9), 7, BsnStatus::none}}, entropy);
  REQUIRE(first.has_value());
  REQUIRE(first->groups.size() == 1);
  CHECK(first->groups[0].pairs == std::vector<std::uint16_t>{1});
  CHECK_FALSE(answer(state, {{pair(2), 7, BsnStatus::none}}, entropy).has_value());
  const auto gone = answer(state, {}, entropy);
  REQUIRE(gone.has_value());
  CHECK(gone->groups.empty());
  const auto back = answer(state, {{pair(2), 7, BsnStatus::none}}, entropy);
  CHECK(back->groups[0].group == first->groups[0].group);  // a client keeps its group: the match keeps its id
}

TEST_CASE("an address shared by two own clients puts its pair in two groups") {
  AnswerState state;
  TestEntropy entropy;
  REQUIRE(*take_claim(state, {ClaimId{}, 1, 1, BsnStatus::none, {pair(1), pair(2)}}));
  const auto message = answer(
      state, {{pair(1), 7, BsnStatus::none}, {pair(2), 7, BsnStatus::none}, {pair(1), 8, BsnStatus::none}},
      entropy);
  CHECK(message->groups.size() == 2);
}

// Both sides with any number of own clients, any of which may hold any identifier; facts become visible to the two
// sides, and messages arrive, in any interleaving.
struct World {
  TestEntropy entropy;
  std::map<int, ClaimState> claims;  // by claimant's client
  std::map<ClaimId, AnswerState> answers;
  std::map<int, std::set<Handle>> claimant_clients;  // who holds which identifier
  std::map<std::int64_t, std::set<Handle>> answerer_clients;
  std::set<Handle> seen_by_claimant;  // equal tokens as each side knows them
  std::set<Handle> seen_by_answerer;
  std::map<int, BsnStatus> claimant_bsn;
  std::map<std::int64_t, BsnStatus> answerer_bsn;
  std::deque<MatchClaim> to_answerer;
  std::deque<MatchAnswer> to_claimant;

  void claim_all() {
    for (auto& [client, handles] : claimant_clients) {
      auto& state = claims[client];
      if (state.version == 0) state.claim = ClaimId{std::array<Byte, 16>{static_cast<Byte>(client + 1)}};
      std::vector<HandlePair> pairs;
      for (const Handle h : handles)
        if (seen_by_claimant.contains(h)) pairs.push_back(pair(h));
      if (auto message = claim(state, 1, claimant_bsn[client], pairs)) to_answerer.push_back(*message);
    }
  }
  void answer_all() {
    std::vector<Recognised> recognised;
    for (const auto& [client, handles] : answerer_clients)
      for (const Handle h : handles)
        if (seen_by_answerer.contains(h)) recognised.push_back({pair(h), client, answerer_bsn[client]});
    for (auto& [id, state] : answers)
      if (auto message = answer(state, recognised, entropy)) to_claimant.push_back(*message);
  }
  bool deliver_claim() {
    if (to_answerer.empty()) return false;
    const auto message = to_answerer.front();
    to_answerer.pop_front();
    REQUIRE(take_claim(answers[message.claim], message).has_value());
    answer_all();
    return true;
  }
  bool deliver_answer() {
    if (to_claimant.empty()) return false;
    const auto message = to_claimant.front();
    to_claimant.pop_front();
    for (auto& [client, state] : claims)
      if (state.claim == message.claim) REQUIRE(take_answer(state, message).has_value());
    return true;
  }
  std::map<MatchId, std::pair<std::uint32_t, Verdict>> at_claimant() const {
    std::map<MatchId, std::pair<std::uint32_t, Verdict>> out;
    for (const auto& [client, state] : claims)
      for (const auto& view : matches_of(state, kinds)) out[view.match] = {view.kinds.bits(), view.verdict};
    return out;
  }
  std::map<MatchId, std::pair<std::uint32_t, Verdict>> at_answerer() const {
    std::map<MatchId, std::pair<std::uint32_t, Verdict>> out;
    for (const auto& [id, state] : answers)
      for (const auto& view : matches_of(state, kinds_of_answerer))
        out[view.match] = {view.kinds.bits(), view.verdict};
    return out;
  }
};

std::set<Handle> any_handles() {
  const auto bits = *rc::gen::inRange(0U, 1024U);
  std::set<Handle> out;
  for (Handle h = 0; h < 10; ++h)
    if ((bits >> h & 1U) != 0) out.insert(h);
  return out;
}

TEST_CASE("whatever the order of events, both sides end with the same matches, and with all of them") {
  rc::prop("random interleavings converge", [] {
    World world;
    for (int client = 0; client < 3; ++client) {
      world.claimant_clients[client] = any_handles();
      world.answerer_clients[client] = any_handles();
    }
    const auto steps = *rc::gen::inRange(0, 60);
    for (int step = 0; step < steps; ++step) {
      const auto h = *rc::gen::inRange<Handle>(0, 10);
      const auto client = *rc::gen::inRange(0, 3);
      const auto status = *rc::gen::element(BsnStatus::none, BsnStatus::pending, BsnStatus::registered);
      const auto flip = [h](std::set<Handle>& seen) {
        if (!seen.erase(h)) seen.insert(h);
      };
      switch (*rc::gen::inRange(0, 6)) {
        case 0:
          flip(world.seen_by_claimant);
          world.claim_all();
          break;
        case 1:
          flip(world.seen_by_answerer);
          world.answer_all();
          break;
        case 2:
          world.claimant_bsn[client] = status;
          world.claim_all();
          break;
        case 3:
          world.answerer_bsn[client] = status;
          world.answer_all();
          break;
        case 4:
          world.deliver_claim();
          break;
        default:
          world.deliver_answer();
          break;
      }
    }
    // What is true in the end becomes visible to both.
    world.seen_by_answerer = world.seen_by_claimant;
    world.answer_all();
    world.claim_all();
    while (world.deliver_claim() || world.deliver_answer()) {
    }
    RC_ASSERT(world.at_claimant() == world.at_answerer());
    std::size_t expected = 0;
    for (const auto& [one, handles] : world.claimant_clients)
      for (const auto& [other, others] : world.answerer_clients)
        expected += std::ranges::any_of(handles, [&, &theirs = others](Handle h) {
          return theirs.contains(h) && world.seen_by_claimant.contains(h);
        });
    RC_ASSERT(world.at_claimant().size() == expected);
  });
}

}  // namespace
}  // namespace knoop::matching
