#include "node/core/clock_watch.h"

#include <catch2/catch.hpp>

#include "tests/support/core_node.h"

using namespace knoop;
using namespace std::chrono_literals;
using test::must;

namespace {

struct Bench {
  Bench() : tx(database->begin().value()) {}

  void see(Timestamp clock) {
    REQUIRE_FALSE(watch.step(clock));
    must(watch.seen(tx, clock));
  }
  /// Another process on the same database.
  ClockWatch again() {
    ClockWatch out;
    must(out.load(tx));
    return out;
  }

  test::CoreNode core;
  std::unique_ptr<storage::Database> database =
      storage::Database::open(core.path(), core.database_key, storage::OpenMode::open).value();
  storage::Transaction tx;
  ClockWatch watch;
  Timestamp noon = test::at("2026-11-02T12:00:00Z");
  MemberId one = core.peer.card.member;
  MemberId other = core.other.card.member;
};

}  // namespace

TEST_CASE("steps are seen past five minutes back and past a day forward, not before") {
  Bench bench;
  CHECK_FALSE(bench.watch.step(bench.noon));  // the first reading ever
  bench.see(bench.noon);
  CHECK_FALSE(bench.watch.step(bench.noon - 5min));
  CHECK(bench.watch.step(bench.noon - 5min - 1ms) == ClockStep::back);
  CHECK_FALSE(bench.watch.step(bench.noon + 24h));
  CHECK(bench.watch.step(bench.noon + 24h + 1ms) == ClockStep::forward);
  CHECK(bench.watch.went_back(bench.noon - 1ms));
  CHECK_FALSE(bench.watch.went_back(bench.noon));
}

TEST_CASE("the reading is stored at most a minute late, so a step across a stop is seen") {
  Bench bench;
  bench.see(bench.noon);
  for (auto t = bench.noon; t < bench.noon + 10min; t = t + 5s) bench.see(t);
  CHECK(bench.again().step(bench.noon + 9min - 5min - 6s) == ClockStep::back);
  CHECK(bench.again().step(bench.noon + 10min + 24h) == ClockStep::forward);
  CHECK_FALSE(bench.again().step(bench.noon + 10min));
}

TEST_CASE("in doubt time runs on from before the step, also after a restart and a second step") {
  Bench bench;
  bench.see(bench.noon);
  must(bench.watch.begin(bench.tx, ClockStep::forward, bench.noon + 48h));
  CHECK(bench.watch.read(bench.noon + 48h) == bench.noon);
  CHECK(bench.watch.read(bench.noon + 48h + 4min) == bench.noon + 4min);
  // Set right by some hours while in doubt: that is no time that went by.
  CHECK(bench.watch.read(bench.noon + 51h) == bench.noon);
  for (auto t = 0min; t <= 60min; ++t) bench.see(bench.noon + 48h + t);
  CHECK(bench.watch.read(bench.noon + 49h) == bench.noon + 1h);
  CHECK(bench.again().read(bench.noon + 49h) == bench.noon + 1h);
  CHECK(bench.again().doubt()->step == ClockStep::forward);

  REQUIRE(bench.watch.step(bench.noon + 1h) == ClockStep::back);
  must(bench.watch.begin(bench.tx, ClockStep::back, bench.noon + 1h));
  CHECK(bench.watch.doubt()->step == ClockStep::back);
  CHECK(bench.watch.read(bench.noon + 1h) == bench.noon + 1h);
  must(bench.watch.begin(bench.tx, ClockStep::forward, bench.noon + 90h));
  CHECK(bench.watch.doubt()->step == ClockStep::back);  // once back, a person must look

  must(bench.watch.end(bench.tx, bench.noon + 2h));
  CHECK(bench.watch.read(bench.noon + 2h) == bench.noon + 2h);
  CHECK_FALSE(bench.again().doubt());
  CHECK_FALSE(bench.again().step(bench.noon + 2h));
}

TEST_CASE("two different members must agree, within five minutes and about a step forward") {
  Bench bench;
  const Timestamp now = bench.noon + 48h;
  bench.see(bench.noon);
  CHECK_FALSE(bench.watch.agrees(bench.one, now, now));  // nothing in doubt
  must(bench.watch.begin(bench.tx, ClockStep::forward, now));
  CHECK_FALSE(bench.watch.agrees(bench.one, now, now));
  CHECK_FALSE(bench.watch.agrees(bench.one, now + 1min, now));  // the same one again
  CHECK_FALSE(bench.watch.agrees(bench.other, now - 5min - 1ms, now));
  CHECK_FALSE(bench.watch.agrees(bench.one, now + 6min, now));  // changed its mind
  CHECK_FALSE(bench.watch.agrees(bench.other, now + 5min, now));
  CHECK(bench.watch.agrees(bench.one, now - 5min, now));

  must(bench.watch.begin(bench.tx, ClockStep::back, now - 1h));
  CHECK_FALSE(bench.watch.agrees(bench.one, now - 1h, now - 1h));
  CHECK_FALSE(bench.watch.agrees(bench.other, now - 1h, now - 1h));
}

TEST_CASE("validity never goes back behind the own log") {
  test::CoreNode core;
  const auto node = core.start().value();
  const auto log = [&](Timestamp clock) {
    return node
        ->command<Timestamp>(Actor::node(), clock,
                             [](Context& context) -> Result<Timestamp> {
                               KNOOP_TRY(context.audit({.event = audit::Event::config_changed}));
                               return context.now;
                             })
        .value();
  };
  CHECK(log(core.now + 10min) == core.now + 10min);
  CHECK(log(core.now + 7min) == core.now + 10min);
  CHECK(log(core.now + 11min) == core.now + 11min);
}
