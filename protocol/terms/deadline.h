// A term that runs: when it began, when it ends, when somebody is reminded before and who is told after (R5.2, R5.6). Days are
// days of the Netherlands (protocol/records/calendar.h). Pure.
#pragma once

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "crypto/base/time.h"
#include "protocol/names.h"
#include "protocol/terms/agreed.h"

namespace knoop::terms {

[[nodiscard]] inline Date plus_days(Date day, std::int64_t days) {
  return Date::from_days(day.days() + days);
}

struct Span {
  Date begins;
  Date due;       ///< The last good day.
  Date remind;    ///< From this day on it is shown as nearly due.
  Date escalate;  ///< From this day on others are told.
  friend bool operator==(const Span&, const Span&) = default;
};

/// How far it has come. Each is reached once and logged once.
enum class Stage : std::uint8_t { running = 0, reminded = 1, overdue = 2, escalated = 3 };
inline constexpr std::array<Named<Stage>, 4> stages{{{Stage::running, "loopt"},
                                                     {Stage::reminded, "bijna verlopen"},
                                                     {Stage::overdue, "te laat"},
                                                     {Stage::escalated, "opgeschaald"}}};
[[nodiscard]] constexpr std::string_view to_string(Stage stage) {
  return name_in(stages, stage);
}

/// Days on which the clock stands still, because who waits gave more time: after `from`, up to and including `until`.
struct Pause {
  Date from;
  Date until;
};

/// As after_working_days() of working_days.h; days of an agreed recess are no working days either.
[[nodiscard]] Date after_agreed_days(Date day, std::uint32_t count, const AgreedTerms& agreed);

enum class Count : std::uint8_t { working_days, calendar_days };

/// The term of `days` from `begins` on. Days of a pause and of an agreed recess do not count. A term of calendar days that would end on a day on which
/// nobody works ends on the next working day (Algemene termijnenwet, article 1).
[[nodiscard]] Span span_of(Date begins, std::uint32_t days, Count count, const std::vector<Pause>& pauses,
                           const AgreedTerms& agreed);
/// A term that ends on a day that was agreed otherwise: reminders and escalation as with any.
[[nodiscard]] Span span_until(Date begins, Date due, const AgreedTerms& agreed);

[[nodiscard]] constexpr Stage stage_on(const Span& span, Date today) {
  if (today >= span.escalate) return Stage::escalated;
  if (today > span.due) return Stage::overdue;
  if (today >= span.remind) return Stage::reminded;
  return Stage::running;
}
/// The next day on which the stage may change; nothing after the last.
[[nodiscard]] std::optional<Date> next_look(const Span& span, Stage stage);

}  // namespace knoop::terms
