// From a row of an import file to a record: which fields there are, how each is read, and what is wrong with it.
//
// The order of the fields here is the order in which a row's values are handed over, whatever order the file had.
// Values are trimmed of surrounding spaces. The first problem found is given; it names the field and never the value.
#pragma once

#include <array>
#include <span>

#include "protocol/records/rules.h"

namespace knoop::records {

/// The three files of an import, in the order in which they are applied: each refers to the one before.
enum class ImportFile : std::uint8_t { clients = 1, involvements = 2, fragments = 3 };

inline constexpr std::array all_import_files{ImportFile::clients, ImportFile::involvements,
                                             ImportFile::fragments};

/// "clients.csv", "involvements.csv", "fragments.jsonl".
[[nodiscard]] std::string_view to_string(ImportFile file);

[[nodiscard]] std::span<const std::string_view> fields_of(ImportFile file);
/// Columns that a CSV file may leave out: what this program exports beyond what other systems have (docs/spec/import.md).
[[nodiscard]] bool may_lack(ImportFile file, std::string_view field);
/// Without which no row can be a record.
[[nodiscard]] std::span<const std::string_view> required_fields_of(ImportFile file);

/// In which form clients and involvements come; fragments always are JSON.
enum class ImportForm : std::uint8_t { csv = 1, json = 2 };

template <typename Record>
using Parsed = tl::expected<Record, Problem>;

using Fields = std::span<const std::string>;  ///< As many as fields_of() names.

[[nodiscard]] Parsed<Client> client_from(Fields fields, Date today);
/// What people set by hand and an import may add: marks and a day of death. It never takes one away.
struct ClientExtras {
  ClientMarks marks{};
  std::optional<Date> deceased{};
};
[[nodiscard]] Parsed<ClientExtras> client_extras_from(Fields fields, Date today);
[[nodiscard]] Parsed<Involvement> involvement_from(Fields fields, Date today);
/// `persons` has the words with commas between.
[[nodiscard]] Parsed<Fragment> fragment_from(Fields fields, Date today);

/// The client that the row is of or about: trimmed, perhaps empty.
[[nodiscard]] std::string client_ref_of(Fields fields);

/// What makes two rows of a file the same record, also on a next import: client_ref; client_ref, soort and vanaf;
/// client_ref, category, title, author and date.
[[nodiscard]] std::string key_of(ImportFile file, Fields fields);

/// A row as it was read: its first line in the file, its values in the order of fields_of(), or why it cannot be one.
struct RawRow {
  std::uint64_t line = 0;
  std::vector<std::string> fields{};
  std::optional<Problem> problem{};
};

/// Which column of a file holds a field.
struct ReadColumn {
  std::string field;
  std::string column;     ///< As the file has it.
  bool constant = false;  ///< No column: a mapping puts the same into every row.

  friend bool operator==(const ReadColumn&, const ReadColumn&) = default;
};

/// A row that was not taken over. Holds no value of the row, so that a list of them is no personal data.
struct Reject {
  ImportFile file;
  std::int64_t line;
  std::string field;
  std::string reason;
};

}  // namespace knoop::records
