// The clock of the machine. Only the outermost loop asks it.
#pragma once

#include "node/core/ports.h"

namespace knoop {

class SystemClock final : public Clock {
 public:
  SystemClock() = default;
#ifdef KNOOP_TEST_CLOCK
  /// Demo and tests only: a node that lives `shift` away from the machine's time. Not in an installed
  /// program.
  explicit SystemClock(Milliseconds shift) : shift_(shift) {}
#endif
  [[nodiscard]] Timestamp now() const override;

 private:
  Milliseconds shift_{0};
};

}  // namespace knoop
