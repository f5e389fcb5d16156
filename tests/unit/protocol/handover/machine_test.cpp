#include "protocol/handover/machine.h"

#include <catch2/catch.hpp>
#include <fstream>
#include <set>
#include <sstream>

using namespace knoop::handover;

namespace {

constexpr auto A = Party::afzender;
constexpr auto O = Party::ontvanger;
constexpr std::array flows{Flow::transfer, Flow::advice};

struct Place {
  State state = State::draft;
  Party responsible = A;
};

// Follows a path; every step must move.
Place follow(Flow flow, std::initializer_list<std::pair<Event, Party>> path, Place from = {}) {
  for (const auto& [event, by] : path) {
    const Step next = step(flow, from.state, from.responsible, event, by);
    INFO(to_string(from.state) << " " << to_string(event));
    REQUIRE(next.answer == Answer::moves);
    from = {next.next, next.responsible};
  }
  return from;
}
Place follow(std::initializer_list<std::pair<Event, Party>> path, Place from = {}) {
  return follow(Flow::transfer, path, from);
}

}  // namespace

TEST_CASE("R5.1: prepared, then the whole way from request to closed") {
  CHECK(follow({{Event::ask_consent, A}, {Event::prepared, A}}).state == State::ready);
  const Place held = follow({{Event::request, A}, {Event::accept, O}, {Event::plan, A}, {Event::hold, O}});
  CHECK(held.state == State::conversation_held);
  CHECK(held.responsible == A);
  const Place moved = follow({{Event::confirm, O}}, held);
  CHECK(moved.state == State::transferred);
  CHECK(moved.responsible == O);
  CHECK(follow({{Event::arrive, O}, {Event::feed_back, O}, {Event::feed_back, O}, {Event::close, A}}, moved)
            .state == State::closed);
}

TEST_CASE("R5.1: another date is proposed and agreed to, or asked anew") {
  CHECK(follow({{Event::request, A}, {Event::propose, O}, {Event::accept, A}}).state == State::accepted);
  CHECK(follow({{Event::request, A}, {Event::propose, O}, {Event::request, A}}).state == State::requested);
}

TEST_CASE("R5.1: a refusal drops nobody: the sender asks again or says what happens instead") {
  const Place refused = follow({{Event::request, A}, {Event::refuse, O}});
  CHECK(refused.responsible == A);
  CHECK_FALSE(is_final(refused.state));
  CHECK(follow({{Event::request, A}}, refused).state == State::requested);
  CHECK(follow({{Event::close, A}}, refused).state == State::closed);
}

TEST_CASE("R5.3: who does not arrive is the sender's again, and every branch of the flow chart exists") {
  const Place missed = follow({{Event::request, A},
                               {Event::accept, O},
                               {Event::plan, A},
                               {Event::hold, A},
                               {Event::confirm, O},
                               {Event::miss, O}});
  CHECK(missed.state == State::not_arrived);
  CHECK(missed.responsible == A);
  const Place spoken = follow({{Event::contact_client, A}}, missed);
  CHECK(follow({{Event::not_needed, A}}, spoken).state == State::closed);
  CHECK(follow({{Event::other_risk, A}}, spoken).state == State::reassessing);
  const Place motivating = follow({{Event::same_risk, A}}, spoken);
  CHECK(motivating.state == State::motivating);
  CHECK(follow({{Event::other_risk, A}}, motivating).state == State::reassessing);
  const Place offered = follow({{Event::same_risk, A}}, motivating);
  CHECK(offered.state == State::alternative_offered);
  CHECK(follow({{Event::accept_alternative, A}}, offered).state == State::closed);
  CHECK(follow({{Event::other_risk, A}}, offered).state == State::reassessing);
  const Place mdo = follow({{Event::same_risk, A}}, offered);
  CHECK(mdo.state == State::brought_into_mdo);
  CHECK(mdo.responsible == A);
  // Wherever it stands, the client may come after all; the ontvanger says so and bears the responsibility.
  for (const Place& place : {missed, spoken, motivating, offered, mdo}) {
    const Place arrived = follow({{Event::arrive, O}}, place);
    CHECK(arrived.state == State::arrived);
    CHECK(arrived.responsible == O);
    CHECK(step(Flow::transfer, place.state, A, Event::arrive, A).answer == Answer::not_by_them);
  }
}

TEST_CASE("R5.3: nobody is let go without a word with the client") {
  CHECK(step(Flow::transfer, State::not_arrived, A, Event::close, A).answer == Answer::not_now);
  CHECK(step(Flow::transfer, State::not_arrived, A, Event::not_needed, A).answer == Answer::not_now);
}

