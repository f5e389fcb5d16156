// The match as a task over virtual weeks (R2.7): whatever happens to the network, the processes and the agendas of two
// organisations, a match that nobody followed up is somebody's or everybody's, its term is told step by step, once, and after
// healing both sides know the same of each other.
#include <catch2/catch.hpp>

#include "tests/sim/followup_scene.h"
#include "tests/sim/seeds.h"

using namespace knoop;
using namespace knoop::sim;
using followup::State;
using matching::Outcome;
using storage::Choice;

namespace {

const std::set<audit::Event> stages{audit::Event::match_reminded, audit::Event::match_overdue,
                                    audit::Event::match_escalated};

/// An open task is on the list of whoever looks for it; what nobody owns, and what was escalated, on everybody's.
void somebody_sees_it(FollowupWorld& world, SimNode& node) {
  if (!node.running()) return;
  const MatchTaskView view = world.task(node);
  const std::size_t expected = followup::is_open(view.task.state) ? 1 : 0;
  CHECK(world.work(node).size() == expected);
  CHECK(world.work(node, view.owner).size() == expected);
  const bool everybodys =
      view.owner.empty() || view.task.stage == terms::Stage::escalated || view.task.trouble.has_value();
  CHECK(world.work(node, "Een heel ander").size() == (everybodys ? expected : 0));
}

using Term = std::pair<std::string, terms::Stage>;  ///< As the log describes it, and how far it came.

std::string described(const followup::Deadline& deadline) {
  return fmt::format("{}, due {}", followup::to_string(deadline.task), deadline.span.due.iso());
}

/// The stage that the calendar says was told, and is remembered with those before.
void nothing_lapsed(FollowupWorld& world, SimNode& node, std::map<std::string, terms::Stage>& told) {
  if (!node.running()) return;
  const storage::StoredMatchTask task = world.task(node).task;
  if (!followup::is_open(task.state)) return;
  REQUIRE(task.deadline.has_value());
  const Date today =
      world.in<Date>(node, [](Context& context) -> Result<Date> { return dutch_day(context.now); });
  CHECK(task.stage == terms::stage_on(task.deadline->span, today));
  terms::Stage& furthest = told[described(*task.deadline)];
  furthest = std::max(furthest, task.stage);
}

/// Every stage that a term was seen to reach stands in the log, no stage twice, and none without those before it.
void told_once(SimNode& node, const std::map<std::string, terms::Stage>& told) {
  const Logged logged = logged_of(node, stages);
  const auto count = [&](terms::Stage stage, const std::string& term) {
    constexpr std::array<std::string_view, 4> names{"", "match.reminded", "match.overdue", "match.escalated"};
    return logged.count({std::string(names.at(static_cast<std::size_t>(stage))), term});
  };
  for (const auto& [term, furthest] : told) {
    INFO(term);
    for (const terms::Stage stage : {terms::Stage::reminded, terms::Stage::overdue, terms::Stage::escalated})
      if (furthest >= stage) CHECK(count(stage, term) == 1);
  }
  for (const auto& [event, term] : logged) {
    INFO(event << ": " << term);
    CHECK(logged.count({event, term}) == 1);
    if (event != "match.reminded") CHECK(count(terms::Stage::reminded, term) == 1);
    if (event == "match.escalated") CHECK(count(terms::Stage::overdue, term) == 1);
  }
}

}  // namespace

TEST_CASE(
    "R2.7: both entered it and nobody called: reminded, overdue and escalated at both sides, each once") {
  FollowupWorld world(1, true);
  world.settle();
  for (SimNode* node : world.both()) {
    CHECK(world.state(*node) == State::to_contact);
    CHECK(world.task(*node).owner == (node == &world.smw() ? "Prof. van SMW-1" : "Prof. van BJZ-9"));
    CHECK(world.task(*node).task.deadline->span.due == Date{2026, 11, 9});
  }
  world.pass(std::chrono::days{30});
  for (SimNode* node : world.both()) {
    CHECK(world.task(*node).task.stage == terms::Stage::escalated);
    for (const audit::Event event : stages) CHECK(world.logged(*node, event) == 1);
    somebody_sees_it(world, *node);
  }
  // It can still be done, and then another term runs.
  REQUIRE(world.contacted(world.smw()));
  CHECK(world.state(world.smw()) == State::contacted);
  CHECK(world.task(world.smw()).task.stage == terms::Stage::running);
  CHECK(world.work(world.smw(), "Een heel ander").empty());
}

