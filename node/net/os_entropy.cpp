#include "node/net/os_entropy.h"

#include <sys/random.h>

#include <cerrno>

#include "crypto/base/assert.h"

namespace knoop {

void OsEntropy::fill(std::span<Byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t got = getrandom(bytes.data(), bytes.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    KNOOP_ASSERT(got > 0, "the kernel gives no randomness");
    bytes = bytes.subspan(static_cast<std::size_t>(got));
  }
}

}  // namespace knoop
