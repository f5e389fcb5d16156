// The disk fails at each single call of the database during a release, at the sender and at the receiver, once each:
// never a disclosure without its log entry, never a lost one, and both logs verify (R8.1, protocol.md section 4).
#include "tests/sim/exchange_scene.h"

using namespace knoop;
using namespace knoop::sim;

namespace {

/// A release from the professional's answer to its end, while call `nth` of the node `victim` fails. False when the
/// release needed fewer calls.
bool release_with_fault(std::size_t victim, std::int64_t nth) {
  INFO("node " << victim << ", call " << nth);
  Story story(51);
  story.consent({Category::reason, Category::help});
  ExchangeId exchange;
  story.ask_and_wait(exchange);
  story.region.run_for(Milliseconds{10'000});

  std::int64_t calls = 0;
  std::string failed;
  bool looking = false;  // the test's own looks are not part of the release
  story.region[victim].refuse_call = [&](std::string_view sql) {
    if (looking || ++calls != nth) return false;
    failed = sql;
    return true;
  };
  const auto ask = [&] {
    return story.smw().command<ExchangeService::Answered>(
        [&](Context& context) {
          return story.smw().node().service<ExchangeService>().answer(context, story.bjz().member(), exchange,
                                                                      {});
        },
        worker);
  };
  const auto answered = ask();
  // Who got an error asks again when the node is back, unless the commit had come through.
  const auto settle = [&] {
    return story.region.run_until([&] { return story.smw().running() && story.bjz().running(); },
                                  Milliseconds{60'000});
  };
  REQUIRE(settle());
  if (!answered) {
    INFO("refused: " << failed);
    CHECK(answered.error().code == ErrorCode::io_failed);
    looking = true;
    if (story.release_state(exchange) == ReleaseState::asked) REQUIRE(ask().has_value());
    looking = false;
  }
  // What can be read at the receiver is in the sender's durable log at any moment, not only in the end.
  REQUIRE(story.region.run_until(
      [&] {
        if (!story.smw().running() || !story.bjz().running()) return false;
        looking = true;
        if (!story.received().empty()) CHECK(story.count(story.smw(), "release.disclosed") == 1);
        const bool ended = story.acquisition_state(exchange) == AcquisitionState::received;
        looking = false;
        return ended;
      },
      Milliseconds{600'000}));
  const bool hit = !failed.empty();
  story.region[victim].refuse_call = {};
  INFO("refused: " << failed);
  CHECK(story.release_state(exchange) == ReleaseState::disclosed);
  CHECK(story.received().size() == 2);
  CHECK(story.count(story.smw(), "release.disclosed") == 1);
  CHECK(story.count(story.bjz(), "release.received") == 1);
  for (SimNode* node : {&story.smw(), &story.bjz()})
    story.in(*node, [](Context& context) -> Result<int> {
      KNOOP_LET(dead, context.tx.one("SELECT count(*) FROM dead_letter"));
      CHECK(dead->get<std::int64_t>(0) == 0);
      return 0;
    });
  return hit;
}

}  // namespace

TEST_CASE("R8.1: whichever call of the database fails in a release, nothing is disclosed without its entry") {
  for (const std::size_t victim : {0U, 1U}) {
    std::int64_t nth = 1;
    while (release_with_fault(victim, nth)) ++nth;
    CHECK(nth > 80);
  }
}