TEST_CASE("R2.7: stages that pass while the node is off are all told when it starts, once, over restarts") {
  FollowupWorld world(2, true);
  world.settle();
  world.smw().stop();
  world.pass(std::chrono::days{20});
  for (int again = 0; again < 3; ++again) {
    world.smw().start();
    // After more than a day somebody says that the clock is right; until then no term passes (decisions/0005).
    if (again == 0) {
      world.region.run_for(std::chrono::minutes{70});
      for (const audit::Event event : stages) CHECK(world.logged(world.smw(), event) == 0);
      REQUIRE(world.act(world.smw(), [](Context& context) { return context.confirm_clock(); }));
    }
    world.region.run_for(std::chrono::minutes{70});
    world.smw().crash();
  }
  world.smw().start();
  for (const audit::Event event : stages) CHECK(world.logged(world.smw(), event) == 1);
}

TEST_CASE("R2.4, R2.7: from judging over waiting and contact to two outcomes that agree") {
  FollowupWorld world(3, false);
  world.settle();
  CHECK(world.state(world.smw()) == State::to_judge);
  // Refused: nothing was chosen, nobody called.
  CHECK(world.contacted(world.smw()).error().code == ErrorCode::wrong_state);
  CHECK(world.conclude(world.smw(), Outcome::same_youth).error().code == ErrorCode::wrong_state);
  REQUIRE(world.choose(world.smw(), Choice::contact));
  CHECK(world.state(world.smw()) == State::awaiting);
  CHECK_FALSE(world.work(world.smw()).front().ours);
  world.settle();
  CHECK(world.state(world.bjz()) == State::to_judge);  // it is not told
  REQUIRE(world.choose(world.bjz(), Choice::contact));
  world.settle();
  for (SimNode* node : world.both()) CHECK(world.state(*node) == State::to_contact);
  // Refused: what lies ahead, or before the match.
  const auto on = [&](Date day, followup::Way way) {
    return world.act(world.smw(), [&](Context& context) {
      return FollowupWorld::tasks(world.smw()).contacted(context, world.id, day, way);
    });
  };
  CHECK(on({2026, 12, 1}, followup::Way::phone).error().code == ErrorCode::bad_value);
  CHECK(on({2026, 10, 1}, followup::Way::phone).error().code == ErrorCode::bad_value);
  CHECK(world.state(world.smw()) == State::to_contact);
  REQUIRE(on({2026, 10, 1}, followup::Way::already));
  CHECK(world.state(world.smw()) == State::contacted);
  REQUIRE(world.conclude(world.smw(), Outcome::same_youth));
  CHECK(world.state(world.smw()) == State::concluded);
  world.settle();
  CHECK(world.state(world.bjz()) == State::contacted);
  REQUIRE(world.conclude(world.bjz(), Outcome::same_youth));
  world.settle();
  for (SimNode* node : world.both()) {
    CHECK(world.state(*node) == State::concluded);
    CHECK(world.work(*node).empty());
    CHECK(world.contacted(*node).error().code == ErrorCode::wrong_state);
    CHECK(world.assign(*node, "J. Jansen").error().code == ErrorCode::wrong_state);
    CHECK(world.escalate(*node).error().code == ErrorCode::wrong_state);
  }
}

TEST_CASE("R2.4: outcomes that cross and differ are seen at both sides, until they talked") {
  FollowupWorld world(4, true);
  world.settle();
  world.region.network.cut(world.smw().member(), world.bjz().member());
  REQUIRE(world.conclude(world.smw(), Outcome::same_youth));
  REQUIRE(world.conclude(world.bjz(), Outcome::someone_else));
  CHECK(world.state(world.smw()) == State::concluded);
  world.region.network.heal(world.smw().member(), world.bjz().member());
  world.settle();
  for (SimNode* node : world.both()) {
    CHECK(world.state(*node) == State::differing);
    CHECK(world.work(*node).size() == 1);
  }
  REQUIRE(world.conclude(world.bjz(), Outcome::same_youth));
  world.settle();
  for (SimNode* node : world.both()) CHECK(world.state(*node) == State::concluded);
}

