// Randomness of the operating system: the only source of keys, nonces and salts in production.
#pragma once

#include "crypto/base/entropy.h"

namespace knoop {

/// getrandom(2). Safe from any thread. Waits at boot until the kernel's generator is seeded; a kernel that
/// cannot give randomness ends the process, because every other answer would be a key that somebody can
/// guess.
class OsEntropy final : public Entropy {
 public:
  void fill(std::span<Byte> bytes) override;
};

}  // namespace knoop
