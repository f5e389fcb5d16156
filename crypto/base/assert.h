// KNOOP_ASSERT states what this program guarantees to itself. It stays on in release builds and ends the process:
// going on after a broken guarantee could disclose or lose something. Input from outside never reaches an assertion:
// it yields an Error (a bug is not an attack).
#pragma once

#include <cstdio>
#include <cstdlib>

namespace knoop {

[[noreturn]] inline void assertion_failed(const char* expression, const char* why, const char* file,
                                          int line) {
  std::fprintf(stderr, "knoop: internal error at %s:%d: %s (%s)\n", file, line, why, expression);
  std::abort();
}

}  // namespace knoop

#define KNOOP_ASSERT(expression, why) \
  ((expression) ? static_cast<void>(0) : ::knoop::assertion_failed(#expression, why, __FILE__, __LINE__))