TEST_CASE("R2.7: waiting is given up after the term, with a reason, and the other's choice brings it back") {
  FollowupWorld world(5, false);
  REQUIRE(world.choose(world.smw(), Choice::contact));
  CHECK(world.choose(world.smw(), Choice::no_contact).error().code == ErrorCode::wrong_state);
  world.pass(std::chrono::days{10});
  REQUIRE(world.choose(world.smw(), Choice::no_contact, followup::Reason::no_answer));
  CHECK(world.state(world.smw()) == State::no_contact);
  CHECK(world.task(world.smw()).task.declined == followup::Reason::no_answer);
  CHECK(world.work(world.smw()).empty());
  REQUIRE(world.choose(world.bjz(), Choice::contact));
  world.settle();
  for (SimNode* node : world.both()) CHECK(world.state(*node) == State::to_contact);
  // The term of the match has passed: contact gets its own.
  CHECK(world.task(world.smw()).task.deadline->span.due == Date{2026, 11, 19});
}

TEST_CASE(
    "R2.7: who leaves hands over, who has nobody to hand over to leaves the task to whose involvement it "
    "is") {
  FollowupWorld world(6, true);
  REQUIRE(world.assign(world.smw(), "A. de Vries"));
  CHECK(world.task(world.smw()).owner == "A. de Vries");
  CHECK(world.work(world.smw(), "a de vries").size() == 1);
  CHECK(world.work(world.smw(), "B. Bakker").empty());
  const auto transfer = [&](std::string_view from, std::string_view to) {
    return world.smw().command<std::size_t>(
        [&](Context& context) { return transfer_match_tasks(context, from, to); });
  };
  CHECK(transfer("", "B. Bakker").error().code == ErrorCode::bad_value);
  CHECK(*transfer("C. Claassen", "B. Bakker") == 0);
  CHECK(*transfer("A de Vries", "B. Bakker") == 1);
  CHECK(world.task(world.smw()).owner == "B. Bakker");
  CHECK(*transfer("B. Bakker", "") == 1);
  CHECK(world.task(world.smw()).owner == "Prof. van SMW-1");
  CHECK(world.logged(world.smw(), audit::Event::match_task_changed) == 3);
  CHECK(world.assign(world.smw(), std::string(201, 'a')).error().code == ErrorCode::bad_value);
}

TEST_CASE("R2.7: when the involvement of its owner ends, the task is its colleague's or everybody's") {
  FollowupWorld world(7, true);
  REQUIRE(world.assign(world.smw(), "Prof. van SMW-1"));
  const auto end_involvement = [&](bool colleague) {
    world.in<int>(world.smw(), [&](Context& context) -> Result<int> {
      KNOOP_LET(client, storage::find_client(context.tx, "SMW-1"));
      KNOOP_LET(involvements, storage::involvements_of(context.tx, client->id));
      for (auto& each : involvements) {
        if (each.involvement.closed_on) continue;
        each.involvement.closed_on = dutch_day(context.now);
        KNOOP_TRY(storage::update_involvement(context.tx, each, context.now));
      }
      if (colleague) {
        records::Involvement involvement;
        involvement.kind = records::InvolvementKind::signaal;
        involvement.from = {2026, 10, 1};
        involvement.until = {2027, 10, 1};
        involvement.professional = {"D. Collega", "medewerker", "023-5550101", "d@een.example"};
        KNOOP_TRY(storage::add_involvement(context.tx, client->id, involvement, context.now));
      }
      KNOOP_TRY(involvements_changed(context, client->id));
      return 0;
    });
  };
  end_involvement(true);
  CHECK(world.task(world.smw()).owner == "D. Collega");
  end_involvement(false);
  CHECK(world.task(world.smw()).owner.empty());
  somebody_sees_it(world, world.smw());
  CHECK(world.work(world.smw(), "Een heel ander").size() == 1);
}

