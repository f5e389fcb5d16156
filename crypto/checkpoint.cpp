#include "crypto/checkpoint.h"

#include <charconv>

#include "crypto/note.h"

namespace knoop {
namespace {

tl::unexpected<Error> malformed(std::string_view why) {
  return fail(ErrorCode::bad_format, Side::peer, "not a log head in checkpoint form: {}", why);
}

Result<std::uint64_t> parse_size(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  // Written again it must be the same: no sign, no leading zero, nothing behind it.
  if (error != std::errc() || end != text.data() + text.size() || fmt::to_string(value) != text)
    return malformed("the number of leaves is no plain decimal number");
  return value;
}

}  // namespace

std::string Checkpoint::text() const {
  std::string out = fmt::format("{}\n{}\n{}\n", origin, size, to_base64(root.view()));
  for (const std::string& line : extensions) out += line + "\n";
  return out;
}

Result<Checkpoint> Checkpoint::parse(std::string_view text) {
  KNOOP_TRY(check_note_text(text));
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    if (end == 0) return malformed("it has an empty line");
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  if (lines.size() < 3) return malformed("it needs three lines");
  KNOOP_LET(size, parse_size(lines[1]));
  KNOOP_LET(root_bytes, from_base64(lines[2]));
  KNOOP_LET(root, Hash256::from(root_bytes));
  return Checkpoint{std::string(lines[0]), size, root, {lines.begin() + 3, lines.end()}};
}

}  // namespace knoop
