// What requests hold besides plain texts: ids, categories, organisations. Each is one Error of the user when it is not
// what it should be.
#pragma once

#include "node/core/membership.h"
#include "node/http/body.h"
#include "protocol/category.h"

namespace knoop::http {

template <typename Id>
[[nodiscard]] Result<Id> id_from(std::string_view text) {
  const auto id = Id::from_hex(text);
  if (!id) return fail(ErrorCode::bad_value, Side::user, "an id is {} hexadecimal digits", 2 * Id::size);
  return *id;
}

/// A running number of this node's own, such as an involvement's.
template <typename Id>
[[nodiscard]] Result<Id> number_from(std::string_view text) {
  std::int64_t number = 0;
  if (text.empty() || text.size() > 18)
    return fail(ErrorCode::bad_value, Side::user, "a number of at most 18 digits was expected");
  for (const char c : text) {
    if (c < '0' || c > '9')
      return fail(ErrorCode::bad_value, Side::user, "a number of at most 18 digits was expected");
    number = number * 10 + (c - '0');
  }
  return static_cast<Id>(number);
}

/// Codes "F01" to "F18".
[[nodiscard]] std::vector<Category> categories_from(BodyReader& body, const std::string& name);
/// A word of a closed list; a mistake is noted in `body`.
template <typename Table>
[[nodiscard]] auto word_from(BodyReader& body, const std::string& name, const std::string& word,
                             const Table& table) -> typename Table::value_type::first_type {
  for (const auto& [value, text] : table)
    if (text == word) return value;
  std::string all;
  for (const auto& [value, text] : table) all += (all.empty() ? "" : ", ") + std::string(text);
  body.complain(name, "must be one of " + all);
  return {};
}

/// The member with this short name.
[[nodiscard]] Result<MemberId> member_from(const Membership& membership, std::string_view slug);

[[nodiscard]] Json codes_json(const std::vector<Category>& categories);

}  // namespace knoop::http
