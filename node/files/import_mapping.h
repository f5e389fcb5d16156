// How a dossier system's own files become ours (R1.2): which of its columns is which field, what stands where the file has
// no such column, and what its words are called here ("Man" is "M"). Kept under a name and used again (docs/spec/import.md).
//
// A mapping is made by whoever feeds records in; it holds names of columns and words of lists, never a client's values.
// It chooses and renames; it cannot make a row pass that breaks a rule, since rules are asked afterwards.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "protocol/records/rows.h"

namespace knoop {

/// Where one field comes from. Neither column nor constant: from the column of the field's own name.
struct FieldSource {
  std::string field;  ///< Ours: "geslacht".
  std::optional<std::string> column{};
  std::optional<std::string> constant{};
  std::vector<std::pair<std::string, std::string>> values{};  ///< Of the file, and here; others stay.

  friend bool operator==(const FieldSource&, const FieldSource&) = default;
};

struct ImportMapping {
  static constexpr std::size_t most_values = 200;
  static constexpr std::size_t longest = 200;  ///< Bytes of a column's name, a constant, a word.

  bool ignore_others = false;  ///< Columns that are no field here are passed over; else they fail the file.
  std::array<std::vector<FieldSource>, 3> files{};  ///< In the order of all_import_files.

  /// Null when the mapping says nothing about this field.
  [[nodiscard]] const FieldSource* find(records::ImportFile file, std::string_view field) const;
  /// The name of the column that holds this field; nothing when it is a constant.
  [[nodiscard]] std::optional<std::string> column_of(records::ImportFile file, std::string_view field) const;
  /// Puts constants in, and our words for the file's. `values` are in the order of fields_of().
  void apply(records::ImportFile file, std::vector<std::string>& values) const;

  friend bool operator==(const ImportMapping&, const ImportMapping&) = default;
};

/// What makes a mapping unusable, as a sentence, or nothing: a field that the file does not have or that is there twice, a
/// column that would be two fields, both a column and a constant, words for a field that is no text.
[[nodiscard]] std::optional<std::string> problem_of(const ImportMapping& mapping);

}  // namespace knoop
