#include "protocol/followup/machine.h"

#include <catch2/catch.hpp>
#include <deque>
#include <fstream>
#include <set>
#include <sstream>

using namespace knoop::followup;
using knoop::matching::Outcome;

namespace {

constexpr std::array outcomes{Outcome::same_youth, Outcome::family, Outcome::someone_else};

By actor_of(Event event) {
  switch (event) {
    case Event::choose:
    case Event::decline:
    case Event::contact:
    case Event::conclude:
    case Event::assign:
    case Event::escalate:
      return By::us;
    case Event::data:
    case Event::told:
      return By::peer;
    case Event::prove:
    case Event::doubt:
    case Event::end:
    case Event::come_back:
    case Event::begin_anew:
      return By::matching;
    case Event::remind:
    case Event::pass:
    case Event::raise:
      return By::clock;
  }
  return By::clock;
}

Said late(std::optional<Outcome> outcome = {}) {
  Said said;
  said.outcome = outcome;
  said.overdue = true;
  return said;
}

// Follows a path; every step must move.
Facts follow(std::initializer_list<Event> path, Facts facts = {}) {
  for (const Event event : path) {
    const Step next = step(facts, event, actor_of(event), late(Outcome::same_youth));
    INFO(to_string(state_of(facts)) << ": " << to_string(event));
    REQUIRE(next.answer == Answer::moves);
    facts = next.facts;
  }
  return facts;
}
State after(std::initializer_list<Event> path, Facts facts = {}) {
  return state_of(follow(path, facts));
}
Facts certain() {
  Facts out;
  out.certain = true;
  return out;
}

/// Everything that can come of a match.
std::set<Facts> reachable() {
  std::set<Facts> seen;
  std::vector<Facts> next{Facts{}, certain()};
  while (!next.empty()) {
    const Facts facts = next.back();
    next.pop_back();
    if (!seen.insert(facts).second) continue;
    for (const auto& [event, name] : events)
      for (const Outcome outcome : outcomes)
        for (const bool data : {false, true}) {
          const Step moved = step(facts, event, actor_of(event), {outcome, true, data});
          if (moved.answer == Answer::moves) next.push_back(moved.facts);
        }
  }
  return seen;
}

}  // namespace

TEST_CASE("R2.7: a certain match goes from waiting for contact data over contact to its outcome") {
  CHECK(state_of(certain()) == State::awaiting);
  CHECK(after({Event::data}, certain()) == State::to_contact);
  CHECK(after({Event::data, Event::contact}, certain()) == State::contacted);
  CHECK(after({Event::data, Event::contact, Event::conclude}, certain()) == State::concluded);
  CHECK(after({Event::data, Event::conclude}, certain()) == State::concluded);
}

TEST_CASE("R2.4, R2.7: a possible match is judged, and nobody is asked to call before both want to") {
  CHECK(state_of({}) == State::to_judge);
  CHECK(after({Event::choose}) == State::awaiting);
  CHECK(after({Event::choose, Event::data}) == State::to_contact);
  CHECK(after({Event::decline}) == State::no_contact);
  CHECK(after({Event::decline, Event::choose}) == State::awaiting);
}

TEST_CASE(
    "R2.4: a certain match is no matter of choice, one that was declined and becomes certain is asked "
    "again") {
  CHECK(step(certain(), Event::choose, By::us).answer == Answer::not_now);
  CHECK(step(follow({Event::data}, certain()), Event::decline, By::us, late()).answer == Answer::not_now);
  CHECK(after({Event::decline, Event::prove}) == State::awaiting);
  CHECK(after({Event::decline, Event::prove, Event::data}) == State::to_contact);
  CHECK(after({Event::decline, Event::prove, Event::doubt}) == State::no_contact);
}

TEST_CASE(
    "R2.7: waiting is given up after the term only, and contact data that come all the same ask for "
    "contact") {
  const Facts waiting = follow({Event::choose});
  CHECK(step(waiting, Event::decline, By::us).answer == Answer::too_early);
  const Facts given_up = follow({Event::decline}, waiting);
  CHECK(state_of(given_up) == State::no_contact);
  CHECK(after({Event::data}, given_up) == State::to_contact);
  CHECK(after({Event::choose}, given_up) == State::awaiting);
}

