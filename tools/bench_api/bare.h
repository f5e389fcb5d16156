// The queries that a node makes for requests, without the node: taken down while it answers them, and then run through SQLCipher alone.
#pragma once

#include <filesystem>
#include <vector>

#include "crypto/base/result.h"
#include "tools/bench_api/requests.h"

namespace knoop::bench {

struct Bare {
  std::uint64_t requests = 0;  ///< Whose queries ran.
  double seconds = 0;
  double queries = 0;  ///< For one request.
};

/// Of 200 requests of the plan. `folder` is a filled node's that nobody else uses now; it is written to (a look-up is an entry of the log). Each request's SELECTs run
/// prepared, with the values they had, in one transaction, and every column of every row is taken.
[[nodiscard]] Result<Bare> run_bare(const std::filesystem::path& folder, const RequestPlan& plan,
                                    double seconds);

}  // namespace knoop::bench
