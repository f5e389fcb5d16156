// Who wants to know what becomes of a release: the hand-over, whose next step may depend on it. Called inside the
// transaction of the event; an Error undoes it.
#pragma once

#include <vector>

#include "node/core/context.h"
#include "protocol/exchange/messages.h"

namespace knoop {

enum class ReleaseStep : std::uint8_t {
  offered,    ///< Sender: nothing readable left yet.
  receipted,  ///< Receiver: we signed for the offer.
  disclosed,  ///< Sender: the key left.
  received,   ///< Receiver: opened and checked.
  refused,    ///< Nothing was released.
  cancelled,  ///< The consent went before the key.
  broken,     ///< Receiver: the key did not open what was offered.
  withdrawn,  ///< Sender: what it rested on went after the key; the receiver is told.
};

struct ReleaseNews {
  ReleaseStep step{};
  MemberId peer;
  ExchangeId exchange;
  exchange::About about;
  std::string client;
  std::size_t fragments = 0;
  std::vector<exchange::Denied> denied;  ///< Categories that were not, or not wholly, released.
  bool correction = false;               ///< Of an earlier release: no hand-over moves by it.
};

class ReleaseObserver {
 public:
  ReleaseObserver() = default;
  ReleaseObserver(const ReleaseObserver&) = delete;
  ReleaseObserver& operator=(const ReleaseObserver&) = delete;
  virtual ~ReleaseObserver() = default;
  virtual Result<void> on_release(Context& context, const ReleaseNews& news) = 0;
};

}  // namespace knoop
