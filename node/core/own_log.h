// Whether our own log is known to be whole: that it contains every head of ours that a witness holds (protocol.md
// section 4, "Fresh"). A node that was restored from a backup may lack withdrawals that it recorded itself; until its
// witnesses were heard it cannot know. Whoever keeps the answers of witnesses implements this; where nobody does, the log is
// taken to be whole.
#pragma once

#include "node/core/context.h"

namespace knoop {

class OwnLogWatch {
 public:
  OwnLogWatch() = default;
  OwnLogWatch(const OwnLogWatch&) = delete;
  OwnLogWatch& operator=(const OwnLogWatch&) = delete;
  virtual ~OwnLogWatch() = default;
  /// Called in the transaction of a decision.
  virtual Result<bool> known_whole(Context& context) = 0;
};

}  // namespace knoop
