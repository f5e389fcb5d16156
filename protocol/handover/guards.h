// What an event of a hand-over cannot do without, and who may give more time: the guards of the table in machine.h. Pure, and the
// same at both sides: the acting professional is told at once, and what comes from the other side is checked again.
#pragma once

#include "protocol/handover/messages.h"
#include "protocol/handover/terms.h"

namespace knoop::handover {

/// No more time than this with one event: a term that can be put off without end is none (R5.6).
inline constexpr unsigned max_pause_days = 28;
/// Nor is a conversation planned or proposed for later than this: the term of a hand-over waits for it.
inline constexpr unsigned max_plan_days = 92;

/// bad_value names what is missing or too much. `today` is the Dutch day at which it is decided.
[[nodiscard]] Result<void> check(State state, const Happening& happening, Date today);

/// More time is given by who waits: it is agreed to by whom it concerns, not taken (R5.2).
[[nodiscard]] Result<void> check_pause(const Deadline& deadline, Party by);

/// Who may ask for what. `asker` is the kind of the asking organisation; `took_over` says that the asker was the ontvanger of
/// the hand-over that the request follows.
[[nodiscard]] Result<void> check_kind(Kind kind, std::string_view asker, bool took_over);

}  // namespace knoop::handover
