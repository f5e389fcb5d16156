#include "protocol/handover/machine.h"

#include <catch2/catch.hpp>
#include <fstream>
#include <set>
#include <sstream>

using namespace knoop::handover;

namespace {

// Follows a path; every step must move.
State follow(std::initializer_list<std::pair<Event, Party>> path, Party* responsible = nullptr) {
  State state = State::draft;
  Party bears = Party::afzender;
  for (const auto& [event, by] : path) {
    const Step next = step(state, bears, event, by);
    INFO(to_string(state) << " " << to_string(event));
    REQUIRE(next.answer == Answer::moves);
    state = next.next;
    bears = next.responsible;
  }
  if (responsible != nullptr) *responsible = bears;
  return state;
}

constexpr auto A = Party::afzender;
constexpr auto O = Party::ontvanger;

}  // namespace

TEST_CASE("R5.1: the whole way from request to closed") {
  Party responsible{};
  CHECK(follow({{Event::request, A}, {Event::accept, O}, {Event::plan, A}, {Event::hold, O}}, &responsible) ==
        State::conversation_held);
  CHECK(responsible == A);
  CHECK(
      follow(
          {{Event::request, A}, {Event::accept, O}, {Event::plan, A}, {Event::hold, O}, {Event::confirm, O}},
          &responsible) == State::transferred);
  CHECK(responsible == O);
  CHECK(follow({{Event::request, A},
                {Event::accept, O},
                {Event::plan, A},
                {Event::hold, O},
                {Event::confirm, O},
                {Event::arrive, O},
                {Event::feed_back, O},
                {Event::feed_back, O},
                {Event::close, A}}) == State::closed);
}

TEST_CASE("R5.1: another date is proposed and agreed to, or asked anew") {
  CHECK(follow({{Event::request, A}, {Event::propose, O}, {Event::accept, A}}) == State::accepted);
  CHECK(follow({{Event::request, A}, {Event::propose, O}, {Event::request, A}}) == State::requested);
}

TEST_CASE("R5.3: who does not arrive is the sender's again, and the hand-over goes on or ends") {
  Party responsible{};
  const auto lost = {std::pair{Event::request, A}, {Event::accept, O}, {Event::plan, A}, {Event::hold, A},
                     {Event::confirm, O},          {Event::miss, O}};
  CHECK(follow(lost, &responsible) == State::not_arrived);
  CHECK(responsible == A);
  for (const auto& [event, by, to] : {std::tuple{Event::arrive, O, State::arrived},
                                      {Event::plan, A, State::conversation_planned},
                                      {Event::close, A, State::closed},
                                      {Event::escalate, A, State::escalated}})
    CHECK(step(State::not_arrived, A, event, by).next == to);
}

TEST_CASE("R5.1: nobody does what is the other's to do") {
  CHECK(step(State::requested, A, Event::accept, A).answer == Answer::not_by_them);
  CHECK(step(State::requested, A, Event::withdraw, O).answer == Answer::not_by_them);
  CHECK(step(State::conversation_held, A, Event::confirm, A).answer == Answer::not_by_them);
  CHECK(step(State::fed_back, O, Event::close, O).answer == Answer::not_by_them);
}

TEST_CASE("nothing is released or confirmed before the conversation was held") {
  for (const State state :
       {State::draft, State::requested, State::accepted, State::conversation_planned, State::refused})
    CHECK(step(state, A, Event::confirm, O).answer == Answer::not_now);
}

TEST_CASE("every state answers every event, and an event that does not fit changes nothing") {
  for (const auto& [state, state_name] : states)
    for (const auto& [event, event_name] : events)
      for (const Party by : {A, O})
        for (const Party bears : {A, O}) {
          const Step next = step(state, bears, event, by);
          CHECK((next.responsible == A || next.responsible == O));
          CHECK(is_valid(next.next));
          if (next.answer != Answer::moves) {
            CHECK(next.next == state);
            CHECK(next.responsible == bears);
          }
          if (is_final(state)) CHECK(next.answer == Answer::not_now);
        }
  CHECK(is_final(State::closed));
  CHECK(is_final(State::refused));
  CHECK(is_final(State::withdrawn));
  CHECK_FALSE(is_final(State::not_arrived));
}

TEST_CASE("R5.6: from every state that is not final an end can be reached") {
  std::set<State> ends;
  for (const auto& [state, name] : states)
    if (is_final(state) && state != State::consent_asked && state != State::ready) ends.insert(state);
  for (bool grew = true; grew;) {
    grew = false;
    for (const auto& [state, name] : states)
      for (const auto& [event, event_name] : events)
        for (const Party by : {A, O}) {
          const Step next = step(state, A, event, by);
          if (next.answer == Answer::moves && ends.contains(next.next) && ends.insert(state).second)
            grew = true;
        }
  }
  for (const auto& [state, name] : states) {
    if (state == State::consent_asked || state == State::ready) continue;
    INFO(name);
    CHECK(ends.contains(state));
  }
}

TEST_CASE("the diagram in docs/spec/handover.md is the table's") {
  std::ifstream file(std::string(KNOOP_TEST_DIR) + "/../docs/spec/handover.md");
  std::stringstream page;
  page << file.rdbuf();
  INFO("exchange the diagram of the page for:\n" << diagram());
  CHECK(page.str().find("```mermaid\n" + diagram() + "```\n") != std::string::npos);
}
