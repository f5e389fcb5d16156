// One process on one database: a lock on a file beside it, which the operating system gives back when its holder ends,
// however it ends.
#pragma once

#include <filesystem>

#include "crypto/base/result.h"

namespace knoop::storage {

class ProcessLock {
 public:
  /// database_busy when another holds it, in this process or in another.
  [[nodiscard]] static Result<ProcessLock> take(const std::filesystem::path& path);

  ProcessLock(ProcessLock&& other) noexcept;
  ProcessLock& operator=(ProcessLock&&) = delete;
  ~ProcessLock();

 private:
  explicit ProcessLock(int fd) : fd_(fd) {}

  int fd_;
};

}  // namespace knoop::storage
