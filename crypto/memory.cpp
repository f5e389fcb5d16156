#include "crypto/base/assert.h"
#include "crypto/base/fixed.h"
#include "crypto/guarded.h"
#include "crypto/sodium.h"

namespace knoop {

void wipe(void* memory, std::size_t size) {
  sodium_memzero(memory, size);
}

bool equal_constant_time(ByteView a, ByteView b) {
  return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

void* allocate_guarded(std::size_t size) {
  sodium_ready();
  void* const memory = sodium_malloc(size);
  KNOOP_ASSERT(memory != nullptr, "no memory is left for secret keys");
  return memory;
}

void free_guarded(void* memory) noexcept {
  sodium_free(memory);
}

}  // namespace knoop
