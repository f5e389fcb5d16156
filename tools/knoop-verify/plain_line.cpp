#include "tools/knoop-verify/plain_line.h"

#include <charconv>

namespace knoop::verifier {
namespace {

constexpr std::array<std::int8_t, 256> digits = [] {
  std::array<std::int8_t, 256> table{};
  table.fill(-1);
  for (int i = 0; i < 10; ++i) table[static_cast<std::size_t>('0' + i)] = static_cast<std::int8_t>(i);
  for (int i = 0; i < 6; ++i) table[static_cast<std::size_t>('a' + i)] = static_cast<std::int8_t>(10 + i);
  return table;
}();

int digit(char c) {
  return digits[static_cast<unsigned char>(c)];
}

/// Each function takes what it names from the front, or says false and has not promised where it stands.
class Plain {
 public:
  explicit Plain(std::string_view line) : rest_(line) {}

  bool skip(std::string_view literal) {
    if (!rest_.starts_with(literal)) return false;
    rest_.remove_prefix(literal.size());
    return true;
  }
  bool number(std::uint64_t& out) {
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), out);
    const auto length = static_cast<std::size_t>(end - rest_.data());
    if (error != std::errc{} || (rest_.front() == '0' && length > 1)) return false;
    rest_.remove_prefix(length);
    return true;
  }
  template <typename Value>
  bool hex(Value& out) {
    if (rest_.size() < 2 * Value::size) return false;
    int bad = 0;
    for (std::size_t i = 0; i < Value::size; ++i) {
      const int high = digit(rest_[2 * i]);
      const int low = digit(rest_[2 * i + 1]);
      bad |= high | low;
      out.data()[i] = static_cast<Byte>(((high & 0xf) << 4) | (low & 0xf));
    }
    if (bad < 0) return false;
    rest_.remove_prefix(2 * Value::size);
    return true;
  }
  /// Printable ASCII without escapes, up to the closing quotation mark, which stays.
  bool text(std::string& out) {
    std::size_t length = 0;
    for (; length < rest_.size() && rest_[length] != '"'; ++length)
      if (rest_[length] < 0x20 || rest_[length] > 0x7e || rest_[length] == '\\') return false;
    if (length > audit::max_value) return false;
    out.assign(rest_.substr(0, length));
    rest_.remove_prefix(length);
    return true;
  }
  [[nodiscard]] bool empty() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

bool read_field(Plain& line, audit::ExportedField& out) {
  if (line.skip("\"value\":\"")) {
    auto& opening = out.emplace<audit::Opening>();
    return line.text(opening.value) && line.skip("\",\"salt\":\"") && line.hex(opening.salt) &&
           line.skip("\"}");
  }
  auto& closed = out.emplace<audit::Closed>();
  if (!line.skip("\"commitment\":\"") || !line.hex(closed.commitment)) return false;
  closed.erased = line.skip("\",\"erased\":true}");
  return closed.erased || line.skip("\"}");
}

}  // namespace

bool read_plain_entry(std::string_view text, audit::ExportedEntry& out) {
  Plain line(text);
  if (!line.skip("{\"index\":") || !line.number(out.index) || !line.skip(",\"leaf\":\"") ||
      !line.hex(out.leaf) || !line.skip("\",\"fields\":{"))
    return false;
  for (std::size_t i = 0; i < audit::field_count; ++i)
    if ((i > 0 && !line.skip(",")) || !line.skip("\"") || !line.skip(audit::all_fields[i].name) ||
        !line.skip("\":{") || !read_field(line, out.fields[i]))
      return false;
  return line.skip("}}") && line.empty();
}

std::optional<audit::ExportedEntry> read_plain_entry(std::string_view text) {
  std::optional<audit::ExportedEntry> entry(std::in_place);
  if (!read_plain_entry(text, *entry)) return std::nullopt;
  return entry;
}

}  // namespace knoop::verifier
