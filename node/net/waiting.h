// Waiting on sockets.
#pragma once

#include <vector>
#include <zmq.hpp>

#include "node/net/limits.h"

namespace knoop::net {

/// zmq_poll that treats an interruption as the end of the wait.
void wait_for(std::vector<zmq::pollitem_t>& items, milliseconds at_most);

}  // namespace knoop::net
