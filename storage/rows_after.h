// A page of a list: so many rows behind where the page before ended. That place is the values by which the list is sorted, of its last row,
// so what is added or goes meanwhile neither repeats nor hides another row.
#pragma once

#include <optional>
#include <tuple>

#include "crypto/base/time.h"

namespace knoop::storage {

inline constexpr std::int64_t no_limit = -1;  // as SQLite reads it

template <typename... Keys>
struct RowsAfter {
  using Place = std::tuple<Keys...>;
  std::int64_t limit = 500;
  std::optional<Place> after{};

  /// For binding beside after.has_value(), which says whether they count.
  [[nodiscard]] Place keys() const { return after.value_or(Place{}); }
};

}  // namespace knoop::storage
