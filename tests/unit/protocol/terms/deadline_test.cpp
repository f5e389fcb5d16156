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
