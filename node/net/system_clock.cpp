#include "node/net/system_clock.h"

namespace knoop {

Timestamp SystemClock::now() const {
  const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
  return Timestamp{std::chrono::duration_cast<Milliseconds>(since_epoch).count()} + shift_;
}

}  // namespace knoop