TEST_CASE("R5.5: advice is given, with or without a conversation, and the responsibility stays") {
  for (const auto& path : {std::initializer_list<std::pair<Event, Party>>{{Event::advise, O}},
                           {{Event::plan, O}, {Event::hold, A}, {Event::advise, O}, {Event::advise, O}}}) {
    const Place accepted = follow(Flow::advice, {{Event::request, A}, {Event::accept, O}});
    const Place advised = follow(Flow::advice, path, accepted);
    CHECK(advised.state == State::advised);
    CHECK(advised.responsible == A);
    CHECK(follow(Flow::advice, {{Event::close, A}}, advised).state == State::closed);
  }
  CHECK(flow_of(Kind::consult) == Flow::advice);
  CHECK(flow_of(Kind::bringing_in) == Flow::advice);
  for (const Kind kind : {Kind::handover, Kind::back_referral, Kind::aftercare})
    CHECK(flow_of(kind) == Flow::transfer);
}

TEST_CASE("R5.5: advice never moves the responsibility, whatever is done in whatever order") {
  for (const auto& [state, name] : states)
    for (const auto& [event, event_name] : events)
      for (const Party by : {A, O}) {
        const Step next = step(Flow::advice, state, A, event, by);
        CHECK(next.responsible == A);
        if (next.answer == Answer::moves && state != State::transferred)
          CHECK(next.next != State::transferred);
      }
}

TEST_CASE("R5.1: nobody does what is the other's to do") {
  CHECK(step(Flow::transfer, State::requested, A, Event::accept, A).answer == Answer::not_by_them);
  CHECK(step(Flow::transfer, State::requested, A, Event::withdraw, O).answer == Answer::not_by_them);
  CHECK(step(Flow::transfer, State::conversation_held, A, Event::confirm, A).answer == Answer::not_by_them);
  CHECK(step(Flow::transfer, State::fed_back, O, Event::close, O).answer == Answer::not_by_them);
  CHECK(step(Flow::advice, State::accepted, A, Event::advise, A).answer == Answer::not_by_them);
}

TEST_CASE("R5.1: the responsibility goes to the ontvanger by its own act only") {
  for (const auto& [state, name] : states)
    for (const auto& [event, event_name] : events) {
      const Step next = step(Flow::transfer, state, A, event, A);
      CHECK(next.responsible == A);
    }
}

TEST_CASE("nothing is confirmed before the conversation was held") {
  for (const State state :
       {State::draft, State::requested, State::accepted, State::conversation_planned, State::refused})
    CHECK(step(Flow::transfer, state, A, Event::confirm, O).answer == Answer::not_now);
}

TEST_CASE("R5.2: more time leaves every state that both know as it is, and no other") {
  for (const Flow flow : flows)
    for (const auto& [state, name] : states)
      for (const Party bears : {A, O}) {
        const Step next = step(flow, state, bears, Event::pause, A);
        INFO(name);
        CHECK((next.answer == Answer::moves) == (!is_local(state) && !is_final(state)));
        CHECK(next.next == state);
        CHECK(next.responsible == bears);
      }
}

TEST_CASE("every state answers every event, and an event that does not fit changes nothing") {
  for (const Flow flow : flows)
    for (const auto& [state, state_name] : states)
      for (const auto& [event, event_name] : events)
        for (const Party by : {A, O})
          for (const Party bears : {A, O}) {
            const Step next = step(flow, state, bears, event, by);
            CHECK((next.responsible == A || next.responsible == O));
            CHECK(is_valid(next.next));
            if (next.answer != Answer::moves) {
              CHECK(next.next == state);
              CHECK(next.responsible == bears);
            }
            if (is_final(state)) CHECK(next.answer == Answer::not_now);
          }
  CHECK(is_final(State::closed));
  CHECK(is_final(State::withdrawn));
  CHECK_FALSE(is_final(State::refused));
  CHECK_FALSE(is_final(State::not_arrived));
}

TEST_CASE("R5.6: every state can be reached in one of the flows, and from it an end") {
  std::set<State> reached;
  for (const Flow flow : flows) {
    std::set<State> here{State::draft};
    for (bool grew = true; grew;) {
      grew = false;
      for (const State state : std::set<State>(here))
        for (const auto& [event, event_name] : events)
          for (const Party by : {A, O})
            grew = here.insert(step(flow, state, A, event, by).next).second || grew;
    }
    std::set<State> ends{State::closed, State::withdrawn};
    for (bool grew = true; grew;) {
      grew = false;
      for (const State state : here)
        for (const auto& [event, event_name] : events)
          for (const Party by : {A, O}) {
            const Step next = step(flow, state, A, event, by);
            if (next.answer == Answer::moves && next.next != state && ends.contains(next.next))
              grew = ends.insert(state).second || grew;
          }
    }
    for (const State state : here) {
      INFO(to_string(state));
      CHECK(ends.contains(state));
    }
    reached.insert(here.begin(), here.end());
  }
  CHECK(reached.size() == states.size());
}

TEST_CASE("the diagrams in docs/spec/handover.md are the table's") {
  std::ifstream file(std::string(KNOOP_TEST_DIR) + "/../docs/spec/handover.md");
  std::stringstream page;
  page << file.rdbuf();
  for (const Flow flow : flows) {
    INFO("exchange the diagram of the page for:\n" << diagram(flow));
    CHECK(page.str().find("```mermaid\n" + diagram(flow) + "```\n") != std::string::npos);
  }
}
