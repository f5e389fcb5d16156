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

AuthorityPolicy youth_alone_from_12() {
  AuthorityPolicy policy;
  policy.ages[1].elders = Say::may;
  policy.ages[1].exception = false;
  return policy;
}

Consent said(Answer answer, std::vector<Giver> givers, std::string_view exception = "") {
  Consent consent;
  consent.answer = answer;
  consent.givers = std::move(givers);
  consent.exception = exception;
  return consent;
}

bool may(const std::vector<Giver>& givers, int years, std::string_view exception = "",
         const AuthorityPolicy& policy = {}) {
  return check_givers(said(Answer::yes, givers, exception), aged(years), today, policy).has_value();
}
bool may_refuse(const std::vector<Giver>& givers, int years) {
  return check_givers(said(Answer::no, givers), aged(years), today, {}).has_value();
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
  consent.text_hash = id<Hash256>(2);
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
  CHECK(may({youth}, 13, "", youth_alone_from_12()));
  CHECK_FALSE(may({mother}, 13, "", youth_alone_from_12()));

  CHECK(may({youth}, 16));
  CHECK(may({youth}, 22));
  CHECK_FALSE(may({mother, father}, 16));

  CHECK_FALSE(may({representative}, 17));
  CHECK(may({representative}, 17, "court decision on incapacity"));
  CHECK_FALSE(may({}, 8));
}

TEST_CASE("an unknown birth date asks for both youth and parents (R3.2)") {
  CHECK(check_givers(said(Answer::yes, {youth, mother}), std::nullopt, today, {}));
  CHECK_FALSE(check_givers(said(Answer::yes, {youth}), std::nullopt, today, {}));
  CHECK_FALSE(check_givers(said(Answer::yes, {mother}), std::nullopt, today, {}));
}

TEST_CASE("one who has a say is enough to refuse, nobody else needs asking first (R3.2, R3.4)") {
  CHECK(may_refuse({mother}, 8));
  CHECK_FALSE(may_refuse({youth}, 8));
  CHECK(may_refuse({youth}, 12));
  CHECK(may_refuse({father}, 15));
  CHECK(may_refuse({youth}, 16));
  CHECK_FALSE(may_refuse({mother, father}, 16));
  CHECK(may_refuse({representative}, 30));
  CHECK_FALSE(may_refuse({}, 12));
}

TEST_CASE("where two have authority both speak, or it is written down why not (R3.2)") {
  const auto refused = [](Consent consent, int years, const AuthorityPolicy& policy = {}) {
    consent.others_have_authority = true;
    return !check_givers(consent, aged(years), today, policy);
  };
  CHECK(refused(said(Answer::yes, {mother}), 8));
  CHECK_FALSE(refused(said(Answer::yes, {mother}, "vader is onbereikbaar"), 8));
  CHECK_FALSE(refused(said(Answer::yes, {guardian}), 8));
  CHECK(refused(said(Answer::yes, {youth, mother}), 14));
  CHECK_FALSE(refused(said(Answer::yes, {youth}), 16));
  CHECK_FALSE(refused(said(Answer::no, {mother}), 8));
  AuthorityPolicy one_for_both;
  one_for_both.every_parent = false;
  CHECK_FALSE(refused(said(Answer::yes, {mother}), 8, one_for_both));
  CHECK_FALSE(check_givers(said(Answer::yes, {mother, mother}), aged(8), today, {}));
}

