// Reads JSON lines as they stream by: one object a line, UTF-8, LF or CRLF between (R1.2, fragments.jsonl).
//
// Every field of the object is of the kind that its table names, and none is there twice. There is no tree of a document
// in memory: the parser's events fill the fields directly; what nests within a field of kind `object` is written out as
// JSON text again, for protocol/fragments/schema.h to judge.
//
// A line that is not such an object is a problem of that line. Bytes that are not UTF-8, a NUL, or a line over the limit
// are errors of the whole file. Empty lines are skipped, a byte order mark is too.
#pragma once

#include <span>
#include <vector>

#include "node/files/csv_reader.h"
#include "protocol/records/rules.h"

namespace knoop {

struct JsonField {
  /// A value is a text, a whole number, true ("ja"), false ("nee") or null (empty): a cell of a table.
  enum class Kind { text, list, truth, number, object, value };
  std::string_view name;
  Kind kind = Kind::text;
  bool required = true;
  std::string_view as{};  ///< What a problem calls it; the name, when empty.
};

struct JsonOptions {
  bool ignore_others = false;         ///< Names that are not in the table are passed over.
  std::vector<bool>* seen = nullptr;  ///< Set for every field of the table that was there.
};

/// The values of `table`, in that order, or the first problem of the line; what is left out and may be is empty. A list's
/// texts have commas between; a text in a list that holds a comma is a problem. Truths are "true" and "false", numbers
/// are whole. Never throws.
[[nodiscard]] tl::expected<std::vector<std::string>, records::Problem> parse_json_fields(
    std::string_view line, std::span<const JsonField> table, const JsonOptions& options = {});

/// Cuts a stream into lines.
class LineReader {
 public:
  using Visit = std::function<Result<void>(std::uint64_t line, std::string_view text)>;

  explicit LineReader(const ReadLimits& limits = {}) : limits_(limits) {}

  [[nodiscard]] Result<void> feed(ByteView chunk, const Visit& visit);
  [[nodiscard]] Result<void> finish(const Visit& visit);

  [[nodiscard]] LinePlace place() const { return {bytes_, line_, to_bytes(text_)}; }
  void go_on(const LinePlace& place);

 private:
  Result<void> end_line(const Visit& visit);

  ReadLimits limits_;
  std::uint64_t bytes_ = 0;
  std::uint64_t line_ = 1;
  std::string text_;
};

}  // namespace knoop
