// The terms of the follow-up of a match (R2.7): in every open state somebody owes something by a day. Computed from what
// happened, in working days of the Netherlands, with the lengths of the convenant.
//
//   beoordelen en contact kiezen     contact_days from the match
//   antwoorden op de match (theirs)  answer_days from our choice, and not before the term of contact
//   contact opnemen                  contact_days from the match; next_step_days from the contact data when they came later
//   uitkomst vastleggen              next_step_days from the contact
//   verschil bespreken               next_step_days from the second outcome
//
// The term of contact runs from the match and not from the choice: however long either side thinks, the other one sees it.
#pragma once

#include <optional>

#include "protocol/followup/names.h"
#include "protocol/terms/deadline.h"

namespace knoop::followup {

/// Days of the Netherlands on which things began.
struct Days {
  Date begun;           ///< The match, or its coming back.
  Date contact_before;  ///< The last good day for contact.
  Date chosen;          ///< When we wanted contact; `begun` when it is no matter of choice.
  Date data;            ///< When contact data first came.
  Date now;             ///< The day on which the state began.
};

struct Deadline {
  Task task{};
  terms::Span span;
  friend bool operator==(const Deadline&, const Deadline&) = default;
};

/// Nothing in a state that asks nothing.
[[nodiscard]] std::optional<Deadline> deadline_of(State state, const Days& days,
                                                  const terms::AgreedTerms& agreed);

/// It is ours to do; otherwise the other organisation's, and we watch.
[[nodiscard]] constexpr bool is_ours(Task task) {
  return task != Task::await;
}

}  // namespace knoop::followup
