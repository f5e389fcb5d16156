// The lines of a file of sealed openings (docs/spec/openings.md), as `knoop-verify openings` reads them. Each ends in a
// newline. Nothing in it can be read without the auditor's key but numbers, keys and signatures.
#pragma once

#include <string>

#include "node/core/matching_openings.h"

namespace knoop {

[[nodiscard]] std::string openings_head_line(const OpeningsExport& exported);
[[nodiscard]] std::string opening_line(const storage::StoredOpening& opening);

}  // namespace knoop
