// Reads CSV as it streams by: RFC 4180 with `;`, the form of R1.2.
//
//   file    = [BOM] *(record newline) [record]           newline = LF / CRLF
//   record  = field *(";" field)
//   field   = *TEXTDATA / DQUOTE *(TEXTDATA / ";" / newline / 2DQUOTE) DQUOTE
//
// UTF-8 only. Lines without any character are skipped. Memory is bounded by the longest record that is allowed,
// whatever the length of the file and however it is cut into chunks. Strict, because a file that is nearly CSV gives
// records that are nearly right: a quote inside an unquoted field, text after a closing quote, a CR alone, a NUL, bytes
// that are not UTF-8 and an open quote at the end are errors of the whole file, with the line.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "node/files/reader_place.h"

namespace knoop {

struct ReadLimits {
  std::uint64_t file_bytes = 1ULL << 30U;  ///< 1,000,000 clients take about 150 MB.
  std::size_t record_bytes = 512 * 1024;   ///< The longest fragment text (256 KiB) with room for escapes.
  std::size_t fields = 256;  ///< Of one record: ours have 13, tables of other systems many more.
};

struct CsvRecord {
  std::uint64_t line = 0;  ///< On which it begins, counted from 1.
  std::vector<std::string> fields{};
};

class CsvReader {
 public:
  using Visit = std::function<Result<void>(CsvRecord&&)>;

  explicit CsvReader(const ReadLimits& limits = {}) : limits_(limits) {}

  /// Any part of the file, in order; complete records go to `visit`. After an error the reader is spent.
  [[nodiscard]] Result<void> feed(ByteView chunk, const Visit& visit);
  /// The end of the file.
  [[nodiscard]] Result<void> finish(const Visit& visit);

  /// Between two pieces; a new reader of the same limits goes on from it.
  [[nodiscard]] CsvPlace place() const;
  void go_on(const CsvPlace& place);

 private:
  enum class State : std::uint8_t { field_start, unquoted, quoted, quote_in_quoted, carriage_return };

  Result<void> take(char c, const Visit& visit);
  Result<void> append(char c);
  Result<void> end_field();
  Result<void> end_record(const Visit& visit);
  void next_line();

  ReadLimits limits_;
  State state_ = State::field_start;
  std::uint64_t bytes_ = 0;
  std::uint64_t line_ = 1;
  std::size_t record_bytes_ = 0;
  bool quoted_field_ =
      false;  ///< The current field began with a quote: "" is a field, an empty line is not a record.
  CsvRecord record_{1, {}};
  std::string field_;
};

}  // namespace knoop
