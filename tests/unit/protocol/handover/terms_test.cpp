// R5.2: who owes what by when. Days are written out, so that each can be checked with a calendar of 2026 and 2027.
#include "protocol/handover/terms.h"

#include <catch2/catch.hpp>

#include "protocol/handover/machine.h"

using namespace knoop;
using namespace knoop::handover;

namespace {

const terms::AgreedTerms agreed;
constexpr Date monday{2026, 11, 23};

Moved moved(State state, Event event, Date day, std::optional<Date> date = std::nullopt,
            std::optional<Feedback> feedback = std::nullopt) {
  return {state, event, day, date, feedback};
}

Deadline owed(State state, const std::vector<Moved>& path, Flow flow = Flow::transfer,
              Urgency urgency = Urgency::normal) {
  const auto deadline = deadline_of(flow, state, urgency, monday, path, agreed);
  REQUIRE(deadline.has_value());
  return *deadline;
}

}  // namespace

TEST_CASE("R5.2: a request is answered within five working days, an urgent one within one") {
  const std::vector path{moved(State::requested, Event::request, monday)};
  const Deadline normal = owed(State::requested, path);
  CHECK(normal.task == Task::answer);
  CHECK(normal.owner == Party::ontvanger);
  CHECK(normal.span.due == Date{2026, 11, 30});
  CHECK(normal.span.remind == Date{2026, 11, 26});
  CHECK(normal.span.escalate == Date{2026, 12, 7});
  CHECK(owed(State::requested, path, Flow::transfer, Urgency::urgent).span.due == Date{2026, 11, 24});
}

TEST_CASE(
    "R5.2: the hand-over is done within a week of the acceptance, whenever the conversation was planned") {
  const Date later{2026, 11, 25};
  const std::vector path{moved(State::requested, Event::request, monday),
                         moved(State::accepted, Event::accept, monday),
                         moved(State::conversation_planned, Event::plan, later, later),
                         moved(State::conversation_held, Event::hold, later)};
  const Deadline owes = owed(State::conversation_held, path);
  CHECK(owes.task == Task::hand_over);
  CHECK(owes.owner == Party::afzender);
  CHECK(owes.span.begins == monday);
  CHECK(owes.span.due == Date{2026, 11, 30});
}

TEST_CASE("R5.2: a conversation agreed for later than the week leaves a working day after it") {
  const Date friday{2026, 12, 11};
  const std::vector path{moved(State::requested, Event::request, monday),
                         moved(State::accepted, Event::accept, monday),
                         moved(State::conversation_planned, Event::plan, monday, friday),
                         moved(State::conversation_held, Event::hold, friday)};
  CHECK(owed(State::conversation_planned, {path.begin(), path.begin() + 3}).span.due == Date{2026, 12, 14});
  CHECK(owed(State::conversation_held, path).span.due == Date{2026, 12, 14});
}

TEST_CASE("R5.2: arrival within a month, feedback within twenty working days until the one that ends") {
  std::vector path{moved(State::transferred, Event::confirm, monday)};
  const Deadline arrival = owed(State::transferred, path);
  CHECK(arrival.task == Task::report_arrival);
  CHECK(arrival.owner == Party::ontvanger);
  CHECK(arrival.span.due == Date{2026, 12, 23});
  path.push_back(moved(State::arrived, Event::arrive, monday));
  CHECK(owed(State::arrived, path).span.due == Date{2026, 12, 21});
  path.push_back(moved(State::fed_back, Event::feed_back, monday, std::nullopt, Feedback::started));
  CHECK(owed(State::fed_back, path).task == Task::feed_back);
  path.push_back(moved(State::fed_back, Event::feed_back, monday, std::nullopt, Feedback::ended));
  const Deadline close = owed(State::fed_back, path);
  CHECK(close.task == Task::close);
  CHECK(close.owner == Party::afzender);
}

TEST_CASE("R5.2: a term of calendar days ends on a working day") {
  // A month from Thursday 26 November ends on Saturday 26 December, which is Tweede Kerstdag too.
  const std::vector path{moved(State::transferred, Event::confirm, {2026, 11, 26})};
  CHECK(owed(State::transferred, path).span.due == Date{2026, 12, 28});
}

TEST_CASE("R5.2: public holidays do not count") {
  // Christmas Day 2026 is a Friday.
  const std::vector path{moved(State::requested, Event::request, {2026, 12, 22})};
  CHECK(owed(State::requested, path).span.due == Date{2026, 12, 30});
}

TEST_CASE("R5.2: days of more time do not count, in the term in which they were given") {
  std::vector path{moved(State::requested, Event::request, monday),
                   moved(State::requested, Event::pause, {2026, 11, 24}, Date{2026, 12, 1})};
  const Deadline paused = owed(State::requested, path);
  CHECK(paused.task == Task::answer);
  CHECK(paused.span.begins == monday);
  // One day had gone; four are left after 1 December.
  CHECK(paused.span.due == Date{2026, 12, 7});
  path.push_back(moved(State::refused, Event::refuse, {2026, 11, 25}));
  CHECK(owed(State::refused, path).span.due == Date{2026, 12, 2});
}

TEST_CASE(
    "R5.6: in every state that is not the end somebody owes something, and is reminded before and chased "
    "after") {
  for (const Flow flow : {Flow::transfer, Flow::advice})
    for (const auto& [state, name] : states) {
      INFO(name);
      const auto deadline = deadline_of(flow, state, Urgency::normal, monday, {}, agreed);
      REQUIRE(deadline.has_value() == !is_final(state));
      if (!deadline) continue;
      CHECK(deadline->span.begins <= deadline->span.remind);
      CHECK(deadline->span.remind <= deadline->span.due);
      CHECK(deadline->span.due < deadline->span.escalate);
    }
}

TEST_CASE("R5.6: a term of no days at all is due, and over, like any") {
  terms::AgreedTerms none = agreed;
  none.answer_days = none.reminder_days = none.escalation_days = 0;
  const auto deadline = deadline_of(Flow::transfer, State::requested, Urgency::normal, monday, {}, none);
  REQUIRE(deadline.has_value());
  CHECK(deadline->span.due == monday);
  CHECK(deadline->span.escalate == Date{2026, 11, 24});
}

TEST_CASE("R5.2: an agreed recess holds up what is normal and not what is urgent") {
  terms::AgreedTerms winter = agreed;
  winter.recesses = {{{2026, 11, 24}, {2026, 12, 4}}};
  const std::vector path{moved(State::requested, Event::request, monday)};
  const auto due = [&](Urgency urgency) {
    return deadline_of(Flow::transfer, State::requested, urgency, monday, path, winter)->span.due;
  };
  CHECK(due(Urgency::normal) == Date{2026, 12, 11});
  CHECK(due(Urgency::urgent) == Date{2026, 11, 24});
  // A conversation on the last day before it is due to be held, and told, after it.
  const std::vector planned{moved(State::accepted, Event::accept, monday),
                            moved(State::conversation_planned, Event::plan, monday, monday)};
  CHECK(deadline_of(Flow::transfer, State::conversation_planned, Urgency::normal, monday, planned, winter)
            ->span.due == Date{2026, 12, 7});
}