TEST_CASE("an organisation may choose within R3.2 and not beyond it") {
  CHECK(check_authority_policy({}));
  CHECK(check_authority_policy(youth_alone_from_12()));
  const auto refused = [](auto change) {
    AuthorityPolicy policy;
    change(policy);
    const auto checked = check_authority_policy(policy);
    return !checked && checked.error().side == Side::user;
  };
  CHECK(refused([](AuthorityPolicy& p) { p.ages.clear(); }));
  CHECK(refused([](AuthorityPolicy& p) { p.ages[0].from = 1; }));
  CHECK(refused([](AuthorityPolicy& p) { std::swap(p.ages[1], p.ages[2]); }));
  CHECK(refused([](AuthorityPolicy& p) { p.ages[1].from = 11; }));  // a child of 11 deciding
  CHECK(refused([](AuthorityPolicy& p) { p.ages[1].from = 13; }));  // a youth of 12 not asked
  CHECK(refused([](AuthorityPolicy& p) { p.ages[2].from = 18; }));  // parents deciding for 16 and 17
  CHECK(refused([](AuthorityPolicy& p) { p.ages.pop_back(); }));
  CHECK(refused([](AuthorityPolicy& p) { p.ages[0].elders = Say::may; }));
  CHECK(refused([](AuthorityPolicy& p) { p.ages[1].youth = Say::may; }));
  CHECK(refused([](AuthorityPolicy& p) { p.ages[1].elders = Say::none; }));
  CHECK(refused([](AuthorityPolicy& p) { p.ages[0].exception = true; }));
  CHECK(refused([](AuthorityPolicy& p) { p.ages[2].exception = true; }));
  CHECK(refused([](AuthorityPolicy& p) { p.unknown_age = 16; }));
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
  refused_with([](Consent& c) { c.text_hash.reset(); });
  refused_with([](Consent& c) {
    c.answer = Answer::no;
    c.exclusions = {Category::help};
  });
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

  Consent help = complete();  // R3.1: not about a recipient
  help.kind = Kind::help;
  help.recipient.reset();
  help.purpose.reset();
  help.categories.clear();
  help.until.reset();
  CHECK(accepted(help));
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
  later.exception = "moeder is verhuisd";
  CHECK_FALSE(check_consent(later, aged(8), earlier, {}));
  later.exception.clear();
  later.givers = {father, mother};
  CHECK(check_consent(later, aged(8), earlier, {}));
  later.replaces = {id<BasisId>(8)};
  CHECK_FALSE(check_consent(later, aged(8), earlier, {}));
}

TEST_CASE("another parent's refusal shows that there is another with authority (R3.2)") {
  Consent refusal = complete();
  refusal.id = id<BasisId>(7);
  refusal.answer = Answer::objection;
  refusal.givers = {father};
  std::vector<Consent> earlier{refusal};
  Consent yes = complete();
  CHECK_FALSE(check_consent(yes, aged(8), earlier, {}));
  yes.exception = "vader is onbereikbaar; overlegd met de gedragswetenschapper";
  CHECK(check_consent(yes, aged(8), earlier, {}));
  yes.exception.clear();
  yes.givers = {mother, father};
  CHECK(check_consent(yes, aged(8), earlier, {}));

  SECTION("until that parent thought again") {
    Consent again = complete();
    again.id = id<BasisId>(8);
    again.givers = {father};
    again.replaces = {refusal.id};
    earlier.push_back(again);
    yes.givers = {mother};
    CHECK(check_consent(yes, aged(8), earlier, {}));
  }
}

TEST_CASE("versions of one consent, and how each stands (R3.3)") {
  Consent first = complete();
  Consent second = complete();
  second.id = id<BasisId>(2);
  second.replaces = {first.id};
  Consent third = complete();
  third.id = id<BasisId>(3);
  third.replaces = {second.id};
  const std::vector<Consent> all{third, first, second};
  CHECK(version_of(first, all) == 1);
  CHECK(version_of(second, all) == 2);
  CHECK(version_of(third, all) == 3);
  CHECK_FALSE(check_consent(second, aged(8), all, {}));  // the first has its later version already

  const auto stands = [&](const Consent& one, int years = 8, const Date& day = today) {
    return standing_of(one, std::vector{one}, aged(years), {}, day);
  };
  CHECK(standing_of(first, all, aged(8), {}, today) == Standing::replaced);
  CHECK(standing_of(third, all, aged(8), {}, today) == Standing::in_force);
  CHECK(stands(first, 13) == Standing::outgrown);
  CHECK(stands(first, 8, Date{2027, 6, 2}) == Standing::expired);
  CHECK(stands(first, 8, Date{2027, 1, 14}) == Standing::not_yet);
  first.once = true;
  first.used_at = Timestamp{1};
  CHECK(stands(first) == Standing::used);
  first.withdrawn_at = Timestamp{1};
  CHECK(stands(first) == Standing::withdrawn);

  SECTION("records that name each other in a ring, as no node writes them, end all the same") {
    Consent a = complete();
    Consent b = complete();
    b.id = id<BasisId>(2);
    a.replaces = {b.id};
    b.replaces = {a.id};
    CHECK(version_of(a, std::vector{a, b}) == 3);
  }
}
