#include "protocol/aftercare/plan.h"

#include <rapidcheck.h>
#include <catch2/catch.hpp>

#include "protocol/terms/working_days.h"

using namespace knoop;
using namespace knoop::aftercare;

TEST_CASE("R5.5: a plan of aftercare is to be made from half a year before the end of care on") {
  const terms::AgreedTerms agreed;
  const terms::Span span = span_of({2027, 8, 31}, {2026, 11, 2}, agreed);
  CHECK(span.begins == Date{2027, 2, 28});
  CHECK(span.due == terms::after_working_days({2027, 2, 28}, agreed.aftercare_days));
  CHECK(span.escalate > span.due);
}

TEST_CASE("R5.5: care that is known late to end has its plan made before it ends, and not in the past") {
  const terms::AgreedTerms agreed;
  const terms::Span late = span_of({2026, 11, 10}, {2026, 11, 2}, agreed);
  CHECK(late.begins == Date{2026, 11, 2});
  CHECK(late.due == Date{2026, 11, 10});
  const terms::Span today = span_of({2026, 11, 2}, {2026, 11, 2}, agreed);
  CHECK(today.due == Date{2026, 11, 2});
}

TEST_CASE(
    "R5.5: whatever the days are, a plan's term begins before it ends and ends with the care at the latest") {
  CHECK(rc::check([] {
    terms::AgreedTerms agreed;
    agreed.aftercare_days = *rc::gen::inRange<std::uint32_t>(1, 100);
    const Date known = Date::from_days(*rc::gen::inRange<std::int64_t>(20'000, 22'000));
    const Date ends = terms::plus_days(known, *rc::gen::inRange(0, 800));
    const terms::Span span = span_of(ends, known, agreed);
    RC_ASSERT(span.begins >= known);
    RC_ASSERT(span.begins <= span.remind);
    RC_ASSERT(span.remind <= span.due);
    RC_ASSERT(span.due <= ends);
    RC_ASSERT(span.due < span.escalate);
  }));
}
