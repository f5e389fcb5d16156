#include "protocol/followup/machine.h"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>
#include <set>
#include <tuple>
#include <vector>

namespace knoop::followup {
namespace {

using matching::Outcome;

class States {
 public:
  constexpr States(std::initializer_list<State> all) {
    for (const State state : all) bits_ |= 1U << static_cast<unsigned>(state);
  }
  friend constexpr bool operator==(const States&, const States&) = default;
  [[nodiscard]] constexpr bool has(State state) const {
    return (bits_ >> static_cast<unsigned>(state) & 1U) != 0;
  }

 private:
  unsigned bits_ = 0;
};

constexpr States open{State::to_judge, State::awaiting, State::to_contact, State::contacted,
                      State::differing};
constexpr States live{State::to_judge,  State::awaiting,  State::to_contact, State::contacted,
                      State::differing, State::concluded, State::no_contact};
constexpr States all{State::to_judge,  State::awaiting,  State::to_contact, State::contacted,
                     State::differing, State::concluded, State::no_contact, State::lapsed};

struct Row {
  Event event;
  By by;
  States in;
};
// Whoever changes it changes docs/spec/followup.md with it.
constexpr std::array table{
    Row{Event::choose,
        By::us,
        {State::to_judge, State::awaiting, State::to_contact, State::contacted, State::no_contact}},
    Row{Event::decline, By::us, {State::to_judge, State::awaiting, State::no_contact}},
    Row{Event::contact, By::us, {State::to_contact, State::contacted, State::differing}},
    Row{Event::conclude, By::us, {State::to_contact, State::contacted, State::differing, State::concluded}},
    Row{Event::assign, By::us, open},
    Row{Event::escalate, By::us, open},
    Row{Event::data, By::peer, live},
    Row{Event::told, By::peer, all},
    Row{Event::prove, By::matching, live},
    Row{Event::doubt, By::matching, live},
    Row{Event::end, By::matching, live},
    Row{Event::come_back, By::matching, {State::lapsed}},
    Row{Event::begin_anew, By::matching, {State::lapsed}},
    Row{Event::remind, By::clock, open},
    Row{Event::pass, By::clock, open},
    Row{Event::raise, By::clock, open},
};
static_assert(table.size() == events.size());

const Row& row_of(Event event) {
  return *std::ranges::find(table, event, &Row::event);
}

bool wants_contact(const Facts& facts) {
  return facts.certain || facts.choice == Choice::contact;
}

Facts apply(Facts facts, Event event, const Said& said) {
  switch (event) {
    case Event::choose:
      facts.choice = Choice::contact;
      facts.given_up = false;
      break;
    case Event::decline:
      facts.given_up = wants_contact(facts);
      if (!facts.given_up) facts.choice = Choice::no_contact;
      break;
    case Event::contact:
      facts.contacted = true;
      break;
    case Event::conclude:
      facts.own = said.outcome;
      break;
    case Event::told:
      facts.peer = said.outcome;
      break;
    case Event::data:
      facts.data = true;
      break;
    case Event::prove:
      facts.certain = true;
      break;
    case Event::doubt:
      facts.certain = false;
      break;
    case Event::end:
      facts.live = false;
      break;
    case Event::come_back:
      facts.live = true;
      facts.data = said.data;
      break;
    case Event::begin_anew: {
      // That contact is wanted was told to the peer and stands; everything else is to be looked at again.
      Facts anew;
      anew.certain = facts.certain;
      anew.data = said.data;
      if (facts.choice == Choice::contact) anew.choice = Choice::contact;
      return anew;
    }
    case Event::assign:
    case Event::escalate:
    case Event::remind:
    case Event::pass:
    case Event::raise:
      break;
  }
  return facts;
}

bool needs_outcome(Event event) {
  return event == Event::conclude || event == Event::told;
}

using Edge = std::tuple<State, State, Event>;

/// Every change of state that is possible from a match that was just found.
std::set<Edge> edges() {
  constexpr std::array outcomes{Outcome::same_youth, Outcome::family, Outcome::someone_else};
  std::set<Edge> out;
  std::set<Facts> seen;
  std::vector<Facts> next;
  const auto add = [&](const Facts& facts) {
    if (seen.insert(facts).second) next.push_back(facts);
  };
  for (const bool certain : {false, true}) {
    Facts found;
    found.certain = certain;
    add(found);
  }
  while (!next.empty()) {
    const Facts facts = next.back();
    next.pop_back();
    for (const Row& row : table)
      for (const Outcome outcome : outcomes)
        for (const bool data : {false, true}) {
          const Step moved = step(facts, row.event, row.by, {outcome, true, data});
          if (moved.answer != Answer::moves) continue;
          if (moved.next != state_of(facts)) out.insert({state_of(facts), moved.next, row.event});
          add(moved.facts);
        }
  }
  return out;
}

}  // namespace

State state_of(const Facts& facts) {
  if (!facts.live) return State::lapsed;
  if (facts.own) return facts.peer && *facts.peer != *facts.own ? State::differing : State::concluded;
  if (!wants_contact(facts)) return facts.choice == Choice::no_contact ? State::no_contact : State::to_judge;
  if (!facts.data) return facts.given_up ? State::no_contact : State::awaiting;
  return facts.contacted || facts.peer ? State::contacted : State::to_contact;
}

Step step(const Facts& facts, Event event, By by, const Said& said) {
  const State state = state_of(facts);
  const auto refuse = [&](Answer answer) { return Step{answer, facts, state}; };
  const Row& row = row_of(event);
  if (!row.in.has(state)) return refuse(Answer::not_now);
  if (row.by != by) return refuse(Answer::not_by_them);
  // A certain match is no matter of choice.
  if (event == Event::choose && facts.certain) return refuse(Answer::not_now);
  if (event == Event::decline && state == State::awaiting && !said.overdue) return refuse(Answer::too_early);
  if (needs_outcome(event) && !said.outcome) return refuse(Answer::not_now);
  const Facts after = apply(facts, event, said);
  return {Answer::moves, after, state_of(after)};
}

std::string diagram() {
  std::string out =
      fmt::format("stateDiagram-v2\n  [*] --> s{}\n  [*] --> s{}\n", static_cast<unsigned>(State::to_judge),
                  static_cast<unsigned>(State::awaiting));
  for (const auto& [state, name] : states)
    out += fmt::format("  s{} : {}\n", static_cast<unsigned>(state), name);
  for (const auto& [from, to, event] : edges())
    out += fmt::format("  s{} --> s{} : {} ({})\n", static_cast<unsigned>(from), static_cast<unsigned>(to),
                       to_string(event), to_string(row_of(event).by));
  return out;
}

std::string table_page() {
  std::string out = "| event | by | in |\n| --- | --- | --- |\n";
  for (const Row& row : table) {
    std::string in;
    if (row.in == open)
      in = "every open state";
    else if (row.in == live)
      in = "every state but *vervallen*";
    else if (row.in == all)
      in = "every state";
    else
      for (const auto& [state, name] : states)
        if (row.in.has(state)) in += fmt::format("{}*{}*", in.empty() ? "" : ", ", name);
    out += fmt::format("| {} {} | {} | {} |\n", static_cast<unsigned>(row.event), to_string(row.event),
                       to_string(row.by), in);
  }
  return out;
}

}  // namespace knoop::followup
