#include "crypto/base/fixed.h"
#include "crypto/sodium.h"

namespace knoop {

void wipe(void* memory, std::size_t size) {
  sodium_memzero(memory, size);
}

bool equal_constant_time(ByteView a, ByteView b) {
  return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace knoop
