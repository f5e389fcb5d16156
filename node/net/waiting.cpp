#include "node/net/waiting.h"

namespace knoop::net {

void wait_for(std::vector<zmq::pollitem_t>& items, milliseconds at_most) {
  try {
    zmq::poll(items, at_most);
  } catch (const zmq::error_t& error) {
    if (error.num() != EINTR) throw;
  }
}

}  // namespace knoop::net
