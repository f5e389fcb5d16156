#include "protocol/terms/deadline.h"

#include "protocol/terms/working_days.h"

namespace knoop::terms {
namespace {

bool stands_still(const std::vector<Pause>& pauses, Date day) {
  return std::ranges::any_of(pauses,
                             [&](const Pause& pause) { return day > pause.from && day <= pause.until; });
}

bool in_recess(const AgreedTerms& agreed, Date day) {
  return std::ranges::any_of(agreed.recesses,
                             [&](const Recess& recess) { return day >= recess.first && day <= recess.last; });
}

bool works(Date day, const AgreedTerms& agreed) {
  return is_working_day(day) && !in_recess(agreed, day);
}

Date agreed_days_before(Date day, std::uint32_t count, const AgreedTerms& agreed) {
  while (count > 0) {
    day = plus_days(day, -1);
    if (works(day, agreed)) --count;
  }
  return day;
}

}  // namespace

Date after_agreed_days(Date day, std::uint32_t count, const AgreedTerms& agreed) {
  while (count == 0 && !works(day, agreed)) day = plus_days(day, 1);
  while (count > 0) {
    day = plus_days(day, 1);
    if (works(day, agreed)) --count;
  }
  return day;
}

Span span_of(Date begins, std::uint32_t days, Count count, const std::vector<Pause>& pauses,
             const AgreedTerms& agreed) {
  Date due = begins;
  for (std::uint32_t left = days; left > 0;) {
    due = plus_days(due, 1);
    if (!stands_still(pauses, due) && !in_recess(agreed, due) &&
        (count == Count::calendar_days || is_working_day(due)))
      --left;
  }
  return span_until(begins, after_agreed_days(due, 0, agreed), agreed);
}

Span span_until(Date begins, Date due, const AgreedTerms& agreed) {
  const Date remind = agreed_days_before(due, agreed.reminder_days, agreed);
  return {begins, due, std::max(begins, remind),
          after_agreed_days(due, std::max(1U, agreed.escalation_days), agreed)};
}

std::optional<Date> next_look(const Span& span, Stage stage) {
  switch (stage) {
    case Stage::running:
      return span.remind;
    case Stage::reminded:
      return plus_days(span.due, 1);
    case Stage::overdue:
      return span.escalate;
    case Stage::escalated:
      return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace knoop::terms
