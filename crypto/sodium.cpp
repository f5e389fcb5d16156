#include "crypto/sodium.h"

#include "crypto/base/assert.h"

namespace knoop {

void sodium_ready() {
  static const int state = sodium_init();
  KNOOP_ASSERT(state >= 0, "libsodium does not initialise");
}

}  // namespace knoop
