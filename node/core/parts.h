// One piece of slow pure work, cut into parts so that all processors work on it.
#pragma once

#include <functional>
#include <memory>
#include <utility>

#include "node/core/context.h"

namespace knoop {

/// Handles in a part of a matching batch: some 100 ms of work, and enough parts for any machine.
inline constexpr std::size_t handles_a_part = 1024;

[[nodiscard]] constexpr std::size_t count_parts(std::size_t size, std::size_t each = handles_a_part) {
  return (size + each - 1) / each;
}

/// Runs work(0) … work(count − 1) on the executor, in any order and at once, then `then` on the core thread. The parts
/// share nothing but what `work` captures, and each writes to a place of its own there.
inline void submit_parts(Context& context, std::size_t count, std::function<void(std::size_t)> work,
                         Completion then) {
  struct Shared {
    std::function<void(std::size_t)> work;
    Completion then;
    std::size_t left;  // counted on the core thread only
  };
  const auto shared = std::make_shared<Shared>(Shared{std::move(work), std::move(then), count});
  for (std::size_t part = 0; part < count; ++part)
    context.submit([shared, part]() -> Completion {
      shared->work(part);
      return [shared](Context& after) -> Result<void> {
        return --shared->left == 0 ? shared->then(after) : Result<void>{};
      };
    });
}

}  // namespace knoop
