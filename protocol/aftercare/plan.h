// The plan of aftercare (nazorgplan, R5.5): six months before the indicated care of a client ends, its Bureau Jeugdzorg draws up
// a plan for what comes after, and the CJG coordinates it ("Lessen en ervaringen betreffende aansluiting Centrum Jeugd en Gezin en
// Bureau Jeugdzorg", sections 2.6.4 and 2.7.4). Half a year is long enough to forget: so the day is a task with a term.
//
//   later  --half a year before the end-->  to make  --made-->        made
//     |                                        |  \--a hand-over of the kind nazorg is transferred--> made
//     \------------not needed, with words------+-->  not needed
//
// Another last day of care begins the term anew. Pure; days are days of the Netherlands.
//
// Called by node/core/aftercare_service.h and its repository.
#pragma once

#include <array>
#include <cstdint>

#include "protocol/names.h"
#include "protocol/terms/deadline.h"

namespace knoop::aftercare {

/// Numbers are stored.
enum class State : std::uint8_t { later = 1, to_make = 2, made = 3, not_needed = 4 };
inline constexpr std::array<Named<State>, 4> states{{{State::later, "later"},
                                                     {State::to_make, "op te stellen"},
                                                     {State::made, "opgesteld"},
                                                     {State::not_needed, "niet nodig"}}};
[[nodiscard]] constexpr std::string_view to_string(State state) {
  return name_in(states, state);
}
[[nodiscard]] constexpr bool is_open(State state) {
  return state == State::later || state == State::to_make;
}

/// What is owed while it is to be made.
inline constexpr std::string_view task = "nazorgplan opstellen";

inline constexpr int months_before = 6;
inline constexpr std::size_t max_words = 1000;

/// Within which the plan is made: from half a year before the last day of care on, or from `known` when that was later; never
/// beyond that last day.
[[nodiscard]] terms::Span span_of(Date ends, Date known, const terms::AgreedTerms& agreed);

}  // namespace knoop::aftercare
