#include "protocol/consent/decide.h"

#include <catch2/catch.hpp>

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
  record.givers = {{Capacity::parent, "moeder", "paspoort", "gezagsregister", today}};
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
  ReleaseRequest request{"C-1", bjz, Purpose::handover, categories, {}, Date{2019, 6, 1}};
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
  CHECK(decision.reason == Reason::necessity);
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
  CHECK(public_reason(Reason::not_theirs) == Reason::no_consent);
  for (const Reason reason : {Reason::duty, Reason::right, Reason::necessity})
    CHECK(public_reason(reason) == Reason::ground);
  CHECK(public_reason(Reason::not_fresh) == Reason::not_fresh);
  CHECK(dutch(Reason::not_fresh).find("later") != std::string_view::npos);
  CHECK(reason_from("withheld") == Reason::withheld);
  CHECK_FALSE(reason_from("maybe"));
  CHECK_FALSE(is_valid(Reason{99}));
  CHECK(dutch(Reason{99}).empty());
}
