#include "node/core/loop.h"

#include <atomic>
#include <catch2/catch.hpp>
#include <thread>

#include "tests/support/core_node.h"

using namespace knoop;

namespace {

/// Stands still, so that no timer of the node comes due.
class StillClock final : public Clock {
 public:
  [[nodiscard]] Timestamp now() const override { return test::at(test::CoreNode::start_time); }
};

}  // namespace

TEST_CASE("an answer waits for the commit of its event") {
  test::CoreNode core;
  const auto node = core.start().value();
  const StillClock clock;
  Loop loop(clock);
  bool committed_before_answer = false;
  loop.post([&](Node& n, Timestamp now) -> Loop::AfterCommit {
    const auto done = n.command<int>(Actor::node(), now, [](Context& context) -> Result<int> {
      KNOOP_TRY(context.tx.exec("INSERT INTO meta(key, value) VALUES ('test', ?)", view("x")));
      return 0;
    });
    REQUIRE(done);
    CHECK(n.pending() > 0);
    return [&](const Result<void>& committed) {
      committed_before_answer = committed.has_value() && n.pending() == 0;
      loop.stop();
    };
  });
  REQUIRE(loop.run(*node));
  CHECK(committed_before_answer);
}

TEST_CASE("what was posted before the stop is handled and committed") {
  test::CoreNode core;
  const auto node = core.start().value();
  const StillClock clock;
  Loop loop(clock);
  int answered = 0;
  for (int i = 0; i < 600; ++i)  // more than two groups
    loop.post(
        [&](Node&, Timestamp) -> Loop::AfterCommit { return [&](const Result<void>&) { ++answered; }; });
  loop.stop();
  REQUIRE(loop.run(*node));
  CHECK(answered == 600);
}

TEST_CASE("many threads may post while the loop runs") {
  test::CoreNode core;
  const auto node = core.start().value();
  const StillClock clock;
  Loop loop(clock);
  std::atomic<int> answered = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 100; ++i)
        loop.post([&](Node&, Timestamp) -> Loop::AfterCommit {
          return [&](const Result<void>&) {
            if (++answered == 400) loop.stop();
          };
        });
    });
  REQUIRE(loop.run(*node));
  for (std::thread& thread : threads) thread.join();
  CHECK(answered == 400);
}
