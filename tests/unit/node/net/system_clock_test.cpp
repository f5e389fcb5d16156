#include "node/net/system_clock.h"

#include <catch2/catch.hpp>

using namespace knoop;

TEST_CASE("SystemClock says the machine's time, shifted when a test asks for it") {
  const SystemClock clock;
  const SystemClock yesterday(-std::chrono::hours(24));
  const Timestamp before = clock.now();
  const Timestamp shifted = yesterday.now() + std::chrono::hours(24);
  const Timestamp after = clock.now();
  CHECK(before.ms > 1'700'000'000'000);
  CHECK(before <= shifted);
  CHECK(shifted <= after);
}
