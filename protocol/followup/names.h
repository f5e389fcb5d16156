// The words of the follow-up of a match (R2.7, docs/spec/followup.md): states, events, what is owed, and the closed lists a
// professional chooses from. Closed lists and no free text: what a task says about a child is that it exists. Numbers are
// stored, names stand in logs and on screens; neither is changed or used again.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "protocol/names.h"

namespace knoop::followup {

/// The first five ask something of somebody.
enum class State : std::uint8_t {
  to_judge = 1,    ///< Possible or family: does the professional want contact?
  awaiting = 2,    ///< Contact is wanted; contact data of the other side have not come.
  to_contact = 3,  ///< They have; nobody called yet.
  contacted =
      4,  ///< Contact was made, by the own word or the peer's; what came of it is to be recorded here.
  differing = 5,  ///< Both recorded an outcome, and the two differ.
  concluded = 6,
  no_contact = 7,  ///< Ended without contact, with a reason.
  lapsed = 8,      ///< The match is no more.
};
inline constexpr std::array<Named<State>, 8> states{{{State::to_judge, "te beoordelen"},
                                                     {State::awaiting, "wacht op de andere organisatie"},
                                                     {State::to_contact, "contact opnemen"},
                                                     {State::contacted, "contact geweest"},
                                                     {State::differing, "uitkomsten verschillen"},
                                                     {State::concluded, "afgehandeld"},
                                                     {State::no_contact, "geen contact"},
                                                     {State::lapsed, "vervallen"}}};
/// Something is still to be done.
[[nodiscard]] constexpr bool is_open(State state) {
  return state <= State::differing;
}

enum class Event : std::uint8_t {
  choose = 1,       ///< A professional of ours wants contact.
  decline = 2,      ///< Does not, or gives up waiting.
  contact = 3,      ///< Made contact.
  conclude = 4,     ///< Recorded, or corrected, the outcome.
  assign = 5,       ///< Another owner.
  escalate = 6,     ///< Cannot get further alone.
  data = 7,         ///< The peer's contact data came.
  told = 8,         ///< The peer told its outcome.
  prove = 9,        ///< The match became certain.
  doubt = 10,       ///< It is certain no longer.
  end = 11,         ///< The match ended.
  come_back = 12,   ///< It is back soon: the same task goes on.
  begin_anew = 13,  ///< It is back after a while: a new task.
  remind = 14,      ///< The term is nearly over.
  pass = 15,        ///< It is over.
  raise = 16,       ///< It has been over for so long that others are told.
};
inline constexpr std::array<Named<Event>, 16> events{{{Event::choose, "contact kiezen"},
                                                      {Event::decline, "geen contact kiezen"},
                                                      {Event::contact, "contact vastleggen"},
                                                      {Event::conclude, "uitkomst vastleggen"},
                                                      {Event::assign, "toewijzen"},
                                                      {Event::escalate, "opschalen"},
                                                      {Event::data, "contactgegevens ontvangen"},
                                                      {Event::told, "uitkomst ontvangen"},
                                                      {Event::prove, "zeker geworden"},
                                                      {Event::doubt, "niet meer zeker"},
                                                      {Event::end, "vervallen"},
                                                      {Event::come_back, "teruggekomen"},
                                                      {Event::begin_anew, "opnieuw begonnen"},
                                                      {Event::remind, "herinnerd"},
                                                      {Event::pass, "te laat"},
                                                      {Event::raise, "opgeschaald door de termijn"}}};

/// Who may cause an event.
enum class By : std::uint8_t { us = 1, peer = 2, matching = 3, clock = 4 };
inline constexpr std::array<Named<By>, 4> actors{
    {{By::us, "wij"}, {By::peer, "zij"}, {By::matching, "de match"}, {By::clock, "de klok"}}};

/// How contact was made.
enum class Way : std::uint8_t { phone = 1, meeting = 2, message = 3, already = 4 };
inline constexpr std::array<Named<Way>, 4> ways{{{Way::phone, "telefoon"},
                                                 {Way::meeting, "gesprek"},
                                                 {Way::message, "beveiligd bericht"},
                                                 {Way::already, "was er al"}}};

/// Why it ended without contact.
enum class Reason : std::uint8_t { not_needed = 1, client_objects = 2, known = 3, no_answer = 4 };
inline constexpr std::array<Named<Reason>, 4> reasons{
    {{Reason::not_needed, "geen aanleiding"},
     {Reason::client_objects, "cliënt heeft bezwaar"},
     {Reason::known, "bekend dat het een ander is"},
     {Reason::no_answer, "geen antwoord van de andere organisatie"}}};

/// Why it is escalated (R6.4).
enum class Trouble : std::uint8_t { unreachable = 1, disagree = 2, agreement = 3, capacity = 4, safety = 5 };
inline constexpr std::array<Named<Trouble>, 5> troubles{{{Trouble::unreachable, "niet bereikbaar"},
                                                         {Trouble::disagree, "oneens"},
                                                         {Trouble::agreement, "afspraak niet nagekomen"},
                                                         {Trouble::capacity, "geen capaciteit"},
                                                         {Trouble::safety, "acute veiligheid"}}};

/// What is owed.
enum class Task : std::uint8_t { judge = 1, await = 2, contact = 3, record = 4, settle = 5 };
inline constexpr std::array<Named<Task>, 5> tasks{{{Task::judge, "beoordelen en contact kiezen"},
                                                   {Task::await, "antwoorden op de match"},
                                                   {Task::contact, "contact opnemen en vastleggen"},
                                                   {Task::record, "uitkomst vastleggen"},
                                                   {Task::settle, "verschil in uitkomst bespreken"}}};

[[nodiscard]] constexpr bool is_valid(State value) {
  return is_in(states, value);
}
[[nodiscard]] constexpr bool is_valid(Way value) {
  return is_in(ways, value);
}
[[nodiscard]] constexpr bool is_valid(Reason value) {
  return is_in(reasons, value);
}
[[nodiscard]] constexpr bool is_valid(Trouble value) {
  return is_in(troubles, value);
}
[[nodiscard]] constexpr bool is_valid(Task value) {
  return is_in(tasks, value);
}
[[nodiscard]] constexpr std::string_view to_string(State value) {
  return name_in(states, value);
}
[[nodiscard]] constexpr std::string_view to_string(Event value) {
  return name_in(events, value);
}
[[nodiscard]] constexpr std::string_view to_string(By value) {
  return name_in(actors, value);
}
[[nodiscard]] constexpr std::string_view to_string(Way value) {
  return name_in(ways, value);
}
[[nodiscard]] constexpr std::string_view to_string(Reason value) {
  return name_in(reasons, value);
}
[[nodiscard]] constexpr std::string_view to_string(Trouble value) {
  return name_in(troubles, value);
}
[[nodiscard]] constexpr std::string_view to_string(Task value) {
  return name_in(tasks, value);
}

}  // namespace knoop::followup
