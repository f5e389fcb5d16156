#include "node/http/target.h"

#include <fmt/format.h>

#include "crypto/base/utf8.h"

namespace knoop::http {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

Result<std::string> unescape(std::string_view text) {
  const auto bad = fail(ErrorCode::bad_format, Side::user, "the address of the request is not well formed");
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    if (i + 2 >= text.size()) return bad;
    const int high = hex_digit(text[i + 1]);
    const int low = hex_digit(text[i + 2]);
    if (high < 0 || low < 0) return bad;
    out += static_cast<char>(high * 16 + low);
    i += 2;
  }
  for (const char c : out)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return bad;
  if (!is_utf8(out)) return bad;
  return out;
}

}  // namespace

Result<Target> parse_target(std::string_view text) {
  const auto bad = fail(ErrorCode::bad_format, Side::user, "the address of the request is not well formed");
  if (text.size() > max_target_bytes)
    return fail(ErrorCode::over_limit, Side::user, "the address of the request is longer than {} bytes",
                max_target_bytes);
  if (text.empty() || text.front() != '/' || text.find('#') != std::string_view::npos) return bad;
  const std::size_t mark = text.find('?');
  std::string_view path = text.substr(1, mark == std::string_view::npos ? mark : mark - 1);
  Target out;
  const bool root = path.empty();  // "/", also with a query
  while (!root) {
    const std::size_t slash = path.find('/');
    KNOOP_LET(segment, unescape(path.substr(0, slash)));
    if (segment.empty() || segment == "." || segment == "..") return bad;
    out.segments.push_back(std::move(segment));
    if (slash == std::string_view::npos) break;
    path.remove_prefix(slash + 1);
  }
  if (mark == std::string_view::npos) return out;
  std::string_view query = text.substr(mark + 1);
  while (!query.empty()) {
    const std::size_t end = query.find('&');
    const std::string_view pair = query.substr(0, end);
    const std::size_t equals = pair.find('=');
    if (equals == std::string_view::npos) return bad;
    KNOOP_LET(name, unescape(pair.substr(0, equals)));
    KNOOP_LET(value, unescape(pair.substr(equals + 1)));
    if (name.empty() || !out.query.emplace(std::move(name), std::move(value)).second) return bad;
    if (end == std::string_view::npos) break;
    query.remove_prefix(end + 1);
  }
  return out;
}

std::string escape(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '_' || c == '.' || c == '~';
    if (plain)
      out += c;
    else
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

}  // namespace knoop::http
