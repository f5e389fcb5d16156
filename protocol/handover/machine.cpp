#include "protocol/handover/machine.h"

#include <fmt/format.h>

#include <algorithm>

namespace knoop::handover {
namespace {

enum class By : std::uint8_t { afzender, ontvanger, either };
enum class In : std::uint8_t { both, transfer, advice };

struct Row {
  State from;
  Event event;
  By by;
  State to;
  In in = In::both;
};

// The flow of the source, step by step; whoever changes it changes docs/spec/handover.md with it.
constexpr std::array table{
    Row{State::draft, Event::ask_consent, By::afzender, State::consent_asked},
    Row{State::draft, Event::prepared, By::afzender, State::ready},
    Row{State::draft, Event::request, By::afzender, State::requested},
    Row{State::draft, Event::withdraw, By::afzender, State::withdrawn},

    Row{State::consent_asked, Event::prepared, By::afzender, State::ready},
    Row{State::consent_asked, Event::withdraw, By::afzender, State::withdrawn},

    Row{State::ready, Event::request, By::afzender, State::requested},
    Row{State::ready, Event::ask_consent, By::afzender, State::consent_asked},
    Row{State::ready, Event::withdraw, By::afzender, State::withdrawn},

    Row{State::requested, Event::accept, By::ontvanger, State::accepted},
    Row{State::requested, Event::refuse, By::ontvanger, State::refused},
    Row{State::requested, Event::propose, By::ontvanger, State::counter_proposed},
    Row{State::requested, Event::withdraw, By::afzender, State::withdrawn},
    Row{State::requested, Event::escalate, By::either, State::escalated},

    Row{State::counter_proposed, Event::accept, By::afzender, State::accepted},
    Row{State::counter_proposed, Event::request, By::afzender, State::requested},
    Row{State::counter_proposed, Event::propose, By::ontvanger, State::counter_proposed},
    Row{State::counter_proposed, Event::refuse, By::ontvanger, State::refused},
    Row{State::counter_proposed, Event::withdraw, By::afzender, State::withdrawn},
    Row{State::counter_proposed, Event::escalate, By::either, State::escalated},

    Row{State::refused, Event::request, By::afzender, State::requested},
    Row{State::refused, Event::close, By::afzender, State::closed},
    Row{State::refused, Event::escalate, By::afzender, State::escalated},

    Row{State::accepted, Event::plan, By::either, State::conversation_planned},
    Row{State::accepted, Event::advise, By::ontvanger, State::advised, In::advice},
    Row{State::accepted, Event::withdraw, By::afzender, State::withdrawn},
    Row{State::accepted, Event::escalate, By::either, State::escalated},

    Row{State::conversation_planned, Event::plan, By::either, State::conversation_planned},
    Row{State::conversation_planned, Event::hold, By::either, State::conversation_held},
    Row{State::conversation_planned, Event::advise, By::ontvanger, State::advised, In::advice},
    Row{State::conversation_planned, Event::withdraw, By::afzender, State::withdrawn},
    Row{State::conversation_planned, Event::escalate, By::either, State::escalated},

    Row{State::conversation_held, Event::plan, By::either, State::conversation_planned},
    Row{State::conversation_held, Event::confirm, By::ontvanger, State::transferred, In::transfer},
    Row{State::conversation_held, Event::advise, By::ontvanger, State::advised, In::advice},
    Row{State::conversation_held, Event::withdraw, By::afzender, State::withdrawn},
    Row{State::conversation_held, Event::escalate, By::either, State::escalated},

    Row{State::transferred, Event::arrive, By::ontvanger, State::arrived, In::transfer},
    Row{State::transferred, Event::miss, By::either, State::not_arrived, In::transfer},
    Row{State::transferred, Event::escalate, By::either, State::escalated, In::transfer},

    Row{State::arrived, Event::feed_back, By::ontvanger, State::fed_back, In::transfer},
    Row{State::arrived, Event::miss, By::ontvanger, State::not_arrived, In::transfer},
    Row{State::arrived, Event::escalate, By::either, State::escalated, In::transfer},

    Row{State::fed_back, Event::feed_back, By::ontvanger, State::fed_back, In::transfer},
    Row{State::fed_back, Event::close, By::afzender, State::closed, In::transfer},
    Row{State::fed_back, Event::escalate, By::either, State::escalated, In::transfer},

    Row{State::not_arrived, Event::contact_client, By::afzender, State::client_contacted, In::transfer},
    Row{State::not_arrived, Event::arrive, By::ontvanger, State::arrived, In::transfer},
    Row{State::not_arrived, Event::escalate, By::either, State::escalated, In::transfer},

    Row{State::client_contacted, Event::not_needed, By::afzender, State::closed, In::transfer},
    Row{State::client_contacted, Event::same_risk, By::afzender, State::motivating, In::transfer},
    Row{State::client_contacted, Event::other_risk, By::afzender, State::reassessing, In::transfer},
    Row{State::client_contacted, Event::arrive, By::ontvanger, State::arrived, In::transfer},
    Row{State::client_contacted, Event::escalate, By::either, State::escalated, In::transfer},

    Row{State::motivating, Event::arrive, By::ontvanger, State::arrived, In::transfer},
    Row{State::motivating, Event::plan, By::either, State::conversation_planned, In::transfer},
    Row{State::motivating, Event::same_risk, By::afzender, State::alternative_offered, In::transfer},
    Row{State::motivating, Event::other_risk, By::afzender, State::reassessing, In::transfer},
    Row{State::motivating, Event::escalate, By::either, State::escalated, In::transfer},

    Row{State::alternative_offered, Event::accept_alternative, By::afzender, State::closed, In::transfer},
    Row{State::alternative_offered, Event::arrive, By::ontvanger, State::arrived, In::transfer},
    Row{State::alternative_offered, Event::plan, By::either, State::conversation_planned, In::transfer},
    Row{State::alternative_offered, Event::same_risk, By::afzender, State::brought_into_mdo, In::transfer},
    Row{State::alternative_offered, Event::other_risk, By::afzender, State::reassessing, In::transfer},
    Row{State::alternative_offered, Event::escalate, By::either, State::escalated, In::transfer},

    Row{State::brought_into_mdo, Event::arrive, By::ontvanger, State::arrived, In::transfer},
    Row{State::brought_into_mdo, Event::plan, By::either, State::conversation_planned, In::transfer},
    Row{State::brought_into_mdo, Event::close, By::afzender, State::closed, In::transfer},
    Row{State::brought_into_mdo, Event::escalate, By::either, State::escalated, In::transfer},

    Row{State::reassessing, Event::arrive, By::ontvanger, State::arrived, In::transfer},
    Row{State::reassessing, Event::plan, By::either, State::conversation_planned, In::transfer},
    Row{State::reassessing, Event::close, By::afzender, State::closed, In::transfer},
    Row{State::reassessing, Event::escalate, By::either, State::escalated, In::transfer},

    Row{State::advised, Event::advise, By::ontvanger, State::advised, In::advice},
    Row{State::advised, Event::plan, By::either, State::conversation_planned, In::advice},
    Row{State::advised, Event::close, By::afzender, State::closed, In::advice},
    Row{State::advised, Event::escalate, By::either, State::escalated, In::advice},

    Row{State::escalated, Event::plan, By::either, State::conversation_planned},
    Row{State::escalated, Event::close, By::afzender, State::closed},
    Row{State::escalated, Event::withdraw, By::afzender, State::withdrawn},
};

constexpr bool may(By by, Party party) {
  return by == By::either || (by == By::afzender) == (party == Party::afzender);
}

constexpr std::string_view to_string(By by) {
  switch (by) {
    case By::afzender:
      return "afzender";
    case By::ontvanger:
      return "ontvanger";
    case By::either:
      return "beiden";
  }
  return "";
}

constexpr bool applies(In in, Flow flow) {
  return in == In::both || (in == In::advice) == (flow == Flow::advice);
}

Party responsible_in(State next, Party before) {
  if (next == State::transferred || next == State::arrived) return Party::ontvanger;
  if (next == State::not_arrived) return Party::afzender;
  return before;
}

const Row* row_of(Flow flow, State state, Event event) {
  const auto found = std::ranges::find_if(table, [&](const Row& row) {
    return row.from == state && row.event == event && applies(row.in, flow);
  });
  return found == table.end() ? nullptr : &*found;
}

}  // namespace

bool is_final(State state) {
  return std::ranges::none_of(table, [&](const Row& row) { return row.from == state; });
}

bool is_local(State state) {
  return state == State::draft || state == State::consent_asked || state == State::ready;
}

Step step(Flow flow, State state, Party responsible, Event event, Party by) {
  // More time is given in every state that both know and that is not the end; nothing else changes.
  if (event == Event::pause && !is_local(state) && !is_final(state))
    return {Answer::moves, state, responsible};
  const Row* row = row_of(flow, state, event);
  if (row == nullptr) return {Answer::not_now, state, responsible};
  if (!may(row->by, by)) return {Answer::not_by_them, state, responsible};
  return {Answer::moves, row->to, responsible_in(row->to, responsible)};
}

std::string diagram(Flow flow) {
  const auto shown = [&](auto&& wanted) {
    return std::ranges::any_of(table, [&](const Row& row) { return applies(row.in, flow) && wanted(row); });
  };
  std::string out = fmt::format("stateDiagram-v2\n  [*] --> s{}\n", static_cast<unsigned>(State::draft));
  for (const auto& [state, name] : states)
    if (shown([&](const Row& row) { return row.from == state || row.to == state; }))
      out += fmt::format("  s{} : {}\n", static_cast<unsigned>(state), name);
  for (const Row& row : table)
    if (applies(row.in, flow))
      out += fmt::format("  s{} --> s{} : {} ({})\n", static_cast<unsigned>(row.from),
                         static_cast<unsigned>(row.to), handover::to_string(row.event), to_string(row.by));
  for (const auto& [state, name] : states)
    if (is_final(state) && shown([&](const Row& row) { return row.to == state; }))
      out += fmt::format("  s{} --> [*]\n", static_cast<unsigned>(state));
  return out;
}

}  // namespace knoop::handover
