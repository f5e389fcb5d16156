#include "protocol/consent/decide.h"

#include <rapidcheck.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>

using namespace knoop;
using namespace knoop::consent;

namespace {

template <typename Id>
Id id(Byte first) {
  Id value;
  value.data()[0] = first;
  return value;
}

const MemberId bjz = id<MemberId>(1);
const MemberId ggz = id<MemberId>(2);
const Timestamp now{1'800'000'000'000};  // 2027-01-15
const Date today = Date::of(now);

Consent yes(std::vector<Category> categories, Byte number = 1) {
  Consent record;
  record.id = id<BasisId>(number);
  record.client = "C-1";
  record.answer = Answer::yes;
  record.recipient = bjz;
  record.purpose = Purpose::handover;
  record.everything = categories.empty();
  record.categories = std::move(categories);
  record.from = Date::from_days(today.days() - 10);
  record.until = Date::from_days(today.days() + 10);
  return record;
}

Consent no(std::vector<Category> categories, Byte number = 2) {
  Consent record = yes(std::move(categories), number);
  record.answer = Answer::no;
  return record;
}

ReleaseRequest request_for(const std::vector<Category>& categories) {
  ReleaseRequest request{"C-1", bjz, Purpose::handover, categories, {}};
  Byte number = 1;
  for (const Category category : categories)
    request.candidates.push_back({id<FragmentId>(number++), category, {}, false});
  return request;
}

FragmentDecision decide_one(Category category, const std::vector<Consent>& consents,
                            const std::vector<Ground>& grounds = {}, const ReleasePolicy& policy = {}) {
  return decide(request_for({category}), consents, grounds, policy, now).front();
}

Ground emergency() {
  Ground ground;
  ground.id = id<BasisId>(50);
  ground.client = "C-1";
  ground.kind = GroundKind::emergency;
  ground.recipient = bjz;
  ground.items = {id<FragmentId>(1)};
  ground.recorded_at = now;
  ground.until = today;
  return ground;
}

}  // namespace

TEST_CASE("nothing said is no (R3.4)") {
  const auto decision = decide_one(Category::reason, {});
  CHECK_FALSE(decision.permitted);
  CHECK(decision.reason == Reason::no_consent);
  CHECK_FALSE(decision.basis);
}

TEST_CASE("a consent opens what it names, for whom and for what it names (R3.3)") {
  const auto decision = decide_one(Category::reason, {yes({Category::reason})});
  CHECK(decision.permitted);
  CHECK(decision.reason == Reason::consent);
  CHECK(decision.basis == id<BasisId>(1));
  CHECK_FALSE(decide_one(Category::help, {yes({Category::reason})}).permitted);

  SECTION("another organisation") {
    Consent other = yes({Category::reason});
    other.recipient = ggz;
    CHECK(decide_one(Category::reason, {other}).reason == Reason::other_recipient);
  }
  SECTION("another purpose") {
    Consent other = yes({Category::reason});
    other.purpose = Purpose::consult;
    CHECK(decide_one(Category::reason, {other}).reason == Reason::other_purpose);
  }
  SECTION("another client") {
    Consent other = yes({Category::reason});
    other.client = "C-2";
    CHECK(decide_one(Category::reason, {other}).reason == Reason::no_consent);
  }
  SECTION("another kind: agreement with help and AVG consent open nothing (R3.1)") {
    for (const Kind kind : {Kind::avg, Kind::help}) {
      Consent other = yes({Category::reason});
      other.kind = kind;
      CHECK(decide_one(Category::reason, {other}).reason == Reason::no_consent);
    }
  }
  SECTION("its period, first and last day included") {
    Consent record = yes({Category::reason});
    record.from = today;
    record.until = today;
    CHECK(decide_one(Category::reason, {record}).permitted);
    record.from = Date::from_days(today.days() + 1);
    record.until = record.from;
    CHECK(decide_one(Category::reason, {record}).reason == Reason::not_yet);
    record.from = Date::from_days(today.days() - 2);
    record.until = Date::from_days(today.days() - 1);
    CHECK(decide_one(Category::reason, {record}).reason == Reason::expired);
  }
  SECTION("once is once") {
    Consent record = yes({Category::reason});
    record.once = true;
    CHECK(decide_one(Category::reason, {record}).permitted);
    record.used_at = now;
    CHECK(decide_one(Category::reason, {record}).reason == Reason::used);
  }
}

