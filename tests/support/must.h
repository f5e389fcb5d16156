// For what a test takes for granted: the value, or an exception that names the error.
#pragma once

#include <stdexcept>
#include <string>

#include "crypto/base/result.h"

namespace knoop::test {

template <typename T>
T must(Result<T> result) {
  if (!result)
    throw std::runtime_error(fmt::format("{}: {}", to_string(result.error().code), result.error().sentence));
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

}  // namespace knoop::test
