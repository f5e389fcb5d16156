#include "node/core/membership.h"

#include <catch2/catch.hpp>

#include "tests/support/core_node.h"

using namespace knoop;

namespace {

/// Runs one attempt in a savepoint that is kept only when it succeeds, as the node does.
template <typename F>
auto attempt(storage::Database& database, Membership& membership, F&& run) {
  auto tx = database.begin().value();
  auto result = run(tx, membership);
  if (result) test::must(tx.commit());
  return result;
}

std::string note(const test::Organisation& org, const Card& card) {
  return sign_card(card, org.key.secret_key).value();
}

}  // namespace

TEST_CASE("cards and convenant are the same after a restart") {
  test::CoreNode core;
  auto database = storage::Database::open(core.path(), core.database_key, storage::OpenMode::open).value();
  auto tx = database->begin().value();
  Membership membership;
  REQUIRE(membership.load(tx));
  CHECK(membership.self() == core.own.card.member);
  CHECK(membership.peers().size() == 2);
  CHECK(membership.by_slug("bjz-twee") == core.peer.card.member);
  CHECK(membership.slug(core.peer.card.member) == "bjz-twee");
  CHECK_FALSE(membership.by_slug("niemand").has_value());
  CHECK(membership.network() == network_id(core.note()).value());
  CHECK(membership.in_force(core.now));
  CHECK_FALSE(membership.in_force(test::at("2027-01-01T00:00:00Z")));
}

TEST_CASE("a card that is older, contradicts itself or the convenant changes nothing") {
  test::CoreNode core;
  auto database = storage::Database::open(core.path(), core.database_key, storage::OpenMode::open).value();
  Membership membership;
  REQUIRE(attempt(*database, membership, [](auto& tx, auto& m) { return m.load(tx); }));
  const auto install = [&](const std::string& text, Timestamp now) {
    return attempt(*database, membership, [&](auto& tx, auto& m) { return m.install_card(tx, text, now); });
  };
  Card card = core.peer.card;
  card.number = 3;
  REQUIRE(install(note(core.peer, card), core.now));
  REQUIRE(install(note(core.peer, card), core.now));  // the same again

  SECTION("an older number") {
    card.number = 2;
    CHECK(install(note(core.peer, card), core.now).error().code == ErrorCode::conflict);
  }
  SECTION("a second text of one number") {
    card.name = "Andere naam";
    CHECK(install(note(core.peer, card), core.now).error().code == ErrorCode::conflict);
  }
  SECTION("another short name than the convenant's") {
    card.number = 4;
    card.id = "cjg-drie";
    CHECK(install(note(core.peer, card), core.now).error().code == ErrorCode::conflict);
  }
  SECTION("one that has expired") {
    card.number = 4;
    CHECK(install(note(core.peer, card), card.valid_until).error().code == ErrorCode::expired);
  }
  SECTION("our own as if it were another's") {
    CHECK(install(note(core.own, core.own.card), core.now).error().code == ErrorCode::conflict);
  }
  CHECK(membership.card(core.peer.card.member)->number == 3);
}

TEST_CASE(
    "frames signed under an installed older card are still believed, unless its keys were compromised") {
  test::CoreNode core;
  auto database = storage::Database::open(core.path(), core.database_key, storage::OpenMode::open).value();
  auto tx = database->begin().value();
  Membership membership;
  REQUIRE(membership.load(tx));
  const MemberId peer = core.peer.card.member;
  Card card = core.peer.card;
  card.number = 2;
  card.signing_key = new_signing_key(core.entropy).public_key;
  REQUIRE(membership.install_card(tx, note(core.peer, card), core.now));
  CHECK(membership.signing_key(tx, peer, 2).value() == card.signing_key);
  CHECK(membership.signing_key(tx, peer, 1).value() == core.peer.card.signing_key);
  CHECK(membership.signing_key(tx, peer, 7).error().code == ErrorCode::not_a_member);
  card.number = 3;
  card.compromised_since = core.now;
  REQUIRE(membership.install_card(tx, note(core.peer, card), core.now));
  CHECK(membership.signing_key(tx, peer, 1).error().code == ErrorCode::bad_key);
  CHECK(membership.signing_key(tx, peer, 3).value() == card.signing_key);
}

TEST_CASE("a node never changes its organisation") {
  test::CoreNode core;
  auto database = storage::Database::open(core.path(), core.database_key, storage::OpenMode::open).value();
  auto tx = database->begin().value();
  Membership membership;
  REQUIRE(membership.load(tx));
  CHECK(membership.install_own_card(tx, note(core.peer, core.peer.card), core.now).error().code ==
        ErrorCode::conflict);
  CHECK(membership.install_own_card(tx, note(core.own, core.own.card), core.now).error().code ==
        ErrorCode::conflict);
  Card next = core.own.card;
  next.number = 2;
  CHECK(membership.install_own_card(tx, note(core.own, next), core.now).has_value());
}