TEST_CASE("a sensitive category needs to be named, everything never covers it") {
  for (const CategoryFacts& known : all_categories) {
    INFO(known.code);
    CHECK(decide_one(known.category, {yes({})}).permitted == !known.sensitive);
    if (known.sensitive) CHECK(decide_one(known.category, {yes({})}).reason == Reason::not_named);
    CHECK(decide_one(known.category, {yes({known.category})}).permitted);
  }
  CHECK(facts(Category::concerns).sensitive);
  CHECK(facts(Category::health).sensitive);
  CHECK(facts(Category::safety).sensitive);
  CHECK(facts(Category::reporting_code).sensitive);
  CHECK(facts(Category::measures).sensitive);
}

TEST_CASE("an attachment is as sensitive as what it belongs to") {
  auto request = request_for({Category::attachments});
  const std::vector<Consent> everything{yes({})};
  request.candidates[0].parent = Category::reason;
  CHECK(decide(request, everything, {}, {}, now).front().permitted);
  request.candidates[0].parent = Category::safety;
  CHECK_FALSE(decide(request, everything, {}, {}, now).front().permitted);
  request.candidates[0].parent.reset();
  CHECK_FALSE(decide(request, everything, {}, {}, now).front().permitted);
}

TEST_CASE("more specific beats less specific, at equal specificity refusal and objection win (R3.4)") {
  const Consent general = yes({}, 1);
  const Consent special = yes({Category::reason}, 1);
  CHECK(decide_one(Category::reason, {special, no({}, 2)}).permitted);
  CHECK(decide_one(Category::reason, {general, no({}, 2)}).reason == Reason::refused);
  CHECK(decide_one(Category::reason, {general, no({Category::reason}, 2)}).reason == Reason::refused);
  CHECK(decide_one(Category::reason, {special, no({Category::reason}, 2)}).reason == Reason::refused);
  CHECK(decide_one(Category::reason, {general, no({Category::help}, 2)}).permitted);

  SECTION("a refusal towards everyone yields to a consent for this one organisation, at the same detail") {
    Consent everyone = no({Category::reason}, 2);
    everyone.recipient.reset();
    CHECK(decide_one(Category::reason, {special, everyone}).permitted);
    CHECK(decide_one(Category::reason, {general, everyone}).reason ==
          Reason::refused);  // neither is more specific
  }
  SECTION("an objection counts as a refusal") {
    Consent objection = no({Category::reason}, 2);
    objection.answer = Answer::objection;
    CHECK(decide_one(Category::reason, {special, objection}).reason == Reason::objection);
  }
  SECTION("an exclusion is a refusal of the category") {
    Consent partly = yes({}, 1);
    partly.answer = Answer::partly;
    partly.exclusions = {Category::reason};
    CHECK(decide_one(Category::reason, {partly}).reason == Reason::excluded);
    CHECK(decide_one(Category::help, {partly}).permitted);
    CHECK_FALSE(decide_one(Category::reason, {partly, yes({Category::reason}, 3)}).permitted);
  }
  SECTION("a record that was replaced says nothing any more") {
    Consent later = yes({Category::reason}, 3);
    later.replaces = {id<BasisId>(2)};
    CHECK(decide_one(Category::reason, {no({Category::reason}, 2), later}).permitted);
  }
}

TEST_CASE("a withdrawal speaks against, also under a general consent (R3.5)") {
  Consent withdrawn = yes({Category::reason}, 1);
  withdrawn.withdrawn_at = now;
  CHECK(decide_one(Category::reason, {withdrawn}).reason == Reason::withdrawn);
  CHECK(decide_one(Category::reason, {withdrawn, yes({}, 3)}).reason == Reason::withdrawn);
  CHECK(decide_one(Category::help, {withdrawn, yes({}, 3)}).permitted);
}

