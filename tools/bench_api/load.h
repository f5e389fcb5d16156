// Requests to a running node from several connections at once.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tools/bench_api/requests.h"

namespace knoop::bench {

struct Load {
  std::uint64_t count = 0;
  double seconds = 0;
  std::vector<double> milliseconds;  ///< Of each request, sorted.
};

/// Each connection asks one after another for `seconds`; each request with the next API key, for one key may do only so many a second.
/// Throws std::runtime_error with the answer when one is not of success.
[[nodiscard]] Load run_load(std::uint16_t port, const std::vector<std::string>& keys,
                            const std::vector<ApiRequest>& requests, std::size_t connections, double seconds);

}  // namespace knoop::bench
