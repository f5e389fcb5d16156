#include "config/convenant.h"

#include <catch2/catch.hpp>

#include "crypto/hash.h"
#include "tests/support/membership_samples.h"
#include "tests/support/test_entropy.h"

using namespace knoop;

namespace {

struct World {
  TestEntropy entropy{3};
  std::vector<SigningKeyPair> managers;
  std::vector<Card> cards;
  Convenant first;
  std::string first_note;

  World() {
    for (int i = 0; i < 3; ++i) managers.push_back(new_signing_key(entropy));
    for (const char* id : {"bjz-voorbeeld", "smw-voorbeeld", "cjg-voorbeeld"})
      cards.push_back(test::organisation(entropy, id, "bjz").card);
    first = test::convenant(cards, managers);
    first.witness_sets = {{"bjz-voorbeeld", {"smw-voorbeeld", "cjg-voorbeeld"}, 0}};
    first.backstop = "cjg-voorbeeld";
    first.auditor = ConvenantAuditor{"Toezicht", new_signing_key(entropy).public_key,
                                     new_sealing_key(entropy).public_key, 32};
    first_note = test::signed_convenant(first, managers);
  }
  Convenant next() const {
    Convenant out = first;
    out.number = 2;
    out.previous = convenant_hash(first_note).value();
    return out;
  }
};

}  // namespace

TEST_CASE("R9.1: a convenant with enough signatures is read back as it was") {
  const World world;
  CHECK(check_first_convenant(world.first_note).value() == world.first);
  CHECK(network_id(world.first_note).value().hex() ==
        sha256(view(convenant_text(world.first).value())).hex());
}

TEST_CASE("R5.2: days on which the clocks of terms stand still are agreed in the convenant") {
  World world;
  world.first.terms.recesses = {{{2026, 12, 21}, {2027, 1, 3}}, {{2027, 7, 10}, {2027, 8, 22}}};
  world.first.terms.aftercare_days = 10;
  const std::string note = test::signed_convenant(world.first, world.managers);
  CHECK(check_first_convenant(note).value() == world.first);
  CHECK(note.find("[[recess]]\nfirst = \"2026-12-21\"\nlast = \"2027-01-03\"\n") != std::string::npos);
}

TEST_CASE("R9.1: signatures are counted over distinct managers") {
  const World world;
  std::string note = draft_convenant(world.first).value();
  note = countersign_convenant(note, world.managers[0].secret_key).value();
  CHECK(check_first_convenant(note).error().code == ErrorCode::bad_signature);
  note = countersign_convenant(note, world.managers[0].secret_key).value();
  CHECK(check_first_convenant(note).error().code == ErrorCode::bad_signature);
  note = countersign_convenant(note, world.managers[2].secret_key).value();
  CHECK(check_first_convenant(note).has_value());
}

TEST_CASE("a stranger cannot sign a convenant") {
  World world;
  CHECK(countersign_convenant(world.first_note, new_signing_key(world.entropy).secret_key).error().code ==
        ErrorCode::forbidden);
}

TEST_CASE("the next version needs the old managers and the new ones") {
  World world;
  auto next = world.next();
  const auto note = test::signed_convenant(next, world.managers);
  CHECK(check_next_convenant(note, world.first_note).value() == next);

  SECTION("managers who replace themselves without the old ones are refused") {
    std::vector<SigningKeyPair> usurpers;
    usurpers.push_back(new_signing_key(world.entropy));
    next.managers = {{"Nieuw", usurpers[0].public_key}};
    next.threshold = 1;
    std::string bad = test::signed_convenant(next, usurpers);
    CHECK(check_next_convenant(bad, world.first_note).error().code == ErrorCode::bad_signature);
    for (int i = 0; i < 2; ++i)
      bad = countersign_convenant(bad, world.managers[static_cast<std::size_t>(i)].secret_key).value();
    CHECK(check_next_convenant(bad, world.first_note).has_value());
  }
  SECTION("a version that skips one, or follows on another text, is refused") {
    next.number = 3;
    CHECK(check_next_convenant(test::signed_convenant(next, world.managers), world.first_note).error().code ==
          ErrorCode::wrong_state);
    next.number = 2;
    next.previous = Hash256{};
    CHECK(check_next_convenant(test::signed_convenant(next, world.managers), world.first_note).error().code ==
          ErrorCode::wrong_state);
  }
  SECTION("a second valid text of one number is a conflict and not taken") {
    Convenant other = world.first;
    other.name = "Andere tekst";
    const auto error =
        check_next_convenant(test::signed_convenant(other, world.managers), world.first_note).error();
    CHECK(error.code == ErrorCode::conflict);
    CHECK(error.sentence.find("another text") != std::string::npos);
  }
}

TEST_CASE("a convenant that contradicts itself is refused when it is drafted") {
  World world;
  const auto refused = [&](auto change, const std::string& named) {
    Convenant draft = world.first;
    change(draft);
    const auto text = convenant_text(draft);
    REQUIRE_FALSE(text.has_value());
    INFO(text.error().sentence);
    CHECK(text.error().sentence.find(named) != std::string::npos);
  };
  refused([](Convenant& c) { c.threshold = 1; }, "more than half");
  refused([](Convenant& c) { c.threshold = 4; }, "more than half");
  refused([](Convenant& c) { c.members[1].id = c.members[0].id; }, "one id twice");
  refused([](Convenant& c) { c.members[1].member = c.members[0].member; }, "organisation key twice");
  refused([](Convenant& c) { c.expires = test::at("2027-03-01T00:00:00Z"); }, "13 months");
  refused([](Convenant& c) { c.expires = c.valid_from; }, "13 months");
  refused([](Convenant& c) { c.backstop = "niemand"; }, "backstop");
  refused([](Convenant& c) { c.number = 2; }, "previous");
  refused([](Convenant& c) { c.witness_sets[0].witnesses = {"bjz-voorbeeld"}; }, "witness");
  refused([](Convenant& c) { c.managers.clear(); }, "at least one manager");
  refused([](Convenant& c) { c.terms.recesses = {{{2026, 12, 24}, {2026, 12, 23}}}; }, "[[recess]]");
  refused([](Convenant& c) { c.terms.recesses = {{{2026, 7, 1}, {2026, 9, 1}}}; }, "[[recess]]");
  refused(
      [](Convenant& c) {
        c.terms.recesses = {{{2026, 12, 24}, {2027, 1, 3}}, {{2027, 1, 3}, {2027, 1, 4}}};
      },
      "after the recess before it");
  refused([](Convenant& c) { c.terms.aftercare_days = 0; }, "aftercare_days");
  refused([](Convenant& c) { c.witness_sets[0].tolerated = 1; }, "third of the witnesses");
  refused([](Convenant& c) { c.witness_sets[0].witnesses[1] = c.witness_sets[0].witnesses[0]; }, "twice");
  refused([](Convenant& c) { c.witness_sets.push_back(c.witness_sets[0]); }, "twice for one member");
  refused([](Convenant& c) { c.levels[1].from_professionals = 1; }, "from_professionals");
  refused([](Convenant& c) { c.members[0].succeeds = c.members[1].member; }, "succeeds");
  refused(
      [](Convenant& c) {
        c.auditor = ConvenantAuditor{"Toezicht", c.managers[0].key, {}, 5};
      },
      "sealing_key");
}
