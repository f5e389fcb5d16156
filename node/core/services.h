// The services of a node, in the order in which they are asked. The one list of what a node can do.
#pragma once

#include <memory>
#include <vector>

#include "node/core/service.h"

namespace knoop {

[[nodiscard]] std::vector<std::unique_ptr<Service>> make_services();

}  // namespace knoop
