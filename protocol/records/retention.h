// How long a fragment is kept (R4.1): X(enumerator, number, "word").
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "protocol/category.h"

namespace knoop {

#define KNOOP_RETENTIONS(X)           \
  X(case_runs, 1, "lopende-zaak")     \
  X(dossier, 2, "dossier-20-jaar")    \
  X(as_answered, 3, "als-beantwoord") \
  X(as_parent, 4, "als-hoofdfragment")

enum class Retention : std::uint8_t {
#define KNOOP_ENUMERATOR(name, number, word) name = number,
  KNOOP_RETENTIONS(KNOOP_ENUMERATOR)
#undef KNOOP_ENUMERATOR
};

[[nodiscard]] constexpr bool is_valid(Retention retention) {
  return static_cast<std::uint8_t>(retention) >= 1 && static_cast<std::uint8_t>(retention) <= 4;
}
[[nodiscard]] constexpr std::string_view to_string(Retention retention) {
  switch (retention) {
#define KNOOP_CASE(name, number, word) \
  case Retention::name:                \
    return word;
    KNOOP_RETENTIONS(KNOOP_CASE)
#undef KNOOP_CASE
  }
  return "";
}
[[nodiscard]] constexpr std::optional<Retention> retention_from(std::string_view word) {
#define KNOOP_IF(name, number, known) \
  if (word == known) return Retention::name;
  KNOOP_RETENTIONS(KNOOP_IF)
#undef KNOOP_IF
  return std::nullopt;
}

/// As is usual at whoever receives a fragment of this category.
[[nodiscard]] constexpr Retention usual_retention(Category category) {
  switch (category) {
    case Category::person:
    case Category::authority:
    case Category::involved:
    case Category::school:
    case Category::plan:
      return Retention::case_runs;
    case Category::views:
      return Retention::as_answered;
    case Category::attachments:
      return Retention::as_parent;
    default:
      return Retention::dossier;
  }
}

}  // namespace knoop
