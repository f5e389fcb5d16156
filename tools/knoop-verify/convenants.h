// The versions of a convenant as files, checked one after the other from the first.
#pragma once

#include <filesystem>
#include <vector>

#include "config/convenant.h"

namespace knoop::verifier {

/// All of them in order, and the network that the first one makes.
[[nodiscard]] Result<std::vector<Convenant>> read_all_convenants(
    const std::vector<std::filesystem::path>& paths, NetworkId& network);
/// The newest of them.
[[nodiscard]] Result<Convenant> read_convenants(const std::vector<std::filesystem::path>& paths,
                                                NetworkId& network);

}  // namespace knoop::verifier
