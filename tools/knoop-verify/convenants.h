// The versions of a convenant as files, checked one after the other from the first.
#pragma once

#include <filesystem>
#include <vector>

#include "config/convenant.h"

namespace knoop::verifier {

/// The newest of them, and the network that the first one makes.
[[nodiscard]] Result<Convenant> read_convenants(const std::vector<std::filesystem::path>& paths,
                                                NetworkId& network);

}  // namespace knoop::verifier
