// What decide() must never do, whatever the records (R3.4, R3.5). Each property is a function of the decision, and is also
// held against a decision that breaks it: a property that cannot fail proves nothing.
#include <rapidcheck.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <iostream>

#include "protocol/consent/decide.h"

using namespace knoop;
using namespace knoop::consent;

namespace {

const Timestamp now{1'800'000'000'000};  // 2027-01-15
const Date today = Date::of(now);

template <typename Id>
Id id(Byte first) {
  Id value;
  value.data()[0] = first;
  return value;
}
const MemberId bjz = id<MemberId>(1);
const MemberId ggz = id<MemberId>(2);

struct World {
  ReleaseRequest request;
  std::vector<Consent> consents;
  std::vector<Ground> grounds;
  ReleasePolicy policy;
};
using Decisions = std::vector<FragmentDecision>;
using Decide = std::function<Decisions(const World&)>;

Decisions ours(const World& world) {
  return decide(world.request, world.consents, world.grounds, world.policy, now);
}

/// Small worlds, so that records meet often: two organisations, two purposes, three categories, three days, ages on both
/// sides of every birthday that counts.
Consent random_record(Byte number) {
  using rc::gen::arbitrary;
  using rc::gen::element;
  Consent record;
  record.id = id<BasisId>(number);
  record.client = "C-1";
  record.kind = *rc::gen::weightedElement<Kind>({{6, Kind::sharing}, {1, Kind::help}});
  record.answer = *element(Answer::yes, Answer::partly, Answer::no, Answer::objection);
  const bool against = record.answer == Answer::no || record.answer == Answer::objection;
  for (const Capacity capacity : {Capacity::youth, Capacity::parent, Capacity::representative})
    if (*rc::gen::weightedElement<bool>({{capacity == Capacity::representative ? 1U : 5U, true}, {3, false}}))
      record.givers.push_back({capacity, "iemand", "paspoort", "gezagsregister", today});
  if (*rc::gen::inRange(0, 4) == 0) record.exception = "vastgelegd";
  record.others_have_authority = *rc::gen::inRange(0, 6) == 0;
  if (!against || *arbitrary<bool>()) record.recipient = *element(bjz, bjz, ggz);
  if (!against || *arbitrary<bool>())
    record.purpose = *element(Purpose::handover, Purpose::handover, Purpose::consult);
  record.everything = *arbitrary<bool>();
  for (const Category category : {Category::reason, Category::safety, Category::help}) {
    const int fate = *rc::gen::inRange(0, 4);
    if (fate == 0) record.categories.push_back(category);
    if (fate == 1 && !against) record.exclusions.push_back(category);
  }
  record.once = *arbitrary<bool>();
  if (record.once && *arbitrary<bool>()) record.used_at = now;
  record.from = Date::from_days(today.days() + *rc::gen::inRange(-2, 2));
  record.until = Date::from_days(today.days() + *rc::gen::inRange(-1, 3));
  if (*rc::gen::inRange(0, 4) == 0) record.withdrawn_at = now;
  if (number > 1 && *rc::gen::inRange(0, 4) == 0)
    record.replaces = {id<BasisId>(static_cast<Byte>(*rc::gen::inRange(1, int{number})))};
  return record;
}

Ground random_ground(Byte number) {
  Ground ground;
  ground.id = id<BasisId>(number);
  ground.client = "C-1";
  ground.kind = static_cast<GroundKind>(*rc::gen::inRange(1, 7));
  ground.recipient = *rc::gen::element(bjz, ggz);
  ground.items = {id<FragmentId>(static_cast<Byte>(*rc::gen::inRange(1, 4)))};
  ground.recorded_at = now;
  ground.until = Date::from_days(today.days() + *rc::gen::inRange(-1, 2));
  if (*rc::gen::inRange(0, 3) == 0) ground.ended_at = now;
  return ground;
}

World random_world(bool with_grounds = false) {
  World world;
  const auto count = *rc::gen::inRange(0, 6);
  for (int i = 1; i <= count; ++i) world.consents.push_back(random_record(static_cast<Byte>(i)));
  if (with_grounds)
    for (int i = *rc::gen::inRange(0, 3); i > 0; --i)
      world.grounds.push_back(random_ground(static_cast<Byte>(100 + i)));
  world.request = {"C-1",
                   *rc::gen::element(bjz, bjz, ggz),
                   *rc::gen::element(Purpose::handover, Purpose::handover, Purpose::consult),
                   {},
                   {},
                   {}};
  Byte number = 1;
  for (const Category category : {Category::reason, Category::safety, Category::help}) {
    if (*rc::gen::inRange(0, 4) != 0) world.request.categories.push_back(category);
    world.request.candidates.push_back({id<FragmentId>(number++), category, {}, false});
  }
  const int age = *rc::gen::element(8, 12, 15, 16, 20, -1);
  if (age >= 0) world.request.birth = Date{today.year - age, today.month, today.day};
  if (*rc::gen::inRange(0, 4) == 0) world.policy.authority.ages[1].elders = Say::may;
  world.policy.authority.every_parent = *rc::gen::arbitrary<bool>();
  return world;
}

/// Whatever `later` permits, `before` permitted too.
bool within(const Decisions& later, const Decisions& before) {
  return std::ranges::all_of(later, [&](const FragmentDecision& decision) {
    const auto same = std::ranges::find(before, decision.fragment, &FragmentDecision::fragment);
    return !decision.permitted || (same != before.end() && same->permitted);
  });
}

using Property = std::function<void(const Decide&)>;

void withdrawal_never_permits_more(const Decide& decide) {
  World world = random_world(true);
  if (world.consents.empty()) world.consents.push_back(random_record(1));
  const auto before = decide(world);
  world.consents[*rc::gen::inRange<std::size_t>(0, world.consents.size())].withdrawn_at = now;
  RC_ASSERT(within(decide(world), before));
}

void refusal_never_permits_more(const Decide& decide) {
  World world = random_world(true);
  const auto before = decide(world);
  Consent refusal = random_record(40);
  refusal.answer = *rc::gen::element(Answer::no, Answer::objection);
  refusal.replaces.clear();
  world.consents.push_back(refusal);
  RC_ASSERT(within(decide(world), before));
}

void ending_a_ground_never_permits_more(const Decide& decide) {
  World world = random_world(true);
  if (world.grounds.empty()) world.grounds.push_back(random_ground(101));
  const auto before = decide(world);
  world.grounds[*rc::gen::inRange<std::size_t>(0, world.grounds.size())].ended_at = now;
  RC_ASSERT(within(decide(world), before));
}

void without_consent_is_no(const Decide& decide) {
  World world = random_world();
  std::erase_if(world.consents, [&](const Consent& record) {
    return (record.answer == Answer::yes || record.answer == Answer::partly) &&
           record.kind == Kind::sharing && record.recipient == world.request.recipient &&
           record.purpose == world.request.purpose && !record.withdrawn_at && record.from <= today &&
           today <= *record.until && !(record.once && record.used_at);
  });
  RC_ASSERT(std::ranges::none_of(decide(world), &FragmentDecision::permitted));
}

void who_must_speak_has_spoken(const Decide& decide) {
  World world = random_world();
  const auto& rule = rule_for(world.policy.authority, world.request.birth, today);
  for (const FragmentDecision& one : decide(world)) {
    if (!one.permitted) continue;
    const auto record = std::ranges::find(world.consents, *one.basis, &Consent::id);
    RC_ASSERT(record != world.consents.end());
    const auto speaks = [&](Capacity capacity) {
      return std::ranges::find(record->givers, capacity, &Giver::capacity) != record->givers.end();
    };
    if (speaks(Capacity::representative) && !record->exception.empty()) continue;
    const bool excused = rule.exception && !record->exception.empty();
    RC_ASSERT(rule.youth != Say::must || speaks(Capacity::youth) || excused);
    RC_ASSERT(rule.elders != Say::must || speaks(Capacity::parent) || excused);
  }
}

void order_never_matters(const Decide& decide) {
  World world = random_world(true);
  const auto before = decide(world);
  std::ranges::reverse(world.consents);
  std::ranges::reverse(world.grounds);
  RC_ASSERT(decide(world) == before);
  if (world.consents.size() > 2)
    std::rotate(world.consents.begin(), world.consents.begin() + 1, world.consents.end());
  RC_ASSERT(decide(world) == before);
}

void narrower_never_gets_more(const Decide& decide) {
  World world = random_world(true);
  const auto before = decide(world);
  std::erase_if(world.request.categories, [](Category) { return *rc::gen::arbitrary<bool>(); });
  std::erase_if(world.request.candidates, [](const Candidate&) { return *rc::gen::arbitrary<bool>(); });
  RC_ASSERT(within(decide(world), before));
}

void the_record_named_would_do_alone(const Decide& decide) {
  const World world = random_world(true);
  for (const FragmentDecision& one : decide(world)) {
    if (!one.permitted) continue;
    RC_ASSERT(one.basis.has_value());
    World alone = world;
    std::erase_if(alone.consents, [&](const Consent& record) { return record.id != *one.basis; });
    std::erase_if(alone.grounds, [&](const Ground& ground) { return ground.id != *one.basis; });
    const auto again = decide(alone);
    RC_ASSERT(std::ranges::find(again, one) != again.end());
  }
}

rc::detail::TestResult run(const Property& property, const Decide& decide, int tries, std::uint64_t seed) {
  rc::detail::TestParams params;
  params.seed = seed;
  params.maxSuccess = tries;
  params.disableShrinking = true;
  return rc::detail::checkTestable([&] { property(decide); }, rc::detail::TestMetadata{}, params);
}

/// Holds for decide(), and sees that `broken` breaks it.
void check_property(const Property& property, const Decide& broken) {
  for (const std::uint64_t seed : {1U, 2U, 3U}) {
    const auto result = run(property, ours, 1000, seed);
    if (!result.is<rc::detail::SuccessResult>()) rc::detail::printResultMessage(result, std::cerr);
    CHECK(result.is<rc::detail::SuccessResult>());
  }
  CHECK(run(property, broken, 20'000, 1).is<rc::detail::FailureResult>());
}

bool is_yes(const Consent& record) {
  return record.answer == Answer::yes || record.answer == Answer::partly;
}

}  // namespace

TEST_CASE("R3.5: a withdrawal never permits more") {
  check_property(withdrawal_never_permits_more, [](World world) {
    // As if what is withdrawn had never been said: its exclusions go with it.
    std::erase_if(world.consents, [](const Consent& record) { return record.withdrawn_at.has_value(); });
    return ours(world);
  });
}

TEST_CASE("R3.4: a refusal or an objection more never permits more") {
  check_property(refusal_never_permits_more, [](World world) {
    // The newest record of all speaks for everybody.
    if (!world.consents.empty() && !is_yes(world.consents.back())) world.consents.back().answer = Answer::yes;
    return ours(world);
  });
}

TEST_CASE("R3.6: the end of a ground never permits more") {
  check_property(ending_a_ground_never_permits_more, [](World world) {
    for (Ground& ground : world.grounds)
      ground.ended_at = ground.ended_at ? std::optional<Timestamp>() : std::optional(now);
    return ours(world);
  });
}

TEST_CASE(
    "R3.4: no consent means no: without a yes for this organisation, purpose and day nothing is permitted") {
  check_property(without_consent_is_no, [](World world) {
    for (Consent& record : world.consents)
      record.purpose = world.request.purpose;  // one purpose is as good as another
    return ours(world);
  });
}

TEST_CASE("R3.2: nothing is permitted on the word of those who cannot decide at the age of today") {
  check_property(who_must_speak_has_spoken, [](World world) {
    world.request.birth = Date{today.year - 8, today.month, today.day};  // always a small child
    return ours(world);
  });
}

TEST_CASE("R3.4: the order of the records never matters, not even for the reason") {
  check_property(order_never_matters, [](World world) {
    if (world.consents.size() > 1) world.consents.resize(1);  // the first one found
    return ours(world);
  });
}

TEST_CASE("R4.2: a narrower request never gets more") {
  check_property(narrower_never_gets_more, [](World world) {
    if (world.request.categories.empty())  // none named: all are meant
      for (const Candidate& candidate : world.request.candidates)
        world.request.categories.push_back(candidate.category);
    return ours(world);
  });
}

TEST_CASE("R3.4: what is permitted names the record it rests on, and that record alone would permit it") {
  check_property(the_record_named_would_do_alone, [](const World& world) {
    Decisions decisions = ours(world);
    for (FragmentDecision& one : decisions)
      if (one.permitted && !world.consents.empty()) one.basis = world.consents.front().id;
    return decisions;
  });
}
