#include "protocol/terms/deadline.h"

#include <rapidcheck.h>
#include <catch2/catch.hpp>

#include "protocol/terms/working_days.h"

using namespace knoop;
using namespace knoop::terms;

namespace {

Date some_day() {
  return Date::from_days(*rc::gen::inRange<std::int64_t>(Date{2024, 1, 1}.days(), Date{2034, 1, 1}.days()));
}

}  // namespace

TEST_CASE("R5.6: the stages of a term follow each other and each begins on the day that is looked at") {
  CHECK(rc::check([] {
    const AgreedTerms agreed;
    const auto days = *rc::gen::inRange<std::uint32_t>(0, 40);
    const Count count = *rc::gen::element(Count::working_days, Count::calendar_days);
    const Date begins = some_day();
    const Span span = span_of(begins, days, count, {}, agreed);
    RC_ASSERT(is_working_day(span.due));
    RC_ASSERT(is_working_day(span.escalate));
    Stage stage = Stage::running;
    for (Date day = begins; day <= plus_days(span.escalate, 5); day = plus_days(day, 1)) {
      const Stage now = stage_on(span, day);
      RC_ASSERT(now >= stage);
      const auto look = next_look(span, stage);
      // Whoever looks on the days that next_look() names misses no change.
      RC_ASSERT((now != stage) == (look.has_value() && *look <= day));
      stage = now;
    }
    RC_ASSERT(stage == Stage::escalated);
  }));
}

TEST_CASE("R5.2: more time makes no term shorter, and a day that does not count makes it no longer") {
  CHECK(rc::check([] {
    const AgreedTerms agreed;
    const auto days = *rc::gen::inRange<std::uint32_t>(1, 30);
    const Date begins = some_day();
    const Date from = plus_days(begins, *rc::gen::inRange(0, 10));
    const Date until = plus_days(from, *rc::gen::inRange(1, 28));
    const Span plain = span_of(begins, days, Count::working_days, {}, agreed);
    const Span paused = span_of(begins, days, Count::working_days, {{from, until}}, agreed);
    RC_ASSERT(paused.due >= plain.due);
    if (from >= plain.due) RC_ASSERT(paused.due == plain.due);
    RC_ASSERT(working_days_between(begins, paused.due) <=
              working_days_between(begins, plain.due) + working_days_between(from, until));
  }));
}

TEST_CASE("R5.2: on days of a recess that the convenant names no term runs on, and none ends") {
  AgreedTerms agreed;
  agreed.recesses = {{{2026, 12, 21}, {2027, 1, 3}}};
  // Five working days from Thursday 17 December: the 18th, and then those from 4 January on.
  const Span working = span_of({2026, 12, 17}, 5, Count::working_days, {}, agreed);
  CHECK(working.due == Date{2027, 1, 7});
  CHECK(working.remind == Date{2027, 1, 5});
  // Seven calendar days: 18, 19, 20 December, 4 to 7 January.
  CHECK(span_of({2026, 12, 17}, 7, Count::calendar_days, {}, agreed).due == Date{2027, 1, 7});
  CHECK(after_agreed_days({2026, 12, 25}, 0, agreed) == Date{2027, 1, 4});
  // What ended before it is reminded and escalated on days on which somebody is there.
  CHECK(span_until({2026, 12, 1}, {2026, 12, 18}, agreed).escalate == Date{2027, 1, 8});
  CHECK(span_until({2026, 12, 18}, {2027, 1, 4}, agreed).remind == Date{2026, 12, 18});
}

TEST_CASE("R5.2: a recess makes no term shorter, and the stages still follow each other") {
  CHECK(rc::check([] {
    AgreedTerms agreed;
    const Date begins = some_day();
    const Span plain = span_of(begins, 10, Count::working_days, {}, agreed);
    const Date first = plus_days(begins, *rc::gen::inRange(-20, 40));
    agreed.recesses = {{first, plus_days(first, *rc::gen::inRange<std::int64_t>(0, longest_recess_days))}};
    const Span span = span_of(begins, 10, Count::working_days, {}, agreed);
    RC_ASSERT(span.due >= plain.due);
    RC_ASSERT(span.due < agreed.recesses[0].first || span.due > agreed.recesses[0].last);
    RC_ASSERT(span.begins <= span.remind);
    RC_ASSERT(span.remind <= span.due);
    RC_ASSERT(span.due < span.escalate);
  }));
}
