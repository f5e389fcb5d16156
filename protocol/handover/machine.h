// The warm hand-over as a state machine (R5.1, R5.3, R5.4, R5.5; "Werkprocessen CJG", part II section 4): a pure table that
// answers every state and event, with who may act and who is responsible for the child.
//
// Both organisations keep a copy. The copy of the *afzender* (who hands over) decides the order of events: what the
// ontvanger does is sent to the afzender and counts once the afzender's node has taken it, so two copies can never part
// (docs/decisions/0003). An event names the state it was decided in; when that is no longer the state, nothing changes
// and the professional sees the state as it is and decides anew.
//
// Responsibility (R5.1): it lies with the afzender until the ontvanger has confirmed the transfer, and comes back when
// the client does not arrive; never with nobody and never with two. When advice is asked it never moves.
//
// A client that does not arrive (R5.3) goes the way of the flow chart: the afzender speaks with the client; is the referral
// still justified, is the risk the same? Then the client is motivated, then another offer is made, then the case goes to the
// MDO. Another risk is judged anew. At each place the client can still arrive.
//
// A refusal ends nothing: the child is still the afzender's, who asks again or says what happens instead.
#pragma once

#include <string>

#include "protocol/handover/names.h"

namespace knoop::handover {

/// The table's answer to an event.
enum class Answer : std::uint8_t {
  moves,        ///< The hand-over is in the new state.
  not_now,      ///< The event has no meaning in this state.
  not_by_them,  ///< It has, but this party may not do it.
};
struct Step {
  Answer answer = Answer::not_now;
  State next{};         ///< When it moves.
  Party responsible{};  ///< For the child, afterwards.
};

/// What `event` by `by` does in `state`, in which `responsible` bears the responsibility. Total and pure.
[[nodiscard]] Step step(Flow flow, State state, Party responsible, Event event, Party by);
/// Nothing can happen any more.
[[nodiscard]] bool is_final(State state);
/// Only the afzender knows of it: nothing was asked yet.
[[nodiscard]] bool is_local(State state);
/// Half of the table as a Mermaid state diagram, for docs/spec/handover.md; a test fails when the page differs.
[[nodiscard]] std::string diagram(Flow flow);

}  // namespace knoop::handover
