// Randomness for one job on a worker thread, expanded from a key that the core thread drew for it: a worker has no
// Entropy of its own, so that a simulated run stays the same to the byte whatever thread does the work.
//
// The key is drawn for one job and used once; a job that is lost with a crash gets another.
#pragma once

#include "crypto/base/entropy.h"
#include "crypto/hkdf.h"
#include "crypto/keys.h"

namespace knoop::matching {

class JobEntropy : public Entropy {
 public:
  explicit JobEntropy(const SymmetricKey& key) : key_(hkdf_extract({}, key.expose())) {}
  void fill(std::span<Byte> bytes) override {
    Bytes info = to_bytes("knoop/v1/job");
    append_u64(info, ++drawn_);
    hkdf_expand(key_, info, bytes);
  }

 private:
  HkdfKey key_;
  std::uint64_t drawn_ = 0;
};

}  // namespace knoop::matching
