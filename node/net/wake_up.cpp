#include "node/net/wake_up.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cstdint>

#include "crypto/base/assert.h"

namespace knoop::net {

WakeUp::WakeUp() : fd_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  KNOOP_ASSERT(fd_ >= 0, "no file descriptor is left at start: raise LimitNOFILE");
}
WakeUp::~WakeUp() {
  close(fd_);
}

void WakeUp::ring() {
  const std::uint64_t one = 1;
  // A full counter already wakes the reader, so the outcome does not matter.
  if (write(fd_, &one, sizeof one) < 0) return;
}

void WakeUp::clear() {
  std::uint64_t count = 0;
  if (read(fd_, &count, sizeof count) < 0) return;
}

}  // namespace knoop::net
