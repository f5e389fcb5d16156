#include "config/witnesses.h"

#include <catch2/catch.hpp>

#include "tests/support/membership_samples.h"
#include "tests/support/test_entropy.h"

using namespace knoop;

TEST_CASE("R8.2: the witnesses of a log are those that the convenant names, with the keys of their cards") {
  TestEntropy entropy(5);
  std::vector<Card> cards;
  for (const char* id : {"smw-een", "bjz-twee", "jgz-drie", "ggz-vier"})
    cards.push_back(test::organisation(entropy, id, "smw").card);
  std::vector<SigningKeyPair> managers;
  managers.push_back(new_signing_key(entropy));
  Convenant convenant = test::convenant(cards, managers);
  const auto rule_of = [&](std::size_t member, std::size_t unknown = 99) {
    return witness_rule(convenant, cards[member].member, [&](const MemberId& asked) -> const Card* {
      for (std::size_t i = 0; i < cards.size(); ++i)
        if (cards[i].member == asked && i != unknown) return &cards[i];
      return nullptr;
    });
  };
  CHECK_FALSE(rule_of(0).exists());

  convenant.witness_sets = {{"smw-een", {"bjz-twee", "jgz-drie", "ggz-vier"}, 0}};
  const auto rule = rule_of(0);
  CHECK(rule.exists());
  CHECK(rule.quorum() == 2);
  REQUIRE(rule.witnesses.size() == 3);
  CHECK(rule.witnesses[1] == audit::Witness{cards[2].member, cards[2].witness_key});
  CHECK(rule.find(cards[3].member) != nullptr);
  CHECK(rule.find(cards[0].member) == nullptr);
  CHECK_FALSE(rule_of(1).exists());

  // A witness whose card is missing here still counts among those that are named.
  const auto without = rule_of(0, 2);
  CHECK(without.witnesses.size() == 2);
  CHECK(without.named == 3);
  CHECK_FALSE(witness_rule(convenant, MemberId{}, [](const MemberId&) { return nullptr; }).exists());
}