TEST_CASE("R2.7: once contact data crossed, a task ends by contact and outcome alone, or with the match") {
  for (const Facts& facts : reachable()) {
    const State state = state_of(facts);
    if (state != State::to_contact && state != State::contacted && state != State::differing) continue;
    for (const auto& [event, name] : events) {
      const Step moved = step(facts, event, actor_of(event), {Outcome::family, true, true});
      INFO(to_string(state) << ": " << name);
      if (moved.answer != Answer::moves || is_open(moved.next)) continue;
      const bool agreed = event == Event::told && facts.own == Outcome::family;
      const bool declined_before = event == Event::doubt && facts.choice == Choice::no_contact;
      CHECK((event == Event::conclude || event == Event::end || agreed || declined_before));
    }
  }
}

TEST_CASE("R2.4: outcomes that differ are a state that talking ends, at either side") {
  Facts facts = follow({Event::data, Event::conclude}, certain());
  facts = step(facts, Event::told, By::peer, late(Outcome::someone_else)).facts;
  CHECK(state_of(facts) == State::differing);
  CHECK(state_of(step(facts, Event::conclude, By::us, late(Outcome::someone_else)).facts) ==
        State::concluded);
  CHECK(state_of(step(facts, Event::told, By::peer, late(Outcome::same_youth)).facts) == State::concluded);
  CHECK(state_of(step(facts, Event::contact, By::us).facts) == State::differing);
}

TEST_CASE("R2.7: what the peer recorded says that contact was, and leaves the own outcome to be recorded") {
  CHECK(after({Event::data, Event::told}, certain()) == State::contacted);
  CHECK(after({Event::told}, certain()) == State::awaiting);
  CHECK(after({Event::told, Event::data}, certain()) == State::contacted);
}

TEST_CASE("R2.4: a peer that sends contact data or outcomes unasked chooses nothing for us") {
  CHECK(after({Event::data}) == State::to_judge);
  CHECK(after({Event::data, Event::told}) == State::to_judge);
  CHECK(after({Event::decline, Event::data}) == State::no_contact);
  CHECK(step(follow({Event::data}), Event::conclude, By::us, late(Outcome::family)).answer ==
        Answer::not_now);
  CHECK(step(follow({Event::data}), Event::contact, By::us).answer == Answer::not_now);
}

TEST_CASE("R2.10: a match that comes back soon goes on where it was, later everything is looked at again") {
  for (const Facts& facts : reachable()) {
    if (!facts.live) continue;
    const Facts ended = step(facts, Event::end, By::matching).facts;
    CHECK(state_of(ended) == State::lapsed);
    Said back;
    back.data = facts.data;
    CHECK(step(ended, Event::come_back, By::matching, back).facts == facts);
    const Step anew = step(ended, Event::begin_anew, By::matching, back);
    INFO(to_string(anew.next));
    CHECK(is_open(anew.next));
    CHECK_FALSE(anew.facts.own);
    CHECK_FALSE(anew.facts.contacted);
    CHECK((anew.facts.choice == Choice::contact) == (facts.choice == Choice::contact));
  }
}

TEST_CASE("R2.7: every state answers every event, what does not fit or is another's to do changes nothing") {
  std::set<State> seen;
  for (const Facts& facts : reachable()) {
    const State state = state_of(facts);
    seen.insert(state);
    for (const auto& [event, name] : events)
      for (const auto& [by, actor] : actors)
        for (const bool overdue : {false, true}) {
          Said said;
          said.outcome = Outcome::family;
          said.overdue = overdue;
          const Step next = step(facts, event, by, said);
          INFO(to_string(state) << ": " << name << " by " << actor);
          CHECK(is_valid(next.next));
          CHECK(next.next == state_of(next.facts));
          if (next.answer != Answer::moves) CHECK(next.facts == facts);
          if (by != actor_of(event)) CHECK(next.answer != Answer::moves);
          if (by == By::clock && next.answer == Answer::moves) CHECK(next.facts == facts);
        }
    for (const Event event : {Event::assign, Event::escalate, Event::remind, Event::pass, Event::raise})
      CHECK((step(facts, event, actor_of(event)).answer == Answer::moves) == is_open(state));
    for (const Event event : {Event::conclude, Event::told})
      CHECK(step(facts, event, actor_of(event)).answer == Answer::not_now);
  }
  CHECK(seen.size() == states.size());
}

