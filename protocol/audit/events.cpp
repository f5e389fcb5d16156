#include "protocol/audit/events.h"

#include <array>
#include <utility>

namespace knoop::audit {
namespace {

constexpr std::array events{
#define KNOOP_NAMED(name, number, text) std::pair<Event, std::string_view>{Event::name, text},
    KNOOP_AUDIT_EVENTS(KNOOP_NAMED)
#undef KNOOP_NAMED
};
constexpr std::array<std::pair<Outcome, std::string_view>, 3> outcomes{
    {{Outcome::success, "success"}, {Outcome::refused, "refused"}, {Outcome::failed, "failed"}}};
constexpr std::array<std::pair<Action, std::string_view>, 5> actions{{{Action::create, "create"},
                                                                      {Action::read, "read"},
                                                                      {Action::update, "update"},
                                                                      {Action::erase, "delete"},
                                                                      {Action::execute, "execute"}}};

template <typename Table, typename Value>
std::string_view name_in(const Table& table, Value value) {
  for (const auto& [candidate, text] : table)
    if (candidate == value) return text;
  return "";
}

template <typename Value, typename Table>
std::optional<Value> value_in(const Table& table, std::string_view text) {
  for (const auto& [candidate, name] : table)
    if (name == text) return candidate;
  return std::nullopt;
}

}  // namespace

std::string_view to_string(Event event) {
  return name_in(events, event);
}
std::optional<Event> event_from(std::string_view text) {
  return value_in<Event>(events, text);
}
std::string_view to_string(Outcome outcome) {
  return name_in(outcomes, outcome);
}
std::optional<Outcome> outcome_from(std::string_view text) {
  return value_in<Outcome>(outcomes, text);
}
std::string_view to_string(Action action) {
  return name_in(actions, action);
}
std::optional<Action> action_from(std::string_view text) {
  return value_in<Action>(actions, text);
}

}  // namespace knoop::audit
