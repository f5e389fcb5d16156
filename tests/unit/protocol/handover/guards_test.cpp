#include "protocol/handover/guards.h"

#include <catch2/catch.hpp>

using namespace knoop;
using namespace knoop::handover;

namespace {

constexpr Date today{2026, 11, 23};

Happening happening(Event event) {
  Happening out;
  out.event = event;
  out.by = Party::afzender;
  out.who = "M. Voorbeeld, maatschappelijk werker";
  return out;
}

bool passes(const Happening& what, State state = State::requested) {
  return check(state, what, today).has_value();
}

}  // namespace

TEST_CASE("R5.1: a refusal has a reason and may name an alternative, nothing else may") {
  Happening refusal = happening(Event::refuse);
  CHECK_FALSE(passes(refusal));
  refusal.words = "Wachtlijst van een half jaar.";
  CHECK(passes(refusal));
  refusal.alternative = "Het wijkteam kan deze week beginnen.";
  CHECK(passes(refusal));
  Happening acceptance = happening(Event::accept);
  CHECK(passes(acceptance));
  acceptance.alternative = "Iets anders.";
  CHECK_FALSE(passes(acceptance));
}

TEST_CASE("R5.1: a conversation has a day, and may have a time and a place that exist") {
  Happening plan = happening(Event::plan);
  CHECK_FALSE(passes(plan));
  plan.date = Date{2199, 12, 31};
  CHECK_FALSE(passes(plan));
  plan.date = today;
  CHECK(passes(plan));
  plan.minute = 14 * 60 + 30;
  plan.place = "Op school";
  CHECK(passes(plan));
  plan.minute = 24 * 60;
  CHECK_FALSE(passes(plan));
  plan.minute.reset();
  plan.place.assign(max_place + 1, 'x');
  CHECK_FALSE(passes(plan));
  Happening held = happening(Event::hold);
  held.place = "Op school";
  CHECK_FALSE(passes(held));
}

TEST_CASE("R5.4: feedback has a kind and words, and nothing else has a kind") {
  Happening feedback = happening(Event::feed_back);
  feedback.words = "De hulp is begonnen.";
  CHECK_FALSE(passes(feedback));
  feedback.feedback = Feedback::started;
  CHECK(passes(feedback));
  feedback.words.clear();
  CHECK_FALSE(passes(feedback));
  Happening arrived = happening(Event::arrive);
  arrived.feedback = Feedback::arrived;
  CHECK_FALSE(passes(arrived));
}

TEST_CASE("R5.6: closing needs words where nobody told how it ended, and asking again says why") {
  CHECK(passes(happening(Event::close), State::fed_back));
  CHECK(passes(happening(Event::close), State::advised));
  CHECK_FALSE(passes(happening(Event::close), State::refused));
  CHECK_FALSE(passes(happening(Event::close), State::escalated));
  CHECK_FALSE(passes(happening(Event::request), State::refused));
  CHECK(passes(happening(Event::request), State::draft));
}

TEST_CASE("R5.2: more time has an end, and is given by who waits") {
  Happening more = happening(Event::pause);
  more.words = "De ouders zijn op reis.";
  CHECK_FALSE(passes(more));
  more.date = today;
  CHECK_FALSE(passes(more));
  more.date = Date{2026, 12, 21};
  CHECK(passes(more));
  more.date = Date{2026, 12, 22};
  CHECK_FALSE(passes(more));
  const Deadline deadline{Task::answer, Party::ontvanger, {}};
  CHECK(check_pause(deadline, Party::afzender).has_value());
  CHECK(check_pause(deadline, Party::ontvanger).error().code == ErrorCode::forbidden);
}

TEST_CASE("R5.5: who may ask for what") {
  for (const auto& [kind, name] : kinds) {
    INFO(name);
    CHECK(check_kind(kind, "bjz", false).has_value());
    CHECK(check_kind(kind, "gi", false).has_value());
    const bool anybody = kind == Kind::handover || kind == Kind::consult;
    CHECK(check_kind(kind, "smw", false).has_value() == anybody);
    CHECK(check_kind(kind, "smw", true).has_value() == (anybody || kind == Kind::back_referral));
  }
}

TEST_CASE("a professional has a name of a length that the other side takes") {
  Happening nameless = happening(Event::accept);
  nameless.who.clear();
  CHECK_FALSE(passes(nameless));
  nameless.who.assign(max_person + 1, 'x');
  CHECK_FALSE(passes(nameless));
}
