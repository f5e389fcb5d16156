// How many seeds a simulation takes: as many as KNOOP_SIM_SEEDS says (tools/nightly), else its usual number.
#pragma once

#include <cstdlib>

#include "tests/support/sanitizers.h"

namespace knoop::sim {

inline std::size_t seeds(std::size_t usual) {
  const char* asked = std::getenv("KNOOP_SIM_SEEDS");
  return asked == nullptr ? usual : std::strtoul(asked, nullptr, 10);
}

/// Of a simulation that takes long. Sanitizers make it slower and look for something else: they take a part.
inline std::size_t seeds_of_many(std::size_t usual) {
#if defined(KNOOP_SANITIZED_ADDRESSES) || defined(KNOOP_SANITIZED_THREADS)
  usual /= 10;
#endif
  return seeds(usual);
}

}  // namespace knoop::sim
