// The routes about cards and the convenant on a node that this process holds itself: for verbs of the command line that
// also work while no daemon runs. The same handlers give the same answers.
#pragma once

#include "node/core/node.h"
#include "node/http/api_client.h"

namespace knoop::http {

/// Runs one request as `actor` and commits it. The role must be allowed, as over the socket.
[[nodiscard]] Answer call_locally(Node& node, const Actor& actor, Timestamp now, std::string_view method,
                                  std::string_view target, std::string_view body);

}  // namespace knoop::http
