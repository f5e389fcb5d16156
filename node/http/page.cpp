#include "node/http/page.h"

#include <charconv>
#include <ranges>

namespace knoop::http {
namespace {

constexpr std::size_t longest_cursor = 512;

Error no_cursor() {
  return {ErrorCode::bad_value, Side::user, "cursor must be what \"next\" of this list said"};
}

Result<std::string> place_in(std::string_view cursor, std::string_view list) {
  if (cursor.size() > longest_cursor) return fail(no_cursor());
  const auto bytes = from_hex(cursor);
  if (!bytes || to_hex(*bytes) != cursor) return fail(no_cursor());
  const std::string text = to_text(*bytes);
  if (!text.starts_with(std::string(list) + ' ') || text.size() == list.size() + 1) return fail(no_cursor());
  return text.substr(list.size() + 1);
}

}  // namespace

Result<Page> page_of(const Request& request, std::string_view list, std::int64_t usual) {
  Page page{usual, ""};
  if (const auto text = request.query_value("limit")) {
    const char* const end = text->data() + text->size();
    const auto read = std::from_chars(text->data(), end, page.limit);
    if (read.ec != std::errc() || read.ptr != end || page.limit < 1 || page.limit > longest_page)
      return fail(ErrorCode::bad_value, Side::user, "limit must be a whole number from 1 to {}",
                  longest_page);
  }
  if (const auto cursor = request.query_value("cursor")) {
    KNOOP_LET(place, place_in(*cursor, list));
    page.after = std::move(place);
  }
  return page;
}

Result<Page> page_of(BodyReader& body, std::string_view list, std::int64_t usual) {
  Page page;
  page.limit = static_cast<std::int64_t>(
      body.number_or("limit", static_cast<std::uint64_t>(usual), std::uint64_t{longest_page}));
  if (page.limit == 0) body.complain("limit", "must be at least 1");
  if (const auto cursor = body.optional_text("cursor", longest_cursor)) {
    KNOOP_LET(place, place_in(*cursor, list));
    page.after = std::move(place);
  }
  return page;
}

Json next_page(std::string_view list, std::string_view place) {
  return to_hex(to_bytes(fmt::format("{} {}", list, place)));
}

std::string place_of(std::int64_t number, std::string_view rest) {
  return fmt::format("{}.{}", number, rest);
}

Result<std::pair<std::int64_t, std::string>> place_from(std::string_view place) {
  std::int64_t number = 0;
  const char* const end = place.data() + place.size();
  const auto read = std::from_chars(place.data(), end, number);
  if (read.ec != std::errc() || read.ptr == end || *read.ptr != '.') return fail(no_cursor());
  return std::pair(number, std::string(read.ptr + 1, end));
}

std::string place_part(bool value) {
  return value ? "1" : "0";
}
std::string place_part(std::int64_t value) {
  return std::to_string(value);
}
std::string place_part(Timestamp value) {
  return std::to_string(value.ms);
}
std::string place_part(const Date& value) {
  return value.iso();
}

Result<void> read_part(std::string_view text, std::int64_t& out) {
  const auto read = std::from_chars(text.data(), text.data() + text.size(), out);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size()) return fail(no_cursor());
  return {};
}
Result<void> read_part(std::string_view text, bool& out) {
  if (text != "0" && text != "1") return fail(no_cursor());
  out = text == "1";
  return {};
}
Result<void> read_part(std::string_view text, Timestamp& out) {
  return read_part(text, out.ms);
}
Result<void> read_part(std::string_view text, Date& out) {
  const auto day = Date::parse(text);
  if (!day) return fail(no_cursor());
  out = *day;
  return {};
}

Result<std::vector<std::string>> place_parts(std::string_view place, std::size_t count) {
  std::vector<std::string> out;
  for (const auto part : std::views::split(place, '.')) out.emplace_back(part.begin(), part.end());
  if (out.size() != count) return fail(no_cursor());
  return out;
}

}  // namespace knoop::http
