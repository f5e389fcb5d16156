#include "protocol/followup/terms.h"

#include <algorithm>

namespace knoop::followup {

std::optional<Deadline> deadline_of(State state, const Days& days, const terms::AgreedTerms& agreed) {
  const auto until = [&](Task task, Date begins, Date due) {
    return std::optional(Deadline{task, terms::span_until(begins, due, agreed)});
  };
  const auto after = [&](Date begins, std::uint32_t count) {
    return terms::span_of(begins, count, terms::Count::working_days, {}, agreed).due;
  };
  const auto next_step = [&](Task task) {
    return until(task, days.now, after(days.now, agreed.next_step_days));
  };
  switch (state) {
    case State::to_judge:
      return until(Task::judge, days.begun, days.contact_before);
    case State::awaiting:
      return until(Task::await, days.chosen,
                   std::max(days.contact_before, after(days.chosen, agreed.answer_days)));
    case State::to_contact:
      return until(
          Task::contact, days.data,
          days.data <= days.contact_before ? days.contact_before : after(days.data, agreed.next_step_days));
    case State::contacted:
      return next_step(Task::record);
    case State::differing:
      return next_step(Task::settle);
    case State::concluded:
    case State::no_contact:
    case State::lapsed:
      return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace knoop::followup
