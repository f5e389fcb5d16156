#include "node/core/service.h"

#include "crypto/base/assert.h"

namespace knoop {

void Dispatcher::on(MessageType type, Audience audience, MessageHandler handler, MessageHandler dead) {
  const bool fresh = entries_.emplace(type, Entry{audience, std::move(handler), std::move(dead)}).second;
  KNOOP_ASSERT(fresh, "two services registered the same message type");
}

const Dispatcher::Entry* Dispatcher::find(MessageType type) const {
  const auto found = entries_.find(type);
  return found == entries_.end() ? nullptr : &found->second;
}

}  // namespace knoop
