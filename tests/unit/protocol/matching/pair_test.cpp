#include "protocol/matching/pair.h"

#include <catch2/catch.hpp>

#include "tests/unit/protocol/matching/two_nodes.h"

namespace knoop::matching {
namespace {

ErrorCode code_of(const Result<Point>& result) {
  REQUIRE_FALSE(result.has_value());
  CHECK(result.error().side == Side::peer);
  return result.error().code;
}

TEST_CASE("both sides derive one context and two secrets") {
  const TwoNodes nodes;
  CHECK(nodes.secrets_a.context == nodes.secrets_b.context);
  CHECK_FALSE(nodes.secrets_a.scalar == nodes.secrets_b.scalar);
  CHECK(multiply_base(nodes.secrets_a.scalar) == nodes.secrets_a.commitment);
}

TEST_CASE("another epoch, pair or preshared key changes context and scalar") {
  const TwoNodes nodes;
  const TwoNodes later(2);
  const TwoNodes other(1, nullptr, 3);
  const auto key = filled<PresharedKey>(5);
  const TwoNodes keyed(1, &key);
  CHECK_FALSE(nodes.secrets_a.context == later.secrets_a.context);
  CHECK_FALSE(nodes.secrets_a.context == other.secrets_a.context);
  CHECK_FALSE(nodes.secrets_a.context == keyed.secrets_a.context);
  CHECK_FALSE(nodes.secrets_a.scalar == later.secrets_a.scalar);
  CHECK_FALSE(nodes.secrets_a.scalar == other.secrets_a.scalar);
}

TEST_CASE("an epoch opens between two honest nodes") {
  const auto key = filled<PresharedKey>(5);
  const TwoNodes nodes(3, &key);
  TestEntropy entropy;
  const auto message = make_epoch_open(nodes.a, nodes.secrets_a, &key, entropy);
  const auto commitment = check_epoch_open(nodes.b, nodes.secrets_b, &key, message);
  REQUIRE(commitment.has_value());
  CHECK(*commitment == nodes.secrets_a.commitment);
}

TEST_CASE("a different preshared key is an error at both sides, never a silent lack of matches") {
  const auto key = filled<PresharedKey>(5);
  const auto other = filled<PresharedKey>(6);
  const TwoNodes nodes(1, &key);
  TestEntropy entropy;
  const auto from_a = make_epoch_open(nodes.a, nodes.secrets_a, &key, entropy);
  const auto from_b = make_epoch_open(nodes.b, nodes.secrets_b, &other, entropy);
  CHECK(code_of(check_epoch_open(nodes.b, nodes.secrets_b, &other, from_a)) == ErrorCode::psk_differs);
  CHECK(code_of(check_epoch_open(nodes.a, nodes.secrets_a, &key, from_b)) == ErrorCode::psk_differs);
  CHECK(code_of(check_epoch_open(nodes.b, nodes.secrets_b, nullptr, from_a)) == ErrorCode::psk_differs);
}

TEST_CASE("a proof of knowledge cannot be shown again elsewhere") {
  const TwoNodes nodes;
  TestEntropy entropy;
  const auto message = make_epoch_open(nodes.a, nodes.secrets_a, nullptr, entropy);

  SECTION("to another member: A's opening to B, replayed by B or relayed to C") {
    const TwoNodes with_c(1, nullptr, 3);
    CHECK(code_of(check_epoch_open(with_c.b, with_c.secrets_b, nullptr, message)) == ErrorCode::bad_proof);
  }
  SECTION("in another epoch") {
    const TwoNodes later(2);
    CHECK(code_of(check_epoch_open(later.b, later.secrets_b, nullptr, message)) == ErrorCode::wrong_state);
    auto renumbered = message;
    renumbered.epoch = 2;
    CHECK(code_of(check_epoch_open(later.b, later.secrets_b, nullptr, renumbered)) == ErrorCode::bad_proof);
  }
  SECTION("back to its maker") {
    CHECK(code_of(check_epoch_open(nodes.a, nodes.secrets_a, nullptr, message)) == ErrorCode::bad_value);
  }
  SECTION("with other versions") {
    auto changed = message;
    changed.rule_version = 2;
    CHECK(code_of(check_epoch_open(nodes.b, nodes.secrets_b, nullptr, changed)) ==
          ErrorCode::unknown_version);
    changed = message;
    changed.versions = filled<Hash256>(8);
    CHECK(code_of(check_epoch_open(nodes.b, nodes.secrets_b, nullptr, changed)) ==
          ErrorCode::unknown_version);
    auto pair = nodes.b;
    pair.rule_version = 2;
    auto both = message;
    both.rule_version = 2;
    CHECK(code_of(check_epoch_open(pair, nodes.secrets_b, nullptr, both)) == ErrorCode::bad_proof);
  }
  SECTION("with another draw commitment or commitment") {
    auto changed = message;
    changed.draw = filled<Hash256>(1);
    CHECK(code_of(check_epoch_open(nodes.b, nodes.secrets_b, nullptr, changed)) == ErrorCode::bad_proof);
    changed = message;
    changed.commitment = generator().bytes();
    CHECK(code_of(check_epoch_open(nodes.b, nodes.secrets_b, nullptr, changed)) == ErrorCode::bad_proof);
    changed.commitment = PointBytes{};  // the identity
    CHECK(code_of(check_epoch_open(nodes.b, nodes.secrets_b, nullptr, changed)) == ErrorCode::bad_point);
  }
  SECTION("with a flipped MAC") {
    auto changed = message;
    changed.mac.data()[31] ^= 1;
    CHECK(code_of(check_epoch_open(nodes.b, nodes.secrets_b, nullptr, changed)) == ErrorCode::psk_differs);
  }
}

TEST_CASE("a match id is the same at both and different for each group") {
  const auto claim = filled<ClaimId>(1);
  CHECK(match_id(claim, filled<GroupId>(2)) == match_id(claim, filled<GroupId>(2)));
  CHECK(match_id(claim, filled<GroupId>(2)) != match_id(claim, filled<GroupId>(3)));
}

}  // namespace
}  // namespace knoop::matching
