// How typed values travel into and out of the database. A Value borrows what it was made from; a Row owns or
// borrows the columns of one result (see database.h). Both know only the four things that SQLite stores:
// nothing, a 64-bit integer, a text and a blob. There are no floating point columns in Knoop.
//
//   C++                                 column
//   bool, integers, enums               INTEGER (an unsigned value above 2^63 - 1 is refused with bad_value)
//   Timestamp                           INTEGER, milliseconds since 1970 in UTC
//   Date                                INTEGER, days since 1970
//   std::string, string_view            TEXT
//   Bytes, ByteView, Fixed<>, Secret<>  BLOB (a Secret may be stored because the whole file is encrypted)
//   optional<T>, nullopt                NULL or as T
#pragma once

#include <concepts>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "crypto/base/assert.h"
#include "crypto/base/fixed.h"
#include "crypto/base/time.h"

namespace knoop::storage {

/// An integer that no column can hold; binding it is an error, not a wrap-around.
struct TooLarge {};

using Value = std::variant<std::monostate, std::int64_t, std::string_view, ByteView, TooLarge>;

template <typename T>
struct IsOptional : std::false_type {};
template <typename T>
struct IsOptional<std::optional<T>> : std::true_type {};

template <typename T>
[[nodiscard]] Value to_value(const T& value) {
  if constexpr (std::same_as<T, std::nullopt_t>) {
    return std::monostate{};
  } else if constexpr (IsOptional<T>::value) {
    return value ? to_value(*value) : Value(std::monostate{});
  } else if constexpr (std::is_enum_v<T>) {
    return to_value(static_cast<std::underlying_type_t<T>>(value));
  } else if constexpr (std::integral<T>) {
    if (!std::in_range<std::int64_t>(value)) return TooLarge{};
    return static_cast<std::int64_t>(value);
  } else if constexpr (std::same_as<T, Timestamp>) {
    return value.ms;
  } else if constexpr (std::same_as<T, Date>) {
    return value.days();
  } else if constexpr (std::convertible_to<const T&, std::string_view>) {
    return std::string_view(value);
  } else if constexpr (requires { value.expose(); }) {
    return ByteView(value.expose());
  } else if constexpr (requires { value.view(); }) {
    return ByteView(value.view());
  } else {
    static_assert(std::convertible_to<const T&, ByteView>,
                  "this type has no column form: convert it where it is bound");
    return ByteView(value);
  }
}
// std::in_range is not defined for bool.
[[nodiscard]] inline Value to_value(bool value) {
  return std::int64_t{value ? 1 : 0};
}

/// One result row. Getters assert the type: tables are STRICT, lengths are CHECKed and every page is
/// authenticated, so a column of another type than the code expects is a mistake in the code, never input.
class Row {
 public:
  explicit Row(std::vector<Value> cells) : cells_(std::move(cells)) {}
  Row(Row&&) = default;
  Row& operator=(Row&&) = default;
  ~Row();  // not inline: GCC 12 takes an optional<Row> for uninitialised otherwise

  [[nodiscard]] std::size_t columns() const { return cells_.size(); }
  [[nodiscard]] bool is_null(std::size_t column) const {
    return std::holds_alternative<std::monostate>(cell(column));
  }

  /// get<string_view> and get<ByteView> borrow from the row; every other type owns.
  template <typename T>
  [[nodiscard]] T get(std::size_t column) const {
    if constexpr (IsOptional<T>::value) {
      if (is_null(column)) return std::nullopt;
      return get<typename T::value_type>(column);
    } else if constexpr (std::same_as<T, bool>) {
      return integer(column) != 0;
    } else if constexpr (std::is_enum_v<T>) {
      return static_cast<T>(get<std::underlying_type_t<T>>(column));
    } else if constexpr (std::integral<T>) {
      const std::int64_t value = integer(column);
      KNOOP_ASSERT(std::in_range<T>(value), "an integer column within the range of its type");
      return static_cast<T>(value);
    } else if constexpr (std::same_as<T, Timestamp>) {
      return Timestamp{integer(column)};
    } else if constexpr (std::same_as<T, Date>) {
      return Date::from_days(integer(column));
    } else if constexpr (std::same_as<T, std::string> || std::same_as<T, std::string_view>) {
      return T(text(column));
    } else if constexpr (std::same_as<T, Bytes>) {
      return to_bytes(blob(column));
    } else if constexpr (std::same_as<T, ByteView>) {
      return blob(column);
    } else {
      auto value = T::from(blob(column));  // Fixed<> and Secret<>
      KNOOP_ASSERT(value.has_value(), "a blob column of the length of its type");
      return std::move(*value);
    }
  }

  /// The same row with memory of its own, for when the statement moves on.
  [[nodiscard]] Row detached() const;

 private:
  [[nodiscard]] const Value& cell(std::size_t column) const {
    KNOOP_ASSERT(column < cells_.size(), "a column that the query returns");
    return cells_[column];
  }
  [[nodiscard]] std::int64_t integer(std::size_t column) const {
    const auto* value = std::get_if<std::int64_t>(&cell(column));
    KNOOP_ASSERT(value != nullptr, "an INTEGER column");
    return *value;
  }
  [[nodiscard]] std::string_view text(std::size_t column) const {
    const auto* value = std::get_if<std::string_view>(&cell(column));
    KNOOP_ASSERT(value != nullptr, "a TEXT column");
    return *value;
  }
  [[nodiscard]] ByteView blob(std::size_t column) const {
    const auto* value = std::get_if<ByteView>(&cell(column));
    KNOOP_ASSERT(value != nullptr, "a BLOB column");
    return *value;
  }

  std::vector<Value> cells_;
  std::unique_ptr<char[]> memory_;  ///< What the cells borrow from, when detached.
};

}  // namespace knoop::storage
