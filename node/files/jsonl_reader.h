// Reads JSON lines as they stream by: one object a line, UTF-8, LF or CRLF between (R1.2, fragments.jsonl).
//
// Every field of the object is a text, but those named as lists, which are lists of texts. Nothing else occurs, so
// nothing else is accepted: no numbers, no null, no nested objects, no field twice. There is no tree of a document in
// memory: the parser's events fill the fields directly.
//
// A line that is not such an object is a problem of that line. Bytes that are not UTF-8, a NUL, or a line over the limit
// are errors of the whole file. Empty lines are skipped, a byte order mark is too.
#pragma once

#include <span>

#include "node/files/csv_reader.h"
#include "protocol/records/rules.h"

namespace knoop {

/// The values of `names`, in that order, or the first problem of the line. A list's texts have commas between; a text
/// in a list that holds a comma is a problem. Never throws.
[[nodiscard]] tl::expected<std::vector<std::string>, records::Problem> parse_json_fields(
    std::string_view line, std::span<const std::string_view> names, std::string_view list_name);

/// Cuts a stream into lines.
class LineReader {
 public:
  using Visit = std::function<Result<void>(std::uint64_t line, std::string_view text)>;

  explicit LineReader(const ReadLimits& limits = {}) : limits_(limits) {}

  [[nodiscard]] Result<void> feed(ByteView chunk, const Visit& visit);
  [[nodiscard]] Result<void> finish(const Visit& visit);

 private:
  Result<void> end_line(const Visit& visit);

  ReadLimits limits_;
  std::uint64_t bytes_ = 0;
  std::uint64_t line_ = 1;
  std::string text_;
};

}  // namespace knoop
