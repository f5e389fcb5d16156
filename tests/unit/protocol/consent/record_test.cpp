#include "protocol/consent/record.h"

#include <catch2/catch.hpp>

using namespace knoop;
using namespace knoop::consent;

namespace {

const Date today{2027, 1, 15};
const Giver youth{Capacity::youth, "jeugdige", "paspoort gezien", "", today};
const Giver mother{Capacity::parent, "moeder", "bekend bij behandelaar", "gezagsregister ingezien", today};
const Giver father{Capacity::parent, "vader", "rijbewijs gezien", "gezagsregister ingezien", today};
const Giver guardian{Capacity::guardian, "voogd", "pas gezien", "beschikking gezien", today};
const Giver representative{Capacity::representative, "mentor", "pas gezien", "beschikking gezien", today};

std::optional<Date> aged(int years) {
  return Date{today.year - years, 1, 1};
}

bool may(const std::vector<Giver>& givers, int years, std::string_view exception = "",
         const AgePolicy& policy = {}) {
  return check_givers(givers, exception, aged(years), today, policy).has_value();
}

template <typename Id>
Id id(Byte first) {
  Id value;
  value.data()[0] = first;
  return value;
}

Consent complete() {
  Consent consent;
  consent.id = id<BasisId>(1);
  consent.client = "C-1";
  consent.answer = Answer::yes;
  consent.givers = {mother};
  consent.recipient = id<MemberId>(1);
  consent.purpose = Purpose::handover;
  consent.categories = {Category::reason};
  consent.from = today;
  consent.until = Date{2027, 6, 1};
  consent.way = Way::written;
  consent.evidence = id<Hash256>(1);
  consent.text_version = "2026-1";
  consent.told_withdrawable = true;
  consent.recorded_by = "c.jansen";
  consent.recorded_at = Timestamp{today.days() * 86'400'000};
  return consent;
}

}  // namespace

TEST_CASE("who must consent, by age (R3.2)") {
  CHECK(age_on({2011, 1, 16}, today) == 15);
  CHECK(age_on({2011, 1, 15}, today) == 16);
  CHECK(age_on({2011, 1, 14}, today) == 16);

  CHECK(may({mother}, 8));
  CHECK(may({mother, father}, 8));
  CHECK(may({guardian}, 8));
  CHECK_FALSE(may({youth}, 8));
  CHECK_FALSE(may({youth}, 8, "the youth insists"));

  CHECK(may({youth, mother}, 13));
  CHECK_FALSE(may({youth}, 13));
  CHECK_FALSE(may({mother}, 13));
  CHECK(may({youth}, 13, "asking the parents would endanger the youth"));
  CHECK(may({mother}, 15, "the youth is in hospital"));
  CHECK(may({youth}, 13, "", {.parents_join_from_12_to_15 = false}));
  CHECK_FALSE(may({mother}, 13, "", {.parents_join_from_12_to_15 = false}));

  CHECK(may({youth}, 16));
  CHECK(may({youth}, 22));
  CHECK_FALSE(may({mother, father}, 16));

  CHECK_FALSE(may({representative}, 17));
  CHECK(may({representative}, 17, "court decision on incapacity"));
  CHECK_FALSE(may({}, 8));
}

TEST_CASE("an unknown birth date asks for both youth and parents (R3.2)") {
  CHECK(check_givers({youth, mother}, "", std::nullopt, today, {}));
  CHECK_FALSE(check_givers({youth}, "", std::nullopt, today, {}));
  CHECK_FALSE(check_givers({mother}, "", std::nullopt, today, {}));
}

TEST_CASE("identity and authority are recorded as checked, how and when (R3.2)") {
  Giver giver = mother;
  giver.authority.clear();
  CHECK_FALSE(may({giver}, 8));
  giver = mother;
  giver.identity.clear();
  CHECK_FALSE(may({giver}, 8));
  giver = mother;
  giver.who.clear();
  CHECK_FALSE(may({giver}, 8));
  giver = mother;
  giver.checked = Date{2027, 1, 16};
  CHECK_FALSE(may({giver}, 8));
}

