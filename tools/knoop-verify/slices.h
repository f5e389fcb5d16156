// A file of lines, worked on by several threads in slices of whole lines, and taken in their order: what is slow about an
// entry (reading it, hashing it) needs no other entry, and what needs the entries before it is quick.
//
// At most a few slices are in memory at a time, however long the file is.
#pragma once

#include <deque>
#include <filesystem>
#include <fstream>
#include <future>
#include <string>
#include <thread>

#include "crypto/base/result.h"

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
  using Done = std::invoke_result_t<Work, Slice>;
  const std::size_t most = 2 * std::max(1U, std::thread::hardware_concurrency());
  std::deque<std::future<Done>> under_way;  // destroyed futures of std::async wait for their thread
  const auto take_first = [&]() -> Result<void> {
    Done done = under_way.front().get();
    under_way.pop_front();
    if (!done) return fail(std::move(done).error());
    return take(std::move(*done));
  };
  while (true) {
    KNOOP_LET(slice, reader.next());
    if (slice.text.empty()) break;
    under_way.push_back(std::async(
        std::launch::async, [&work, slice = std::move(slice)]() mutable { return work(std::move(slice)); }));
    if (under_way.size() >= most) KNOOP_TRY(take_first());
  }
  while (!under_way.empty()) KNOOP_TRY(take_first());
  return {};
}

}  // namespace knoop::verifier
