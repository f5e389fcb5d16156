#include "tools/knoop-verify/slices.h"

#include "tools/knoop-verify/export_file.h"

namespace knoop::verifier {
namespace {

/// Some hundreds of entries: a thread for each costs nothing beside them.
constexpr std::size_t slice_bytes = 1U << 20U;
static_assert(slice_bytes <= max_line);

}  // namespace

Result<SliceReader> SliceReader::open(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in)
    return fail(ErrorCode::io_failed, Side::user, "{} cannot be read; check name and permissions",
                path.string());
  return SliceReader(std::move(in));
}

Result<Slice> SliceReader::next() {
  Slice slice{std::move(carried_), next_line_};
  carried_.clear();
  std::size_t end = std::string::npos;
  while (end == std::string::npos) {
    if (slice.text.size() > max_line)
      return fail(ErrorCode::over_limit, Side::peer, "line {} is too long", slice.first_line);
    const std::size_t before = slice.text.size();
    slice.text.resize(before + slice_bytes);
    in_.read(slice.text.data() + before, slice_bytes);
    if (in_.bad()) return fail(ErrorCode::io_failed, Side::user, "the file cannot be read to its end");
    const auto got = static_cast<std::size_t>(in_.gcount());
    slice.text.resize(before + got);
    if (got == 0) break;
    end = slice.text.rfind('\n');
  }
  if (end != std::string::npos) {
    carried_ = slice.text.substr(end + 1);
    slice.text.resize(end + 1);
  }
  for (std::size_t at = slice.text.find('\n'); at != std::string::npos; at = slice.text.find('\n', at + 1))
    ++next_line_;
  return slice;
}

}  // namespace knoop::verifier
