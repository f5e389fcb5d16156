#include "protocol/matching/evaluate.h"

#include <catch2/catch.hpp>

#include "tests/unit/protocol/matching/two_nodes.h"

namespace knoop::matching {
namespace {

const std::vector<Identifier> three{
    bsn("999999011"), bsn("999999023"), {Kind::parent_bsn, to_bytes("999999035")}};

TEST_CASE("tokens are equal exactly for equal identifiers of one kind") {
  const TwoNodes nodes;
  const auto from_a = nodes.registered_by_a(three);
  const auto from_b = nodes.registered_by_b({bsn("999999035"), bsn("999999023")});
  const auto by_b = nodes.evaluated_by_b(from_a);
  const auto by_a = nodes.evaluated_by_a(from_b);
  REQUIRE(by_b.has_value());
  REQUIRE(by_a.has_value());
  const auto own = nodes.checked_by_a(from_a, by_b->answer);
  REQUIRE(own.has_value());
  CHECK(*own == by_b->tokens);          // both compute the token of A's handles alike
  CHECK((*own)[1] == by_a->tokens[1]);  // the shared BSN
  CHECK((*own)[0] != by_a->tokens[0]);
  CHECK((*own)[2] != by_a->tokens[0]);  // same digits, another kind
}

TEST_CASE("the registrant accepts nothing but the proven product") {
  const TwoNodes nodes;
  const auto batch = nodes.registered_by_a(three);
  const auto evaluation = nodes.evaluated_by_b(batch);
  REQUIRE(evaluation.has_value());
  const Evaluated honest = evaluation->answer;
  REQUIRE(nodes.checked_by_a(batch, honest).has_value());

  const auto code = [&](const Evaluated& answer) {
    const auto result = nodes.checked_by_a(batch, answer);
    REQUIRE_FALSE(result.has_value());
    CHECK(result.error().side == Side::peer);
    return result.error().code;
  };
  SECTION("noise for one handle: the match that the peer wants to hide") {
    auto answer = honest;
    answer.points[1] = generator().bytes();
    CHECK(code(answer) == ErrorCode::bad_proof);
  }
  SECTION("two answers exchanged") {
    auto answer = honest;
    std::swap(answer.points[0], answer.points[1]);
    CHECK(code(answer) == ErrorCode::bad_proof);
  }
  SECTION("another exponent for the whole batch, with a proof of it") {
    auto secrets = nodes.secrets_b.copy();
    secrets.scalar = nodes.secrets_a.scalar.copy();
    secrets.commitment = nodes.secrets_a.commitment;
    const auto answer = evaluate({nodes.b, std::move(secrets), batch, filled<SymmetricKey>(1)});
    REQUIRE(answer.has_value());
    CHECK(code(answer->answer) == ErrorCode::bad_proof);
  }
  SECTION("no proof, or a flipped one") {
    auto answer = honest;
    answer.proof.reset();
    CHECK(code(answer) == ErrorCode::bad_proof);
    answer = honest;
    answer.proof->data()[0] ^= 1;
    CHECK(code(answer) == ErrorCode::bad_proof);
  }
  SECTION("the proof of another batch with the same points") {
    auto renumbered = batch;
    renumbered.first = 11;
    const auto other = nodes.evaluated_by_b(renumbered);
    REQUIRE(other.has_value());
    auto answer = honest;
    answer.proof = other->answer.proof;
    CHECK(code(answer) == ErrorCode::bad_proof);
  }
  SECTION("the proof for another registrant, direction or epoch") {
    for (const auto& pair : {nodes.a, TwoNodes(1, nullptr, 3).b, TwoNodes(2).b}) {
      const auto other = evaluate({pair, nodes.secrets_b.copy(), batch, filled<SymmetricKey>(1)});
      REQUIRE(other.has_value());
      CHECK(code(other->answer) == ErrorCode::bad_proof);
    }
  }
  SECTION("an answer to another batch") {
    auto answer = honest;
    answer.first = 2;
    CHECK(code(answer) == ErrorCode::bad_value);
    answer = honest;
    answer.epoch = 2;
    CHECK(code(answer) == ErrorCode::bad_value);
    answer = honest;
    answer.points.pop_back();
    CHECK(code(answer) == ErrorCode::bad_value);
  }
  SECTION("the identity, or no point at all") {
    auto answer = honest;
    answer.points[0] = PointBytes{};
    CHECK(code(answer) == ErrorCode::bad_point);
    answer.points[0] = filled<PointBytes>(0xff);
    CHECK(code(answer) == ErrorCode::bad_point);
  }
}

TEST_CASE("the evaluator multiplies points only") {
  const TwoNodes nodes;
  for (const auto& bad : {PointBytes{}, filled<PointBytes>(0xff), filled<PointBytes>(0x01)}) {
    auto batch = nodes.registered_by_a(three);
    batch.points[2] = bad;
    const auto result = nodes.evaluated_by_b(batch);
    REQUIRE_FALSE(result.has_value());
    CHECK(result.error().code == ErrorCode::bad_point);
    CHECK(result.error().side == Side::peer);
  }
}

TEST_CASE("a batch must be the next and of a size that batches have") {
  const TwoNodes nodes;
  RegisterBatch batch{1, 11, 700, std::vector<PointBytes>(10)};
  CHECK(check_batch(batch, 1, 11).has_value());
  CHECK(check_batch(batch, 1, 1).error().code == ErrorCode::bad_sequence);
  CHECK(check_batch(batch, 1, 12).error().code == ErrorCode::bad_sequence);
  CHECK(check_batch(batch, 2, 11).error().code == ErrorCode::wrong_state);
  batch.points.resize(11);
  CHECK(check_batch(batch, 1, 11).error().code == ErrorCode::bad_value);
  batch.points.clear();
  CHECK(check_batch(batch, 1, 11).error().code == ErrorCode::bad_value);
}

TEST_CASE("relayed points do not match: a third member learns nothing by passing them on") {
  const TwoNodes a_and_b;                 // members 1 and 2
  const TwoNodes a_and_c(1, nullptr, 3);  // members 1 and 3
  const auto for_b = a_and_b.registered_by_a(three);
  const auto for_c = a_and_c.registered_by_a(three);
  // C evaluates what A registered with B as if it were registered with C.
  const auto relayed = a_and_c.evaluated_by_b(for_b);
  const auto honest = a_and_c.evaluated_by_b(for_c);
  REQUIRE(relayed.has_value());
  REQUIRE(honest.has_value());
  for (const auto& token : relayed->tokens)
    CHECK(std::ranges::find(honest->tokens, token) == honest->tokens.end());
}

}  // namespace
}  // namespace knoop::matching
