// The match as a task beside matching itself (R2.7, R2.10): matches that are found, end, and come back.
#include <catch2/catch.hpp>

#include "node/core/match_tasks.h"
#include "protocol/records/calendar.h"
#include "tests/sim/matching_scene.h"
#include "tests/support/must.h"

using namespace knoop;
using namespace knoop::sim;
using followup::State;
using matching::Outcome;

namespace {

const std::vector<Region::Organisation> two{{"smw-een", "smw"}, {"bjz-twee", "bjz"}};

MatchTaskView task(SimNode& node, const matching::MatchId& id) {
  return test::must(node.command<MatchTaskView>([&](Context& context) -> Result<MatchTaskView> {
    KNOOP_LET(match, storage::find_match(context.tx, id));
    return view_match_task(context, *match);
  }));
}
Result<bool> conclude(SimNode& node, const matching::MatchId& id, Outcome outcome) {
  return node.command<bool>([&](Context& context) {
    return node.node().service<MatchingService>().record_outcome(context, id, outcome).map([] {
      return true;
    });
  });
}
storage::StoredMatch match(SimNode& node, const matching::MatchId& id) {
  return *test::must(node.command<std::optional<storage::StoredMatch>>(
      [&](Context& context) { return storage::find_match(context.tx, id); }));
}
/// Nobody is at work: days that cost nothing.
void days_off(Region& region, std::chrono::days days) {
  for (const auto& node : region.nodes()) node->stop();
  region.run_for(Milliseconds{days});
  for (const auto& node : region.nodes()) {
    node->start();
    // After more than a day somebody says that the clock is right.
    REQUIRE(node->command<bool>(
        [](Context& context) { return context.confirm_clock().map([] { return true; }); }));
  }
  settle(region);
}

/// A certain match of Sanne's, with its outcome recorded at both.
matching::MatchId concluded(Region& region) {
  put(region[0], "S1", sanne);
  put(region[1], "B1", sanne);
  settle(region);
  const matching::MatchId id = matches(region[0]).front().id;
  for (const auto& node : region.nodes()) {
    CHECK(task(*node, id).task.state == State::to_contact);
    CHECK(task(*node, id).owner == (node == region.nodes()[0] ? "Prof. van S1" : "Prof. van B1"));
    REQUIRE(conclude(*node, id, Outcome::same_youth));
  }
  settle(region);
  for (const auto& node : region.nodes()) CHECK(task(*node, id).task.state == State::concluded);
  return id;
}

}  // namespace

TEST_CASE(
    "R2.7, R2.10: a match that comes back within days is the same task, and what was told is told again") {
  Region region(31, two);
  const matching::MatchId id = concluded(region);
  close(region[1], "B1");
  settle(region);
  for (const auto& node : region.nodes()) {
    CHECK(task(*node, id).task.state == State::lapsed);
    CHECK_FALSE(conclude(*node, id, Outcome::family));
  }
  days_off(region, std::chrono::days{3});
  reopen(region[1], "B1");
  settle(region);
  for (const auto& node : region.nodes()) CHECK(task(*node, id).task.state == State::concluded);
}

TEST_CASE("R2.7, R2.10: a match that comes back after weeks is a new task with a term of its own") {
  Region region(32, two);
  const matching::MatchId id = concluded(region);
  close(region[1], "B1");
  settle(region);
  days_off(region, std::chrono::days{14});
  reopen(region[1], "B1");
  settle(region);
  for (const auto& node : region.nodes()) {
    const MatchTaskView back = task(*node, id);
    CHECK(back.task.state == State::to_contact);
    REQUIRE(back.task.deadline.has_value());
    CHECK(back.task.deadline->span.due == match(*node, id).contact_before);
    CHECK(back.task.deadline->span.due == Date{2026, 11, 23});
  }
  REQUIRE(conclude(region[0], id, Outcome::someone_else));
  settle(region);
  CHECK(task(region[0], id).task.state == State::concluded);
  CHECK(task(region[1], id).task.state == State::contacted);
}

TEST_CASE("R2.4: an outcome that comes while the match has ended at the other side is not lost") {
  Region region(33, two);
  put(region[0], "S1", sanne);
  put(region[1], "B1", sanne);
  settle(region);
  const matching::MatchId id = matches(region[0]).front().id;
  region.network.cut(region[0].member(), region[1].member());
  close(region[1], "B1");
  region.run_for(std::chrono::minutes{2});
  CHECK(task(region[1], id).task.state == State::lapsed);
  REQUIRE(conclude(region[0], id, Outcome::family));
  reopen(region[1], "B1");
  region.run_for(std::chrono::minutes{2});
  region.network.heal(region[0].member(), region[1].member());
  settle(region);
  CHECK(match(region[1], id).peer_outcome == Outcome::family);
  CHECK(task(region[0], id).task.state == State::concluded);
  CHECK(task(region[1], id).task.state == State::contacted);
}
