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

namespace {

/// Versions signed by the managers of the node under test.
struct Versions {
  test::CoreNode core;
  std::unique_ptr<storage::Database> database =
      storage::Database::open(core.path(), core.database_key, storage::OpenMode::open).value();
  Membership membership;
  Convenant convenant = test::convenant({core.own.card, core.peer.card, core.other.card}, core.managers);
  std::string newest = core.note();

  Versions() {
    REQUIRE(attempt(*database, membership, [](auto& tx, auto& m) { return m.load(tx); }));
  }
  std::string signed_by(const Convenant& text, std::initializer_list<std::size_t> who) {
    std::string note = draft_convenant(text).value();
    for (const std::size_t i : who) note = countersign_convenant(note, core.managers[i].secret_key).value();
    return note;
  }
  Convenant next() {
    Convenant out = convenant;
    out.previous = convenant_hash(newest).value();
    ++out.number;
    return out;
  }
  Result<JudgedConvenant> judge(const std::string& note) {
    return attempt(*database, membership, [&](auto& tx, auto& m) { return m.judge(tx, note); });
  }
  Result<void> install(const Convenant& version) {
    const std::string note = signed_by(version, {0, 1});
    KNOOP_LET(judged, judge(note));
    KNOOP_TRY(attempt(*database, membership,
                      [&](auto& tx, auto& m) { return m.install(tx, judged, std::nullopt, core.now); }));
    if (judged.news != ConvenantNews::second_text) {
      convenant = version;
      newest = note;
    }
    return {};
  }
};

}  // namespace

TEST_CASE("R9.1: a version that is not in order is refused with a stable code and changes nothing") {
  Versions versions;
  const auto refuses = [&](const std::string& note, ErrorCode code) {
    const auto judged = versions.judge(note);
    REQUIRE_FALSE(judged.has_value());
    INFO(judged.error().sentence);
    CHECK(judged.error().code == code);
    CHECK(versions.membership.convenant()->number == 1);
    CHECK_FALSE(versions.membership.frozen());
  };
  Convenant next = versions.next();
  refuses(versions.signed_by(next, {0}), ErrorCode::bad_signature);
  refuses(versions.signed_by(next, {0, 0}), ErrorCode::bad_signature);  // one manager, twice
  next.previous = Hash256{};
  refuses(versions.signed_by(next, {0, 1}), ErrorCode::wrong_state);
  next = versions.next();
  next.number = 3;
  refuses(versions.signed_by(next, {0, 1}), ErrorCode::wrong_state);
  Convenant other = versions.convenant;
  other.name = "Een ander netwerk van dezelfde beheerders";
  refuses(versions.signed_by(other, {0, 1}), ErrorCode::wrong_network);
  TestEntropy entropy(99);
  std::vector<SigningKeyPair> strangers;
  strangers.push_back(new_signing_key(entropy));
  refuses(test::signed_convenant(test::convenant({versions.core.peer.card}, strangers), strangers),
          ErrorCode::wrong_network);
  next = versions.next();
  next.members[1].id = "anders";
  refuses(versions.signed_by(next, {0, 1}), ErrorCode::conflict);
  CHECK(versions.judge(versions.newest)->news == ConvenantNews::known);
  REQUIRE(versions.install(versions.next()));
  CHECK(versions.membership.convenant()->number == 2);
}

TEST_CASE(
    "a member that is left out is former: dialled, and unknown to the listener, who left itself is dialled") {
  Versions versions;
  const MemberId peer = versions.core.peer.card.member;
  Convenant next = versions.next();
  std::erase_if(next.members, [&](const auto& each) { return each.member == peer; });
  CHECK(versions.membership.left_out_by(next) == std::vector<MemberId>{peer});
  REQUIRE(versions.install(next));
  const Membership& membership = versions.membership;
  CHECK(membership.standing(peer) == Standing::former);
  CHECK(membership.card(peer) == nullptr);
  CHECK(membership.card_of_former(peer) != nullptr);
  CHECK(membership.slug(peer) == "bjz-twee");
  CHECK(membership.peers() == std::vector<MemberId>{versions.core.other.card.member});
  const auto link = [&](const MemberId& member) {
    for (const Link& each : membership.links())
      if (each.member == member) return each;
    throw std::runtime_error("no link");
  };
  CHECK_FALSE(link(peer).may_dial);
  CHECK_FALSE(link(peer).endpoints.empty());
  CHECK(link(versions.core.other.card.member).may_dial);

  // Then we are left out ourselves: we listen to those that we were a member with, and dial them no more.
  next = versions.next();
  std::erase_if(next.members, [&](const auto& each) { return each.member == membership.self(); });
  REQUIRE(versions.install(next));
  CHECK(membership.peers().empty());
  CHECK(membership.standing(versions.core.other.card.member) == Standing::former);
  CHECK(link(versions.core.other.card.member).may_dial);
  CHECK(link(versions.core.other.card.member).endpoints.empty());
  CHECK(link(peer).may_dial);
  CHECK_FALSE(link(peer).endpoints.empty());

  // Two years later nobody is former any more.
  REQUIRE(attempt(*versions.database, versions.membership, [&](auto& tx, auto& m) {
    return m.forget_former(tx, versions.core.now + Membership::former_for - Milliseconds{1});
  }));
  CHECK(membership.former().size() == 2);
  REQUIRE(attempt(*versions.database, versions.membership, [&](auto& tx, auto& m) {
    return m.forget_former(tx, versions.core.now + Membership::former_for);
  }));
  CHECK(membership.former().empty());
  CHECK(membership.links().empty());
}

TEST_CASE("a second text of an older number is evidence and freezes nothing") {
  Versions versions;
  Convenant second = versions.next();
  second.name = "Een tweede tekst";
  const std::string note = versions.signed_by(second, {0, 2});
  REQUIRE(versions.install(versions.next()));
  REQUIRE(versions.install(versions.next()));
  const auto judged = versions.judge(note);
  REQUIRE(judged.has_value());
  CHECK(judged->news == ConvenantNews::second_text);
  CHECK(judged->convenant.number == 2);
  REQUIRE(attempt(*versions.database, versions.membership, [&](auto& tx, auto& m) {
    return m.install(tx, *judged, std::nullopt, versions.core.now);
  }));
  CHECK_FALSE(versions.membership.frozen());
  // Nor does it take anybody back: what follows on it is refused.
  second.previous = convenant_hash(note).value();
  second.number = 3;
  second.name = "Een derde";
  CHECK(versions.judge(versions.signed_by(second, {0, 1})).error().code == ErrorCode::conflict);
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