TEST_CASE("a refused consent cannot be made a permission by withdrawing the refusal") {
  Consent refusal = no({Category::reason}, 2);
  refusal.withdrawn_at = now;
  CHECK(decide_one(Category::reason, {yes({Category::reason}), refusal}).reason == Reason::refused);
}

TEST_CASE("a ground opens its items to its recipient, and nothing else (R3.6)") {
  const std::vector<Consent> refused{no({Category::safety})};
  const auto decision = decide_one(Category::safety, refused, {emergency()});
  CHECK(decision.permitted);
  CHECK(decision.reason == Reason::ground);
  CHECK(decision.basis == id<BasisId>(50));

  Ground other = emergency();
  other.recipient = ggz;
  CHECK_FALSE(decide_one(Category::safety, refused, {other}).permitted);
  other = emergency();
  other.client = "C-2";
  CHECK_FALSE(decide_one(Category::safety, refused, {other}).permitted);
  other = emergency();
  other.items = {id<FragmentId>(9)};
  CHECK_FALSE(decide_one(Category::safety, refused, {other}).permitted);
  other = emergency();
  other.until = Date::from_days(today.days() - 1);
  CHECK_FALSE(decide_one(Category::safety, refused, {other}).permitted);
}

TEST_CASE("what the family cannot decide: not asked, not allowed to ask, withheld, not fresh (R4.2, R3.5)") {
  const std::vector<Consent> consents{yes({Category::reason})};
  auto request = request_for({Category::reason});
  SECTION("not asked for") {
    request.categories = {Category::help};
    CHECK(decide(request, consents, {}, {}, now).front().reason == Reason::not_requested);
  }
  SECTION("not to be asked for under the convenant") {
    const ReleasePolicy policy{.requestable = std::vector{Category::help}};
    CHECK(decide(request, consents, {}, policy, now).front().reason == Reason::not_requestable);
  }
  SECTION("withheld by the professional, also under a ground") {
    request.candidates[0].withheld = true;
    CHECK(decide(request, consents, std::vector{emergency()}, {}, now).front().reason == Reason::withheld);
  }
  SECTION("not fresh opens nothing, a ground aside") {
    const ReleasePolicy policy{.fresh = false};
    CHECK(decide(request, consents, {}, policy, now).front().reason == Reason::not_fresh);
    CHECK(decide(request, consents, std::vector{emergency()}, policy, now).front().permitted);
  }
}

TEST_CASE("the asking organisation does not learn what the family said") {
  for (const Reason reason : {Reason::no_consent, Reason::refused, Reason::objection, Reason::excluded,
                              Reason::withdrawn, Reason::expired, Reason::not_yet, Reason::used,
                              Reason::not_named, Reason::other_recipient, Reason::other_purpose})
    CHECK(public_reason(reason) == Reason::no_consent);
  CHECK(public_reason(Reason::not_fresh) == Reason::not_fresh);
  CHECK(dutch(Reason::not_fresh).find("later") != std::string_view::npos);
  CHECK(reason_from("withheld") == Reason::withheld);
  CHECK_FALSE(reason_from("maybe"));
  CHECK_FALSE(is_valid(Reason{99}));
  CHECK(dutch(Reason{99}).empty());
}

