// The only source of randomness. Production reads the operating system's (node/net); the simulation gives a seeded
// generator, so that a run can be repeated to the byte. No libsodium function that draws randomness by itself is
// called anywhere; tests install a `randombytes` implementation that aborts.
#pragma once

#include "crypto/base/fixed.h"

namespace knoop {

class Entropy {
 public:
  Entropy() = default;
  Entropy(const Entropy&) = delete;
  Entropy& operator=(const Entropy&) = delete;
  virtual ~Entropy() = default;

  virtual void fill(std::span<Byte> bytes) = 0;

  /// A fresh random value of a Fixed or Secret type.
  template <typename Value>
  [[nodiscard]] Value draw() {
    Value value;
    fill({value.data(), Value::size});
    return value;
  }
};

}  // namespace knoop
