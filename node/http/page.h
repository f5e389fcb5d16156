// Lists that can be long come in pages: `?cursor=…&limit=…`, and `"next": "…"|null` beside the list. A cursor is opaque: it is what `next`
// said, and says where the page ended by what stands there (never by how many came before), so what is added or goes meanwhile neither
// repeats nor hides anything else. It is no secret and opens nothing: what a page shows is decided anew with each request.
//
// A hostile cursor is a wrong place in a list that its caller may read anyway; one of another list, or malformed, is bad_value.
#pragma once

#include "node/http/router.h"

namespace knoop::http {

inline constexpr std::int64_t longest_page = 1000;

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

}  // namespace knoop::http
