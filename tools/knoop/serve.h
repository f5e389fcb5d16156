// `knoop serve`: the daemon. Wires the real clock, randomness, transport, executor, database and API to one node and
// runs the core loop until SIGTERM or SIGINT, or until something happens after which it must not go on.
#pragma once

#include "tools/knoop/program.h"

namespace knoop::cli {

[[nodiscard]] Result<int> serve(Program& program);

}  // namespace knoop::cli
