#include "protocol/followup/terms.h"

#include <catch2/catch.hpp>

using namespace knoop;
using namespace knoop::followup;

namespace {

// Monday 2 November 2026 and five working days.
constexpr Date monday{2026, 11, 2};
constexpr Date friday{2026, 11, 6};
constexpr Date term{2026, 11, 9};

Days days(Date data = monday, Date now = monday) {
  return {monday, term, monday, data, now};
}
Date due(State state, const Days& when) {
  return deadline_of(state, when, {})->span.due;
}

}  // namespace

TEST_CASE("R2.7: every open state asks something by a day, and no other does") {
  for (const auto& [state, name] : states) {
    INFO(name);
    const auto owed = deadline_of(state, days(), {});
    REQUIRE(owed.has_value() == is_open(state));
    if (!owed) continue;
    CHECK(owed->span.due >= monday);
    CHECK(owed->span.remind <= owed->span.due);
    CHECK(owed->span.escalate > owed->span.due);
  }
}

TEST_CASE("R2.7: contact is due within the term from the match, however long the choice took") {
  CHECK(due(State::to_judge, days()) == term);
  CHECK(due(State::to_contact, days(friday, friday)) == term);
  CHECK(due(State::to_contact, days(term, term)) == term);
}

TEST_CASE("R2.7: contact data that come after the term give a new one") {
  CHECK(due(State::to_contact, days({2026, 11, 10}, {2026, 11, 10})) == Date{2026, 11, 17});
}

TEST_CASE("R2.7: a term of contact does not move when the state is looked at later") {
  CHECK(due(State::to_contact, days(friday, {2026, 11, 20})) == term);
  CHECK(due(State::to_judge, days(monday, {2026, 11, 20})) == term);
}

TEST_CASE(
    "R2.7: the other side has its term of answer from our choice, and never less than that of contact") {
  Days when = days();
  CHECK(due(State::awaiting, when) == term);
  when.chosen = friday;
  CHECK(due(State::awaiting, when) == Date{2026, 11, 13});
  terms::AgreedTerms quick;
  quick.answer_days = 1;
  CHECK(deadline_of(State::awaiting, days(), quick)->span.due == term);
  CHECK_FALSE(is_ours(deadline_of(State::awaiting, when, {})->task));
}

TEST_CASE("R2.4, R2.7: an outcome and a difference are due within the term of a next step") {
  const Days when = days(monday, friday);
  CHECK(due(State::contacted, when) == Date{2026, 11, 13});
  CHECK(due(State::differing, when) == Date{2026, 11, 13});
}
