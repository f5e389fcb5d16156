// A file of lines, worked on by several threads in slices of whole lines, and taken in their order: what is slow about an
// entry (reading it, hashing it) needs no other entry, and what needs the entries before it is quick.
//
// At most a few slices are in memory at a time, however long the file is.
#pragma once

#include <filesystem>
#include <fstream>
#include <string>
#include <type_traits>

#include "tools/terminal/on_thread.h"

namespace knoop::verifier {

struct Slice {
  std::string text;              ///< Whole lines, each with its newline but perhaps the last of the file.
  std::uint64_t first_line = 1;  ///< Counted from 1.
};

class SliceReader {
 public:
  [[nodiscard]] static Result<SliceReader> open(const std::filesystem::path& path);
  /// Empty at the end. Fails on a line over max_line and on a disk error.
  [[nodiscard]] Result<Slice> next();

 private:
  explicit SliceReader(std::ifstream in) : in_(std::move(in)) {}
  std::ifstream in_;
  std::string carried_;  ///< The beginning of a line whose end was not read yet.
  std::uint64_t next_line_ = 1;
};

/// `work(Slice)` gives a Result of anything, on any thread; `take(value)` gets these in order, on this one. The first Error ends it.
template <typename Work, typename Take>
[[nodiscard]] Result<void> in_slices(SliceReader& reader, const Work& work, const Take& take) {
  InOrder<typename std::invoke_result_t<Work, Slice>::value_type> in_order(on_threads(), take);
  while (true) {
    KNOOP_LET(slice, reader.next());
    if (slice.text.empty()) return in_order.finish();
    KNOOP_TRY(in_order.give([&work, slice = std::move(slice)]() mutable { return work(std::move(slice)); }));
  }
}

}  // namespace knoop::verifier
