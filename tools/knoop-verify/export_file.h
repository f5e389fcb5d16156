// Reads an exported log (docs/spec/audit.md, "Export"): JSON lines, a header, an entry a line, the signed head.
//
// The file comes from whoever is to be checked. Each line is bounded before it is parsed; unknown, missing and repeated
// keys are refused, so that two readers cannot see two meanings. Nothing here judges: that is LogChecker's.
#pragma once

#include <filesystem>
#include <fstream>
#include <optional>
#include <string>

#include "protocol/audit/exported.h"
#include "protocol/audit/origin.h"

namespace knoop::verifier {

/// The largest entry: 21 values of 2048 bytes, each byte escaped as six characters, with its salt, fits twice.
inline constexpr std::size_t max_line = 1U << 20U;

struct Header {
  audit::LogOrigin origin;
  std::string card;  ///< The member's card as a signed note; nothing in it is checked yet.
  bool redacted = false;
};

[[nodiscard]] Result<Header> parse_header(std::string_view line);
[[nodiscard]] Result<audit::ExportedEntry> parse_entry(std::string_view line);
/// The same, always by the general JSON parser: what plain_line.h is held against.
[[nodiscard]] Result<audit::ExportedEntry> parse_any_entry(std::string_view line);
/// What the last line holds: signed notes.
struct Footer {
  std::string head;
  std::optional<std::string> witnessed;  ///< The newest head that was witnessed, with its cosignatures.
};
[[nodiscard]] Result<Footer> parse_footer(std::string_view line);
/// Whether the line is the last one, to tell it from an entry.
[[nodiscard]] bool is_checkpoint(std::string_view line);

/// Without reading what stands before it. The beginning is cut off from one longer than max_line, which then is no head.
[[nodiscard]] Result<std::string> last_line(const std::filesystem::path& path);
/// A small file whole: over_limit past `limit` bytes.
[[nodiscard]] Result<std::string> read_text(const std::filesystem::path& path, std::size_t limit);

/// The lines of a file, one at a time: a log of a million entries needs no more memory than one.
class LineReader {
 public:
  [[nodiscard]] static Result<LineReader> open(const std::filesystem::path& path);
  /// The next line without its end; false at the end of the file. Fails on a line over max_line and on a disk error.
  [[nodiscard]] Result<bool> next(std::string& line);
  /// Of the line that next() gave last, from 1.
  [[nodiscard]] std::uint64_t number() const { return number_; }

 private:
  explicit LineReader(std::ifstream in) : in_(std::move(in)) {}
  std::ifstream in_;
  std::uint64_t number_ = 0;
};

}  // namespace knoop::verifier
