// Cuts a stream of JSON into the objects of an import: JSON lines (jsonl_reader.h), or one array. Which of the two it is, the
// first character tells that is no space.
//
//   file   = [BOM] (lines / array)
//   array  = ws "[" ws [value *(ws "," ws value)] ws "]" ws
//
// Memory is bounded by the longest object that is allowed: no tree of the file is ever built. What stands between two commas is
// handed over as text, and whether it is an object is for parse_json_fields() to say, so that one bad object is a problem of
// that object. Errors of the whole file: an array that never ends, something behind it, a comma too many, bytes that are
// not UTF-8, a NUL, an object over the limit.
#pragma once

#include "node/files/jsonl_reader.h"

namespace knoop {

class ObjectReader {
 public:
  /// `place` is the line of JSON lines, and counts the objects of an array from 1.
  using Visit = std::function<Result<void>(std::uint64_t place, std::string_view text)>;

  explicit ObjectReader(const ReadLimits& limits = {}) : limits_(limits), lines_(limits) {}

  /// Any part of the file, in order. After an error the reader is spent.
  [[nodiscard]] Result<void> feed(ByteView chunk, const Visit& visit);
  [[nodiscard]] Result<void> finish(const Visit& visit);

  [[nodiscard]] ObjectPlace place() const;
  void go_on(const ObjectPlace& place);

 private:
  enum class State : std::uint8_t { undecided, lines, before_first, before_value, in_value, behind };

  Result<std::string_view> decide(std::string_view text, const Visit& visit);
  Result<void> take(char c, const Visit& visit);
  Result<void> take_in_value(char c, const Visit& visit);
  Result<void> end_value(const Visit& visit);

  ReadLimits limits_;
  LineReader lines_;
  State state_ = State::undecided;
  std::string begin_;  ///< What came while it is undecided: spaces, perhaps a byte order mark.
  std::uint64_t bytes_ = 0;
  std::uint64_t place_ = 0;
  std::string text_;
  std::size_t depth_ = 0;
  bool in_string_ = false;
  bool escaped_ = false;
};

}  // namespace knoop