TEST_CASE("a consent is complete or refused (R3.3)") {
  const auto accepted = [](const Consent& consent) {
    return check_consent(consent, aged(8), {}, {}).has_value();
  };
  CHECK(accepted(complete()));
  const auto refused_with = [&](auto change) {
    Consent consent = complete();
    change(consent);
    const auto result = check_consent(consent, aged(8), {}, {});
    REQUIRE_FALSE(result);
    CHECK(result.error().code == ErrorCode::bad_value);
    CHECK(result.error().side == Side::user);
  };
  refused_with([](Consent& c) { c.client.clear(); });
  refused_with([](Consent& c) { c.recorded_by.clear(); });
  refused_with([](Consent& c) { c.givers.clear(); });
  refused_with([](Consent& c) { c.recipient.reset(); });
  refused_with([](Consent& c) { c.purpose.reset(); });
  refused_with([](Consent& c) { c.until.reset(); });
  refused_with([](Consent& c) { c.until = Date{2027, 1, 14}; });
  refused_with([](Consent& c) { c.categories.clear(); });
  refused_with([](Consent& c) { c.categories = {Category::reason, Category::reason}; });
  refused_with([](Consent& c) { c.exclusions = c.categories; });
  refused_with([](Consent& c) { c.told_withdrawable = false; });
  refused_with([](Consent& c) { c.text_version.clear(); });
  refused_with([](Consent& c) { c.evidence.reset(); });
  refused_with([](Consent& c) { c.withdrawn_at = Timestamp{}; });
  refused_with([](Consent& c) { c.used_at = Timestamp{}; });

  Consent oral = complete();
  oral.way = Way::oral;
  oral.evidence.reset();
  CHECK(accepted(oral));

  Consent refusal = complete();
  refusal.answer = Answer::objection;
  refusal.recipient.reset();
  refusal.purpose.reset();
  refusal.until.reset();
  refusal.told_withdrawable = false;
  CHECK(accepted(refusal));
}

TEST_CASE(
    "only those who gave a record can replace it: a father's yes leaves a mother's no in force (R3.4)") {
  Consent refusal = complete();
  refusal.id = id<BasisId>(7);
  refusal.answer = Answer::no;
  Consent later = complete();
  later.replaces = {refusal.id};
  const std::vector<Consent> earlier{refusal};
  CHECK(check_consent(later, aged(8), earlier, {}));
  later.givers = {father};
  CHECK_FALSE(check_consent(later, aged(8), earlier, {}));
  later.givers = {father, mother};
  CHECK(check_consent(later, aged(8), earlier, {}));
  later.replaces = {id<BasisId>(8)};
  CHECK_FALSE(check_consent(later, aged(8), earlier, {}));
}

TEST_CASE("a ground needs items, reasons and a consulted colleague (R3.6)") {
  Ground ground;
  ground.client = "C-1";
  ground.kind = GroundKind::conflict_of_duties;
  ground.recipient = id<MemberId>(1);
  ground.items = {id<FragmentId>(1)};
  ground.reasons = "written down in the dossier";
  ground.consulted = "b.devries";
  ground.recorded_by = "c.jansen";
  ground.recorded_at = Timestamp{today.days() * 86'400'000};
  ground.until = today;
  CHECK(check_ground(ground));
  const auto refused_with = [&](auto change) {
    Ground changed = ground;
    change(changed);
    CHECK_FALSE(check_ground(changed));
  };
  refused_with([](Ground& g) { g.client.clear(); });
  refused_with([](Ground& g) { g.items.clear(); });
  refused_with([](Ground& g) { g.reasons.clear(); });
  refused_with([](Ground& g) { g.consulted.clear(); });
  refused_with([](Ground& g) { g.recorded_by.clear(); });
  refused_with([](Ground& g) { g.until = Date{2027, 1, 14}; });
  ground.kind = GroundKind::emergency;
  ground.consulted.clear();
  CHECK(check_ground(ground));
}