TEST_CASE("R2.7: from every open state a professional reaches an end, together with the other one at most") {
  std::set<Facts> ends;
  const std::set<Facts> all = reachable();
  for (const Facts& facts : all)
    if (!is_open(state_of(facts)) && facts.live) ends.insert(facts);
  for (bool grew = true; grew;) {
    grew = false;
    for (const Facts& facts : all)
      for (const Event event : {Event::choose, Event::decline, Event::contact, Event::conclude, Event::data})
        for (const Outcome outcome : outcomes) {
          const Step next = step(facts, event, actor_of(event), late(outcome));
          if (next.answer == Answer::moves && ends.contains(next.facts))
            grew = ends.insert(facts).second || grew;
        }
  }
  for (const Facts& facts : all)
    if (facts.live) CHECK(ends.contains(facts));
}

TEST_CASE("R2.7: two sides that act at once hold the same facts once everything arrived, in whatever order") {
  // Each side records two outcomes of three; messages of one direction arrive in order, the two directions interleave freely.
  struct Side {
    Facts facts;
    std::deque<Outcome> coming;
  };
  std::size_t ends = 0;
  const auto record = [](Side& side, Side& other, Outcome outcome) {
    const Step next = step(side.facts, Event::conclude, By::us, late(outcome));
    REQUIRE(next.answer == Answer::moves);
    side.facts = next.facts;
    other.coming.push_back(outcome);
  };
  const auto take = [](Side& side) {
    side.facts = step(side.facts, Event::told, By::peer, late(side.coming.front())).facts;
    side.coming.pop_front();
  };
  const auto run = [&](auto&& self, Side a, Side b, std::vector<Outcome> of_a,
                       std::vector<Outcome> of_b) -> void {
    if (of_a.empty() && of_b.empty() && a.coming.empty() && b.coming.empty()) {
      ++ends;
      CHECK(a.facts.own == b.facts.peer);
      CHECK(b.facts.own == a.facts.peer);
      CHECK(state_of(a.facts) == state_of(b.facts));
      return;
    }
    const auto branch = [&](auto&& change) {
      Side x = a;
      Side y = b;
      std::vector<Outcome> left_a = of_a;
      std::vector<Outcome> left_b = of_b;
      change(x, y, left_a, left_b);
      self(self, std::move(x), std::move(y), std::move(left_a), std::move(left_b));
    };
    if (!of_a.empty())
      branch([&](Side& x, Side& y, auto& left, auto&) {
        record(x, y, left.back());
        left.pop_back();
      });
    if (!of_b.empty())
      branch([&](Side& x, Side& y, auto&, auto& left) {
        record(y, x, left.back());
        left.pop_back();
      });
    if (!a.coming.empty()) branch([&](Side& x, Side&, auto&, auto&) { take(x); });
    if (!b.coming.empty()) branch([&](Side&, Side& y, auto&, auto&) { take(y); });
  };
  const Facts ready = follow({Event::data}, certain());
  for (const Outcome one : outcomes)
    for (const Outcome two : outcomes)
      for (const Outcome three : outcomes)
        run(run, {ready, {}}, {ready, {}}, {one, two}, {three, Outcome::same_youth});
  CHECK(ends > 27);
}

TEST_CASE("R2.7: the diagram and the table in docs/spec/followup.md are the machine's") {
  std::ifstream file(std::string(KNOOP_TEST_DIR) + "/../docs/spec/followup.md");
  std::stringstream page;
  page << file.rdbuf();
  INFO("exchange the diagram of the page for:\n" << diagram());
  CHECK(page.str().find("```mermaid\n" + diagram() + "```\n") != std::string::npos);
  INFO("exchange the table of the page for:\n" << table_page());
  CHECK(page.str().find(table_page()) != std::string::npos);
}
