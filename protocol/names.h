// Enumerations with stable names, for tables of {value, name}: the name stands in files, answers and the log, so it is
// a promise; the value's number stands in the database and on the wire.
#pragma once

#include <optional>
#include <string_view>
#include <utility>

namespace knoop {

template <typename Enum>
using Named = std::pair<Enum, std::string_view>;

template <typename Table, typename Enum>
[[nodiscard]] constexpr std::string_view name_in(const Table& table, Enum value) {
  for (const auto& [known, name] : table)
    if (known == value) return name;
  return "";
}

template <typename Table>
[[nodiscard]] constexpr auto value_in(const Table& table, std::string_view wanted)
    -> std::optional<typename Table::value_type::first_type> {
  for (const auto& [known, name] : table)
    if (name == wanted) return known;
  return std::nullopt;
}

template <typename Table, typename Enum>
[[nodiscard]] constexpr bool is_in(const Table& table, Enum value) {
  for (const auto& [known, name] : table)
    if (known == value) return true;
  return false;
}

}  // namespace knoop
