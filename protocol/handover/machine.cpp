#include "protocol/handover/machine.h"

#include <fmt/format.h>

#include <algorithm>

namespace knoop::handover {
namespace {

enum class By : std::uint8_t { afzender, ontvanger, either };

struct Row {
  State from;
  Event event;
  By by;
  State to;
};

// The flow of the source, step by step; whoever changes it changes docs/spec/handover.md with it.
constexpr std::array table{
    Row{State::draft, Event::request, By::afzender, State::requested},
    Row{State::draft, Event::withdraw, By::afzender, State::withdrawn},

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

    Row{State::accepted, Event::plan, By::either, State::conversation_planned},
    Row{State::accepted, Event::withdraw, By::afzender, State::withdrawn},
    Row{State::accepted, Event::escalate, By::either, State::escalated},

    Row{State::conversation_planned, Event::plan, By::either, State::conversation_planned},
    Row{State::conversation_planned, Event::hold, By::either, State::conversation_held},
    Row{State::conversation_planned, Event::withdraw, By::afzender, State::withdrawn},
    Row{State::conversation_planned, Event::escalate, By::either, State::escalated},

    Row{State::conversation_held, Event::confirm, By::ontvanger, State::transferred},
    Row{State::conversation_held, Event::withdraw, By::afzender, State::withdrawn},
    Row{State::conversation_held, Event::escalate, By::either, State::escalated},

    Row{State::transferred, Event::arrive, By::ontvanger, State::arrived},
    Row{State::transferred, Event::miss, By::either, State::not_arrived},
    Row{State::transferred, Event::escalate, By::either, State::escalated},

    Row{State::not_arrived, Event::arrive, By::ontvanger, State::arrived},
    Row{State::not_arrived, Event::plan, By::either, State::conversation_planned},
    Row{State::not_arrived, Event::close, By::afzender, State::closed},
    Row{State::not_arrived, Event::escalate, By::either, State::escalated},

    Row{State::arrived, Event::feed_back, By::ontvanger, State::fed_back},
    Row{State::arrived, Event::miss, By::ontvanger, State::not_arrived},
    Row{State::arrived, Event::escalate, By::either, State::escalated},

    Row{State::fed_back, Event::feed_back, By::ontvanger, State::fed_back},
    Row{State::fed_back, Event::close, By::afzender, State::closed},
    Row{State::fed_back, Event::escalate, By::either, State::escalated},

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

Party responsible_in(State next, Party before) {
  if (next == State::transferred || next == State::arrived) return Party::ontvanger;
  if (next == State::not_arrived) return Party::afzender;
  return before;
}

}  // namespace

Step step(State state, Party responsible, Event event, Party by) {
  const auto found =
      std::ranges::find_if(table, [&](const Row& row) { return row.from == state && row.event == event; });
  if (found == table.end()) return {Answer::not_now, state, responsible};
  if (!may(found->by, by)) return {Answer::not_by_them, state, responsible};
  return {Answer::moves, found->to, responsible_in(found->to, responsible)};
}

bool is_final(State state) {
  return std::ranges::none_of(table, [&](const Row& row) { return row.from == state; });
}

std::string diagram() {
  std::string out = fmt::format("stateDiagram-v2\n  [*] --> s{}\n", static_cast<unsigned>(State::draft));
  for (const auto& [state, name] : states)
    if (std::ranges::any_of(table, [&](const Row& row) { return row.from == state || row.to == state; }))
      out += fmt::format("  s{} : {}\n", static_cast<unsigned>(state), name);
  for (const Row& row : table)
    out += fmt::format("  s{} --> s{} : {} ({})\n", static_cast<unsigned>(row.from),
                       static_cast<unsigned>(row.to), handover::to_string(row.event), to_string(row.by));
  for (const auto& [state, name] : states)
    if (is_final(state) && std::ranges::any_of(table, [&](const Row& row) { return row.to == state; }))
      out += fmt::format("  s{} --> [*]\n", static_cast<unsigned>(state));
  return out;
}

}  // namespace knoop::handover
