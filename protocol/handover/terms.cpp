#include "protocol/handover/terms.h"

#include "protocol/handover/machine.h"

namespace knoop::handover {
namespace {

using terms::Count;

bool on_the_way(State state) {
  return state == State::accepted || state == State::conversation_planned ||
         state == State::conversation_held;
}

/// The day from which the state holds, by what led into it last; events that leave a state as it is and put nothing on the clock
/// (more time) do not begin it anew.
Date entered(std::span<const Moved> path, Date begun) {
  for (std::size_t i = path.size(); i-- > 0;)
    if (path[i].event != Event::pause) return path[i].day;
  return begun;
}

/// When the two agreed, for the term of the whole: the first day of the run of states that ends in this one.
Date agreed_on(std::span<const Moved> path, Date begun) {
  Date day = begun;
  for (std::size_t i = path.size(); i-- > 0 && on_the_way(path[i].state);) day = path[i].day;
  return day;
}

std::optional<Date> planned_for(std::span<const Moved> path) {
  for (std::size_t i = path.size(); i-- > 0;)
    if (path[i].event == Event::plan) return path[i].date;
  return std::nullopt;
}

/// More time that was given while this term ran.
std::vector<terms::Pause> pauses_since(Date begins, std::span<const Moved> path) {
  std::vector<terms::Pause> out;
  for (const Moved& moved : path)
    if (moved.event == Event::pause && moved.date && moved.day >= begins)
      out.push_back({moved.day, *moved.date});
  return out;
}

bool has_ended(std::span<const Moved> path) {
  for (std::size_t i = path.size(); i-- > 0;)
    if (path[i].event == Event::feed_back) return path[i].feedback == Feedback::ended;
  return false;
}

}  // namespace

std::optional<Deadline> deadline_of(Flow flow, State state, Urgency urgency, Date begun,
                                    std::span<const Moved> path, const terms::AgreedTerms& convenant) {
  terms::AgreedTerms agreed = convenant;
  // A recess is for what can wait.
  if (urgency == Urgency::urgent) agreed.recesses.clear();
  const Date since = entered(path, begun);
  const auto within = [&](Task task, Party owner, std::uint32_t days, Count count, Date from) {
    return Deadline{task, owner, terms::span_of(from, days, count, pauses_since(from, path), agreed)};
  };
  const auto soon = [&](Task task, Party owner) {
    return within(task, owner, agreed.next_step_days, Count::working_days, since);
  };
  // Moves the end of a term to a working day after `day`, when that is later.
  const auto not_before = [&](Deadline deadline, std::optional<Date> day) {
    if (!day) return deadline;
    const Date due = terms::after_agreed_days(*day, 1, agreed);
    if (due > deadline.span.due) deadline.span = terms::span_until(deadline.span.begins, due, agreed);
    return deadline;
  };
  switch (state) {
    case State::draft:
    case State::consent_asked:
    case State::ready:
      return within(Task::prepare, Party::afzender, agreed.handover_calendar_days, Count::calendar_days,
                    begun);
    case State::requested:
      return within(Task::answer, Party::ontvanger,
                    urgency == Urgency::urgent ? agreed.urgent_answer_days : agreed.answer_days,
                    Count::working_days, since);
    case State::counter_proposed:
      return within(Task::answer_proposal, Party::afzender,
                    urgency == Urgency::urgent ? agreed.urgent_answer_days : agreed.answer_days,
                    Count::working_days, since);
    case State::refused:
      return soon(Task::after_refusal, Party::afzender);
    case State::accepted:
      if (flow == Flow::advice) return soon(Task::advise, Party::ontvanger);
      return soon(Task::plan, Party::afzender);
    case State::conversation_planned: {
      const Date planned = planned_for(path).value_or(since);
      return Deadline{
          Task::hold, Party::afzender,
          terms::span_until(since, terms::after_agreed_days(std::max(planned, since), 1, agreed), agreed)};
    }
    case State::conversation_held:
      if (flow == Flow::advice) return soon(Task::advise, Party::ontvanger);
      return not_before(within(Task::hand_over, Party::afzender, agreed.handover_calendar_days,
                               Count::calendar_days, agreed_on(path, begun)),
                        since);
    case State::transferred:
      return within(Task::report_arrival, Party::ontvanger, agreed.arrival_calendar_days,
                    Count::calendar_days, since);
    case State::arrived:
      return within(Task::feed_back, Party::ontvanger, agreed.feedback_days, Count::working_days, since);
    case State::fed_back:
      if (has_ended(path)) return soon(Task::close, Party::afzender);
      return within(Task::feed_back, Party::ontvanger, agreed.feedback_days, Count::working_days, since);
    case State::advised:
      return soon(Task::close, Party::afzender);
    case State::not_arrived:
    case State::client_contacted:
    case State::motivating:
    case State::alternative_offered:
    case State::brought_into_mdo:
    case State::reassessing:
      return soon(Task::next_step, Party::afzender);
    case State::escalated:
      return soon(Task::resolve, Party::afzender);
    case State::closed:
    case State::withdrawn:
      return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace knoop::handover
