// Threads for crypto/base/in_order.h: one for each piece of work, a few at a time.
#pragma once

#include <algorithm>
#include <future>
#include <memory>
#include <thread>

#include "crypto/base/in_order.h"

namespace knoop {

[[nodiscard]] inline StartWork on_threads() {
  return {[](std::function<void()> work) {
            const auto done =
                std::make_shared<std::future<void>>(std::async(std::launch::async, std::move(work)));
            return std::function<void()>([done] { done->get(); });
          },
          std::max(1U, std::thread::hardware_concurrency())};
}

}  // namespace knoop
