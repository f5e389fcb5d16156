// Result<T>: a value or an Error. Never ignored ([[nodiscard]] on the class), never thrown.
//
//   Result<Card> parse(std::string_view text);
//   KNOOP_LET(card, parse(text));       // declares `card`, or returns the Error to our caller
//   KNOOP_TRY(check(card));             // returns the Error, or goes on
//   return fail(ErrorCode::expired, Side::peer, "the card of {} expired on {}; ask them for their newest card", …);
#pragma once

#include <fmt/format.h>

#include <tl/expected.hpp>
#include <utility>

#include "crypto/base/error.h"

namespace knoop {

template <typename T = void>
using Result = tl::expected<T, Error>;

/// An Error ready to return from a function with any Result; the sentence is a {fmt} format with its arguments.
template <typename... Args>
[[nodiscard]] tl::unexpected<Error> fail(ErrorCode code, Side side, fmt::format_string<Args...> sentence,
                                         Args&&... args) {
  return tl::unexpected<Error>(Error{code, side, fmt::format(sentence, std::forward<Args>(args)...)});
}

[[nodiscard]] inline tl::unexpected<Error> fail(Error error) {
  return tl::unexpected<Error>(std::move(error));
}

}  // namespace knoop

/// Returns the Error of `expression` to our caller, or goes on.
#define KNOOP_TRY(expression)                                                       \
  do {                                                                              \
    if (auto knoop_try_result = (expression); !knoop_try_result)                    \
      return ::tl::unexpected<::knoop::Error>(std::move(knoop_try_result).error()); \
  } while (false)

/// Declares `name` with the value of `expression`, or returns its Error to our caller.
#define KNOOP_LET(name, expression)                                                              \
  auto name##_result = (expression);                                                             \
  if (!name##_result) return ::tl::unexpected<::knoop::Error>(std::move(name##_result).error()); \
  auto name = std::move(*name##_result)