TEST_CASE("R2.7: who cannot get further alone shows it to everybody, and the clock goes on") {
  FollowupWorld world(8, true);
  REQUIRE(world.escalate(world.bjz(), followup::Trouble::unreachable));
  CHECK(world.work(world.bjz(), "Een heel ander").front().trouble == "niet bereikbaar");
  world.pass(std::chrono::days{30});
  for (const audit::Event event : stages) CHECK(world.logged(world.bjz(), event) == 1);
  REQUIRE(world.conclude(world.bjz(), Outcome::family));
  CHECK_FALSE(world.task(world.bjz()).task.trouble.has_value());
}

TEST_CASE("R2.7: over weeks of faults, crashes and partitions no match lapses unseen and both meet again") {
  constexpr std::array outcomes{Outcome::same_youth, Outcome::family, Outcome::someone_else};
  for (std::size_t seed = 100; seed < 100 + seeds_of_many(100); ++seed) {
    CAPTURE(seed);
    FollowupWorld world(seed, seed % 2 == 0);
    world.region.network.faults = {100, 50, 10, Milliseconds{1}, Milliseconds{300}};
    std::map<std::string, terms::Stage> told[2];
    bool apart = false;
    const auto dice = [&](std::uint64_t sides) { return world.region.dice() % sides; };
    for (int step = 0; step < 24; ++step) {
      SimNode& node = world.region[dice(2)];
      const followup::Facts before = facts_of(world.match(node), world.task(node).task);
      const bool overdue = world.task(node).task.stage >= terms::Stage::overdue;
      const auto expect = [&](followup::Event event, const Result<void>& done,
                              std::optional<Outcome> outcome = {}) {
        const followup::Step answer = followup::step(before, event, followup::By::us, {outcome, overdue});
        INFO(followup::to_string(followup::state_of(before)) << ": " << followup::to_string(event));
        CHECK(done.has_value() == (answer.answer == followup::Answer::moves));
        CHECK(facts_of(world.match(node), world.task(node).task) == answer.facts);
        CHECK(world.state(node) == answer.next);
      };
      switch (dice(12)) {
        case 0:
          node.crash();
          node.start();
          break;
        case 1:
          apart = !apart;
          if (apart)
            world.region.network.cut(world.smw().member(), world.bjz().member());
          else
            world.region.network.heal(world.smw().member(), world.bjz().member());
          break;
        case 2:
        case 3:
          // Not for long while they are apart: what waits is sent again each minute.
          world.pass(std::chrono::days{1 + (apart ? 0 : dice(6))});
          break;
        case 4:
        case 5:
          expect(followup::Event::choose, world.choose(node, Choice::contact));
          break;
        case 6:
          expect(followup::Event::decline, world.choose(node, Choice::no_contact));
          break;
        case 7:
          expect(followup::Event::contact, world.contacted(node));
          break;
        case 8:
        case 9: {
          const Outcome outcome = outcomes[dice(outcomes.size())];
          expect(followup::Event::conclude, world.conclude(node, outcome), outcome);
          break;
        }
        case 10:
          expect(followup::Event::assign, world.assign(node, dice(2) == 0 ? "A. de Vries" : ""));
          break;
        default:
          expect(followup::Event::escalate, world.escalate(node));
      }
      world.region.run_for(Milliseconds{1000 + static_cast<std::int64_t>(dice(2000))});
      for (const std::size_t at : {0UL, 1UL}) {
        nothing_lapsed(world, world.region[at], told[at]);
        somebody_sees_it(world, world.region[at]);
      }
    }
    world.region.network.heal(world.smw().member(), world.bjz().member());
    world.region.network.faults = {};
    world.settle();
    const storage::StoredMatch ours = world.match(world.smw());
    const storage::StoredMatch theirs = world.match(world.bjz());
    CHECK(ours.outcome == theirs.peer_outcome);
    CHECK(theirs.outcome == ours.peer_outcome);
    CHECK((ours.own_choice == Choice::contact) == theirs.peer_choice_at.has_value());
    CHECK((theirs.own_choice == Choice::contact) == ours.peer_choice_at.has_value());
    if (ours.outcome && theirs.outcome) CHECK(world.state(world.smw()) == world.state(world.bjz()));
    for (const std::size_t at : {0UL, 1UL}) {
      nothing_lapsed(world, world.region[at], told[at]);
      told_once(world.region[at], told[at]);
    }
  }
}
