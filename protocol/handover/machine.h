// The warm hand-over as a state machine (R5.1, R5.3, R5.4; "Werkprocessen CJG", part II section 4): a pure table that
// answers every state and event, with who may act and who is responsible for the child.
//
// Both organisations keep a copy. The copy of the *afzender* (who hands over) decides the order of events: what the
// ontvanger does is sent to the afzender and counts once the afzender's node has taken it, so two copies can never part
// (docs/decisions/0003). An event names the state it was decided in; when that is no longer the state, nothing changes
// and the professional sees the state as it is and decides anew.
//
// Responsibility (R5.1): it lies with the afzender until the ontvanger has confirmed the transfer, and comes back when
// the client does not arrive; never with nobody and never with two.
//
// States that this program does not reach yet (toestemming gevraagd, gereed) have their place, since the names go over
// the wire and stay in logs.
#pragma once

#include <array>
#include <optional>
#include <string>

#include "protocol/names.h"

namespace knoop::handover {

enum class State : std::uint8_t {
  draft = 1,
  consent_asked = 2,
  ready = 3,
  requested = 4,
  accepted = 5,
  refused = 6,
  counter_proposed = 7,
  conversation_planned = 8,
  conversation_held = 9,
  transferred = 10,
  arrived = 11,
  not_arrived = 12,
  fed_back = 13,
  closed = 14,
  escalated = 15,
  withdrawn = 16,
};
inline constexpr std::array<Named<State>, 16> states{{{State::draft, "concept"},
                                                      {State::consent_asked, "toestemming gevraagd"},
                                                      {State::ready, "gereed"},
                                                      {State::requested, "aangevraagd"},
                                                      {State::accepted, "geaccepteerd"},
                                                      {State::refused, "geweigerd"},
                                                      {State::counter_proposed, "ander voorstel"},
                                                      {State::conversation_planned, "gesprek gepland"},
                                                      {State::conversation_held, "gesprek gevoerd"},
                                                      {State::transferred, "overgedragen"},
                                                      {State::arrived, "aangekomen"},
                                                      {State::not_arrived, "niet aangekomen"},
                                                      {State::fed_back, "teruggekoppeld"},
                                                      {State::closed, "afgerond"},
                                                      {State::escalated, "opgeschaald"},
                                                      {State::withdrawn, "ingetrokken"}}};

enum class Event : std::uint8_t {
  request = 1,     ///< Afzender: asks, with purpose and urgency, without content.
  accept = 2,      ///< Ontvanger; afzender: agrees to the date that the ontvanger proposed.
  refuse = 3,      ///< Ontvanger, with a reason.
  propose = 4,     ///< Ontvanger: another date.
  plan = 5,        ///< Either: the driegesprek has a date.
  hold = 6,        ///< Either: the driegesprek was held.
  confirm = 7,     ///< Ontvanger: the fragments came, or there were none to come; takes the responsibility.
  arrive = 8,      ///< Ontvanger: the client was there.
  miss = 9,        ///< Either: the client did not come.
  feed_back = 10,  ///< Ontvanger: arrived, started, how it runs, how it ended (R5.4).
  close = 11,      ///< Afzender.
  escalate = 12,   ///< Either: the agreed way does not work.
  withdraw = 13,   ///< Afzender: it is no longer needed.
};
inline constexpr std::array<Named<Event>, 13> events{{{Event::request, "aanvragen"},
                                                      {Event::accept, "accepteren"},
                                                      {Event::refuse, "weigeren"},
                                                      {Event::propose, "ander voorstel doen"},
                                                      {Event::plan, "gesprek plannen"},
                                                      {Event::hold, "gesprek voeren"},
                                                      {Event::confirm, "overdracht bevestigen"},
                                                      {Event::arrive, "aangekomen melden"},
                                                      {Event::miss, "niet aangekomen melden"},
                                                      {Event::feed_back, "terugkoppelen"},
                                                      {Event::close, "afronden"},
                                                      {Event::escalate, "opschalen"},
                                                      {Event::withdraw, "intrekken"}}};

/// Which of the two organisations.
enum class Party : std::uint8_t { afzender = 1, ontvanger = 2 };
inline constexpr std::array<Named<Party>, 2> parties{
    {{Party::afzender, "afzender"}, {Party::ontvanger, "ontvanger"}}};
[[nodiscard]] constexpr Party other(Party party) {
  return party == Party::afzender ? Party::ontvanger : Party::afzender;
}

enum class Urgency : std::uint8_t { normal = 1, urgent = 2 };
inline constexpr std::array<Named<Urgency>, 2> urgencies{
    {{Urgency::normal, "normaal"}, {Urgency::urgent, "spoed"}}};

/// What a feedback tells (R5.4).
enum class Feedback : std::uint8_t { arrived = 1, started = 2, progress = 3, ended = 4 };
inline constexpr std::array<Named<Feedback>, 4> feedbacks{{{Feedback::arrived, "aangekomen"},
                                                           {Feedback::started, "gestart"},
                                                           {Feedback::progress, "verloop"},
                                                           {Feedback::ended, "afgesloten"}}};

[[nodiscard]] constexpr bool is_valid(State value) {
  return is_in(states, value);
}
[[nodiscard]] constexpr bool is_valid(Event value) {
  return is_in(events, value);
}
[[nodiscard]] constexpr bool is_valid(Party value) {
  return is_in(parties, value);
}
[[nodiscard]] constexpr bool is_valid(Urgency value) {
  return is_in(urgencies, value);
}
[[nodiscard]] constexpr bool is_valid(Feedback value) {
  return is_in(feedbacks, value);
}
[[nodiscard]] constexpr std::string_view to_string(State value) {
  return name_in(states, value);
}
[[nodiscard]] constexpr std::string_view to_string(Event value) {
  return name_in(events, value);
}
[[nodiscard]] constexpr std::string_view to_string(Party value) {
  return name_in(parties, value);
}
[[nodiscard]] constexpr std::string_view to_string(Urgency value) {
  return name_in(urgencies, value);
}
[[nodiscard]] constexpr std::string_view to_string(Feedback value) {
  return name_in(feedbacks, value);
}

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
[[nodiscard]] Step step(State state, Party responsible, Event event, Party by);
/// Nothing can happen any more.
[[nodiscard]] bool is_final(State state);
/// The table as a Mermaid state diagram, for docs/spec/handover.md; a test fails when the page differs.
[[nodiscard]] std::string diagram();

}  // namespace knoop::handover
