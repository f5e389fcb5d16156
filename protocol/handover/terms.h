// The terms of a hand-over (R5.2, R5.6): in every state that is not the end somebody owes something by a day, so that nothing can
// lapse unseen. Computed from what happened, never counted down: a restart loses nothing, and both copies come to the same.
//
//   voorbereiden, overdragen     handover_calendar_days, from the draft; from the acceptance
//   antwoorden                   answer_days, urgent_answer_days
//   gesprek voeren               the day that was planned, and a working day to say so
//   aankomst melden              arrival_calendar_days from the transfer
//   terugkoppelen                feedback_days from the arrival, and from each feedback until the one that help has ended
//   everything else              next_step_days
//
// Days of a recess that the convenant names do not count, but for what is urgent.
//
// A conversation that is planned for later than the term of the hand-over is an agreement to wait for it; the transfer is then
// due a working day after it.
#pragma once

#include <optional>
#include <span>

#include "protocol/handover/messages.h"
#include "protocol/terms/deadline.h"

namespace knoop::handover {

/// What is owed. Numbers are stored.
enum class Task : std::uint8_t {
  prepare = 1,
  answer = 2,
  answer_proposal = 3,
  after_refusal = 4,
  plan = 5,
  hold = 6,
  hand_over = 7,
  report_arrival = 8,
  feed_back = 9,
  close = 10,
  next_step = 11,
  advise = 12,
  resolve = 13,
};
inline constexpr std::array<Named<Task>, 13> tasks{{{Task::prepare, "voorbereiden"},
                                                    {Task::answer, "antwoorden op de aanvraag"},
                                                    {Task::answer_proposal, "antwoorden op het voorstel"},
                                                    {Task::after_refusal, "vervolg kiezen na de weigering"},
                                                    {Task::plan, "driegesprek plannen"},
                                                    {Task::hold, "driegesprek voeren"},
                                                    {Task::hand_over, "overdragen"},
                                                    {Task::report_arrival, "aankomst melden"},
                                                    {Task::feed_back, "terugkoppelen"},
                                                    {Task::close, "afronden"},
                                                    {Task::next_step, "volgende stap zetten"},
                                                    {Task::advise, "advies geven"},
                                                    {Task::resolve, "opschaling oplossen"}}};
[[nodiscard]] constexpr std::string_view to_string(Task task) {
  return name_in(tasks, task);
}

struct Deadline {
  Task task{};
  Party owner{};  ///< Who owes it.
  terms::Span span;
  friend bool operator==(const Deadline&, const Deadline&) = default;
};

/// One thing that happened, with the state it led to and the Dutch day.
struct Moved {
  State state{};
  Event event{};
  Date day;
  std::optional<Date> date;
  std::optional<Feedback> feedback;
};

/// What is owed now, after all that happened since `begun`; nothing at the end.
[[nodiscard]] std::optional<Deadline> deadline_of(Flow flow, State state, Urgency urgency, Date begun,
                                                  std::span<const Moved> path,
                                                  const terms::AgreedTerms& agreed);

}  // namespace knoop::handover
