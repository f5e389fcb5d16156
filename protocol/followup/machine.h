// The follow-up of a match as a state machine (R2.4, R2.7): "both entered it and nobody called" must be impossible to miss, so
// every live match is in a state that asks something of somebody until contact was made and its outcome recorded, or a
// professional ended it with a reason.
//
// The state is not stored as a truth of its own: it follows from the facts that the match and the task hold (state_of). The
// table says which event has a meaning in which state and who may cause it; apply() says what an event changes in the facts.
// Both are total and pure, so every state answers every event.
//
// Each organisation has its own task and its own state. What they share are the facts that messages carry: that contact is
// wanted (never that it is not), contact data, and the outcome. Each of these is one side's own and only tells what it last
// said, in order; so once nothing is on its way both hold the same facts, whatever crossed: what one recorded is what the
// other was told. Outcomes that differ are a state of their own at both sides, that only talking ends.
//
// A hostile peer can tell outcomes and send contact data early. Neither chooses contact for us, and nothing that a peer does
// ends a task of ours, but that it comes to agree with our outcome, and the end of the match itself, which it can cause by
// withdrawing; when the match comes back soon, so does the task, as late as it was.
#pragma once

#include <optional>
#include <string>

#include "protocol/followup/names.h"
#include "protocol/matching/messages.h"

namespace knoop::followup {

enum class Choice : std::uint8_t { none = 0, contact = 1, no_contact = 2 };

/// What is known of one match at one side, since the task began.
struct Facts {
  bool live = true;
  bool certain = false;
  Choice choice = Choice::none;  ///< Ours.
  bool given_up = false;         ///< We wanted contact and stopped waiting for the other side.
  bool data = false;             ///< The peer's contact data are here.
  bool contacted = false;        ///< By our own word.
  std::optional<matching::Outcome> own;
  std::optional<matching::Outcome> peer;
  friend bool operator==(const Facts&, const Facts&) = default;
  friend auto operator<=>(const Facts&, const Facts&) = default;
};

[[nodiscard]] State state_of(const Facts& facts);

/// What goes with an event.
struct Said {
  std::optional<matching::Outcome> outcome{};  ///< With conclude and told.
  bool overdue = false;  ///< With decline: the term of the state has passed, waiting may be given up.
  bool data = false;     ///< With come_back and begin_anew: contact data of before are still here.
};

enum class Answer : std::uint8_t {
  moves,        ///< The facts are the new ones; the state may be the same.
  not_now,      ///< The event has no meaning in this state.
  not_by_them,  ///< It has, but not by them.
  too_early,    ///< Waiting is not given up within the term.
};
struct Step {
  Answer answer = Answer::not_now;
  Facts facts;  ///< Afterwards; unchanged unless it moves.
  State next{};
};
[[nodiscard]] Step step(const Facts& facts, Event event, By by, const Said& said = {});

/// Every state that can be reached, and which event leads to which, as a Mermaid diagram; and which event may happen in which
/// state, as a table. Both stand in docs/spec/followup.md; a test fails when the page differs.
[[nodiscard]] std::string diagram();
[[nodiscard]] std::string table_page();

}  // namespace knoop::followup
