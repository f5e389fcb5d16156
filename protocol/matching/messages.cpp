#include "protocol/matching/messages.h"

#include <array>
#include <utility>

namespace knoop::matching {
namespace {

constexpr std::array<std::pair<Outcome, std::string_view>, 3> outcomes{{
    {Outcome::same_youth, "same-youth"},
    {Outcome::family, "family"},
    {Outcome::someone_else, "someone-else"},
}};

}  // namespace

std::string_view to_string(Outcome outcome) {
  for (const auto& [value, text] : outcomes)
    if (value == outcome) return text;
  KNOOP_ASSERT(false, "an Outcome outside its enumeration");
  return {};
}

std::optional<Outcome> outcome_from(std::string_view text) {
  for (const auto& [value, name] : outcomes)
    if (name == text) return value;
  return std::nullopt;
}

}  // namespace knoop::matching
