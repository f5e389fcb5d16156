// The words of a hand-over that go over the wire and stay in logs (docs/spec/handover.md): states, events, parties. Numbers and
// names are never changed and never used again. Source: "Werkprocessen CJG", part II section 4, with its flow chart; the
// four feedback events are those of the study of CJG and Bureau Jeugdzorg (goed aangekomen, gestart, verloop, einde).
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

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
  client_contacted = 17,
  motivating = 18,
  alternative_offered = 19,
  brought_into_mdo = 20,
  reassessing = 21,
  advised = 22,
};
inline constexpr std::array<Named<State>, 22> states{{{State::draft, "concept"},
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
                                                      {State::withdrawn, "ingetrokken"},
                                                      {State::client_contacted, "cliënt gesproken"},
                                                      {State::motivating, "cliënt motiveren"},
                                                      {State::alternative_offered, "alternatief aangeboden"},
                                                      {State::brought_into_mdo, "ingebracht in MDO"},
                                                      {State::reassessing, "risico opnieuw beoordelen"},
                                                      {State::advised, "advies gegeven"}}};

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
  contact_client = 14,      ///< Afzender: why did the client not come? Also that nobody can be reached.
  not_needed = 15,          ///< Afzender: the referral is not justified any more, the risk is gone.
  same_risk = 16,           ///< Afzender: still justified, the risk is what it was; the next thing is tried.
  other_risk = 17,          ///< Afzender: the risk is another one and is judged anew, outside this hand-over.
  accept_alternative = 18,  ///< Afzender: the client takes the other offer.
  advise = 19,              ///< Ontvanger of a consult or inbreng.
  ask_consent = 20,         ///< Afzender, before the request.
  prepared = 21,            ///< Afzender, before the request: everything is collected.
  pause = 22,               ///< Who waits gives the other more time, to a date (R5.2).
};
inline constexpr std::array<Named<Event>, 22> events{{{Event::request, "aanvragen"},
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
                                                      {Event::withdraw, "intrekken"},
                                                      {Event::contact_client, "cliënt spreken"},
                                                      {Event::not_needed, "niet meer nodig"},
                                                      {Event::same_risk, "zelfde risico"},
                                                      {Event::other_risk, "ander risico"},
                                                      {Event::accept_alternative, "alternatief aanvaarden"},
                                                      {Event::advise, "advies geven"},
                                                      {Event::ask_consent, "toestemming vragen"},
                                                      {Event::prepared, "voorbereiding afronden"},
                                                      {Event::pause, "opschorten"}}};

/// What is asked of the other organisation (R5.1, R5.5).
enum class Kind : std::uint8_t {
  handover = 1,  ///< Warme overdracht.
  back_referral =
      2,          ///< Terugverwijzing: who took over, or Bureau Jeugdzorg, refers to (or back to) a partner.
  aftercare = 3,  ///< Nazorg: the coordination after indicated care ends.
  consult = 4,    ///< Expertise is asked; the child stays where it is.
  bringing_in =
      5,  ///< Inbreng: Bureau Jeugdzorg brings a case to the partners; it stays with Bureau Jeugdzorg.
};
inline constexpr std::array<Named<Kind>, 5> kinds{{{Kind::handover, "warme overdracht"},
                                                   {Kind::back_referral, "terugverwijzing"},
                                                   {Kind::aftercare, "nazorg"},
                                                   {Kind::consult, "consult"},
                                                   {Kind::bringing_in, "inbreng"}}};

/// Which half of the table a kind follows: the responsibility moves, or advice is given.
enum class Flow : std::uint8_t { transfer, advice };
[[nodiscard]] constexpr Flow flow_of(Kind kind) {
  return kind == Kind::consult || kind == Kind::bringing_in ? Flow::advice : Flow::transfer;
}

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
[[nodiscard]] constexpr bool is_valid(Kind value) {
  return is_in(kinds, value);
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
[[nodiscard]] constexpr std::string_view to_string(Kind value) {
  return name_in(kinds, value);
}
[[nodiscard]] constexpr std::string_view to_string(Urgency value) {
  return name_in(urgencies, value);
}
[[nodiscard]] constexpr std::string_view to_string(Feedback value) {
  return name_in(feedbacks, value);
}

}  // namespace knoop::handover
