// Lists that can be long come in pages: `?cursor=…&limit=…`, and `"next": "…"|null` beside the list. A cursor is opaque: it is what `next`
// said, and says where the page ended by what stands there (never by how many came before), so what is added or goes meanwhile neither
// repeats nor hides anything else. It is no secret and opens nothing: what a page shows is decided anew with each request.
//
// A hostile cursor is a wrong place in a list that its caller may read anyway; one of another list, or malformed, is bad_value.
#pragma once

#include "node/http/fields.h"
#include "node/http/router.h"

namespace knoop::http {

inline constexpr std::int64_t longest_page = 1000;
/// For lists whose lines cost an entry in the log each, or that people read to the end.
inline constexpr std::int64_t usual_page = 500;

struct Page {
  std::int64_t limit = 0;
  std::string after;  ///< What next_page() was given; empty: from the beginning.
};

/// Of a GET that takes `cursor` and `limit`. `list` is its own name, part of each cursor.
[[nodiscard]] Result<Page> page_of(const Request& request, std::string_view list, std::int64_t usual);
/// The same for what a POST says in its body.
[[nodiscard]] Result<Page> page_of(BodyReader& body, std::string_view list, std::int64_t usual);

/// The cursor behind this place.
[[nodiscard]] Json next_page(std::string_view list, std::string_view place);
/// Null unless the page is full.
template <typename Items, typename Place>
[[nodiscard]] Json next_page(const Page& page, std::string_view list, const Items& items,
                             const Place& place) {
  if (std::ssize(items) < page.limit) return nullptr;
  return next_page(list, place(items.back()));
}

/// "12.ab34": a number, and what stands behind the point.
[[nodiscard]] std::string place_of(std::int64_t number, std::string_view rest);
[[nodiscard]] Result<std::pair<std::int64_t, std::string>> place_from(std::string_view place);

/// The same for lists that are sorted by several values.
[[nodiscard]] std::string place_part(bool value);
[[nodiscard]] std::string place_part(std::int64_t value);
[[nodiscard]] std::string place_part(Timestamp value);
[[nodiscard]] std::string place_part(const Date& value);
template <typename Id>
requires requires(const Id& id) {
  id.hex();
}
[[nodiscard]] std::string place_part(const Id& value) {
  return value.hex();
}
template <typename... Keys>
[[nodiscard]] std::string place_at(const Keys&... keys) {
  return fmt::format("{}", fmt::join(std::array{place_part(keys)...}, "."));
}

[[nodiscard]] Result<void> read_part(std::string_view text, bool& out);
[[nodiscard]] Result<void> read_part(std::string_view text, std::int64_t& out);
[[nodiscard]] Result<void> read_part(std::string_view text, Timestamp& out);
[[nodiscard]] Result<void> read_part(std::string_view text, Date& out);
template <typename Id>
requires requires(const Id& id) {
  id.hex();
}
[[nodiscard]] Result<void> read_part(std::string_view text, Id& out) {
  KNOOP_LET(id, id_from<Id>(text));
  out = id;
  return {};
}
/// As many as `count`, or the Error of a wrong cursor.
[[nodiscard]] Result<std::vector<std::string>> place_parts(std::string_view place, std::size_t count);

/// Of a GET: the rows that it asks for, by the place_at() of the page before.
template <typename After>
[[nodiscard]] Result<After> rows_after(const Page& page) {
  After out{page.limit, std::nullopt};
  if (page.after.empty()) return out;
  typename After::Place place;
  KNOOP_LET(parts, place_parts(page.after, std::tuple_size_v<typename After::Place>));
  Result<void> read;
  std::size_t at = 0;
  std::apply([&](auto&... key) { (void)((read = read_part(parts[at++], key)).has_value() && ...); }, place);
  KNOOP_TRY(std::move(read));
  out.after = std::move(place);
  return out;
}

}  // namespace knoop::http
