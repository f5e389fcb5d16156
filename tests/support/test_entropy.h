// A repeatable Entropy: the same seed gives the same bytes. Not random in any sense that matters.
#pragma once

#include "crypto/base/assert.h"
#include "crypto/base/entropy.h"
#include "crypto/hash.h"

namespace knoop {

class TestEntropy final : public Entropy {
 public:
  explicit TestEntropy(std::uint64_t seed = 1) : seed_(seed) {}

  void fill(std::span<Byte> bytes) override {
    while (!bytes.empty()) {
      Bytes input = to_bytes("test entropy");
      append_u64(input, seed_);
      append_u64(input, counter_++);
      const Hash512 block = sha512(input);
      const std::size_t size = std::min(bytes.size(), Hash512::size);
      std::ranges::copy(block.view().first(size), bytes.begin());
      bytes = bytes.subspan(size);
    }
  }

 private:
  std::uint64_t seed_;
  std::uint64_t counter_ = 0;
};

/// Gives the bytes it was told, then fails the test program: for vectors with fixed nonces.
class ScriptedEntropy final : public Entropy {
 public:
  explicit ScriptedEntropy(Bytes bytes) : bytes_(std::move(bytes)) {}

  void fill(std::span<Byte> bytes) override {
    KNOOP_ASSERT(bytes_.size() - at_ >= bytes.size(), "the scripted bytes are used up");
    std::ranges::copy(ByteView(bytes_).subspan(at_, bytes.size()), bytes.begin());
    at_ += bytes.size();
  }

 private:
  Bytes bytes_;
  std::size_t at_ = 0;
};

}  // namespace knoop
