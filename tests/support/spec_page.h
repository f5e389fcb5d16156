// What tests of the examples in docs/spec share: the pages' text and the keys that they are made with.
#pragma once

#include <array>
#include <fstream>
#include <sstream>
#include <string>

#include "crypto/ed25519.h"

namespace knoop::test {

inline std::string file_text(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream out;
  out << in.rdbuf();
  return out.str();
}

/// The key whose seed is 32 times this byte.
inline SigningKeyPair key_of(Byte each) {
  std::array<Byte, 32> seed{};
  seed.fill(each);
  return signing_key_from_seed(SigningSeed::from(seed).value());
}

}  // namespace knoop::test
