// What each event of a file costs the core thread: put in, released, sent in pieces, read, withdrawn while it is on its way, deleted
// (docs/performance.md). Two whole nodes over real stores on disk in one thread; frames go from one to the other by hand, so that every
// call into a node is measured alone, and so is the commit after it.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "crypto/base/entropy.h"
#include "crypto/base/result.h"

namespace knoop::bench {

/// Milliseconds of each call, in order.
struct Costs {
  std::vector<double>
      cpu;  ///< Of this thread: what the core thread would be held for on a machine of its own.
  std::vector<double> wall;  ///< With waiting for the disk, and for whatever else the machine does.
};

/// By what was called, such as "owner: a piece is put in" or "receiver: a message comes".
[[nodiscard]] Result<std::map<std::string, Costs>> file_events(const std::filesystem::path& folder,
                                                               std::size_t bytes, Entropy& entropy);

}  // namespace knoop::bench