namespace {

/// Small worlds, so that records meet often: two organisations, two purposes, three categories, three days.
Consent random_record(Byte number) {
  using rc::gen::arbitrary;
  using rc::gen::element;
  Consent record;
  record.id = id<BasisId>(number);
  record.client = "C-1";
  record.kind = *rc::gen::weightedElement<Kind>({{6, Kind::sharing}, {1, Kind::help}});
  record.answer = *element(Answer::yes, Answer::partly, Answer::no, Answer::objection);
  const bool against = record.answer == Answer::no || record.answer == Answer::objection;
  if (!against || *arbitrary<bool>()) record.recipient = *element(bjz, ggz);
  if (!against || *arbitrary<bool>()) record.purpose = *element(Purpose::handover, Purpose::consult);
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

std::vector<Consent> random_records() {
  std::vector<Consent> records;
  const auto count = *rc::gen::inRange(0, 6);
  for (int i = 1; i <= count; ++i) records.push_back(random_record(static_cast<Byte>(i)));
  return records;
}

ReleaseRequest random_request() {
  std::vector<Category> categories;
  for (const Category category : {Category::reason, Category::safety, Category::help})
    if (*rc::gen::arbitrary<bool>()) categories.push_back(category);
  auto request = request_for({Category::reason, Category::safety, Category::help});
  request.categories = std::move(categories);
  request.recipient = *rc::gen::element(bjz, ggz);
  request.purpose = *rc::gen::element(Purpose::handover, Purpose::consult);
  return request;
}

std::size_t permitted(const std::vector<FragmentDecision>& decisions) {
  return static_cast<std::size_t>(std::ranges::count_if(decisions, &FragmentDecision::permitted));
}

/// Whatever `now_permits` permits, `before` permitted too.
bool within(const std::vector<FragmentDecision>& now_permits, const std::vector<FragmentDecision>& before) {
  return std::ranges::all_of(now_permits, [&](const FragmentDecision& decision) {
    const auto same = std::ranges::find(before, decision.fragment, &FragmentDecision::fragment);
    return !decision.permitted || (same != before.end() && same->permitted);
  });
}

}  // namespace

TEST_CASE("properties of decide (R3.4, R3.5)") {
  CHECK(rc::check("a withdrawal never permits more", [] {
    auto records = random_records();
    RC_PRE(!records.empty());
    const auto request = random_request();
    const auto before = decide(request, records, {}, {}, now);
    records[*rc::gen::inRange<std::size_t>(0, records.size())].withdrawn_at = now;
    RC_ASSERT(within(decide(request, records, {}, {}, now), before));
  }));
  CHECK(rc::check("a refusal or an objection more never permits more", [] {
    auto records = random_records();
    const auto request = random_request();
    const auto before = decide(request, records, {}, {}, now);
    Consent refusal = random_record(40);
    refusal.answer = *rc::gen::element(Answer::no, Answer::objection);
    refusal.replaces.clear();
    records.push_back(refusal);
    RC_ASSERT(within(decide(request, records, {}, {}, now), before));
  }));
  CHECK(rc::check("without a yes for this organisation, purpose and day nothing is permitted", [] {
    auto records = random_records();
    const auto request = random_request();
    std::erase_if(records, [&](const Consent& record) {
      return (record.answer == Answer::yes || record.answer == Answer::partly) &&
             record.recipient == request.recipient && record.purpose == request.purpose &&
             !record.withdrawn_at;
    });
    RC_ASSERT(permitted(decide(request, records, {}, {}, now)) == 0U);
  }));
  CHECK(rc::check("the order of the records never matters, not even for the reason", [] {
    auto records = random_records();
    const auto request = random_request();
    const auto before = decide(request, records, {}, {}, now);
    std::ranges::reverse(records);
    RC_ASSERT(decide(request, records, {}, {}, now) == before);
    if (records.size() > 2) std::rotate(records.begin(), records.begin() + 1, records.end());
    RC_ASSERT(decide(request, records, {}, {}, now) == before);
  }));
  CHECK(rc::check("a narrower request never gets more", [] {
    const auto records = random_records();
    const auto request = random_request();
    const auto before = decide(request, records, {}, {}, now);
    auto narrower = request;
    std::erase_if(narrower.categories, [](Category) { return *rc::gen::arbitrary<bool>(); });
    std::erase_if(narrower.candidates, [](const Candidate&) { return *rc::gen::arbitrary<bool>(); });
    RC_ASSERT(within(decide(narrower, records, {}, {}, now), before));
  }));
  CHECK(
      rc::check("what is permitted names the record it rests on, and that record alone would permit it", [] {
        const auto records = random_records();
        const auto request = random_request();
        for (const FragmentDecision& decision : decide(request, records, {}, {}, now)) {
          if (!decision.permitted) continue;
          RC_ASSERT(decision.basis.has_value());
          const auto record = std::ranges::find(records, *decision.basis, &Consent::id);
          RC_ASSERT(record != records.end());
          RC_ASSERT(record->recipient == request.recipient);
          const std::vector<Consent> alone{*record};
          const auto again = decide(request, alone, {}, {}, now);
          RC_ASSERT(std::ranges::find(again, decision) != again.end());
        }
      }));
}
