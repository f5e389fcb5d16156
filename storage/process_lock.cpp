#include "storage/process_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace knoop::storage {

Result<ProcessLock> ProcessLock::take(const std::filesystem::path& path) {
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0)
    return fail(ErrorCode::io_failed, Side::ours, "cannot open the lock file {}: {}", path.string(),
                std::strerror(errno));
  ProcessLock lock(fd);
  if (::flock(fd, LOCK_EX | LOCK_NB) == 0) return lock;
  if (errno == EWOULDBLOCK)
    return fail(ErrorCode::database_busy, Side::ours,
                "another process holds {}: a node runs once on its database; stop the other one first",
                path.string());
  return fail(ErrorCode::io_failed, Side::ours, "cannot lock {}: {}", path.string(), std::strerror(errno));
}

ProcessLock::ProcessLock(ProcessLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

ProcessLock::~ProcessLock() {
  if (fd_ >= 0) ::close(fd_);
}

}  // namespace knoop::storage
