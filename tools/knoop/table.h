// Aligned columns for people. Width is counted in characters, not bytes: names have accents.
#pragma once

#include <string>
#include <vector>

namespace knoop::cli {

class Table {
 public:
  explicit Table(std::vector<std::string> header) : rows_{std::move(header)} {}
  void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
  [[nodiscard]] bool empty() const { return rows_.size() == 1; }
  /// Lines without a space at the end. Control characters are shown as '?': a cell may be a stranger's text, and a
  /// terminal obeys escape sequences.
  [[nodiscard]] std::string text() const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

/// The same care for one value outside a table.
[[nodiscard]] std::string printable(std::string_view text);

}  // namespace knoop::cli
