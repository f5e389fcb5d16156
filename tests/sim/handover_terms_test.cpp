// Terms of hand-overs over virtual weeks (R5.2, R5.6): whatever happens to the network, the processes and the agendas of two
// organisations, nothing lapses unseen, the responsibility is with exactly one, and after healing both copies are equal.
#include <catch2/catch.hpp>

#include "node/core/work_list.h"
#include "tests/sim/handover_scene.h"
#include "tests/sim/seeds.h"

using namespace knoop;
using namespace knoop::sim;
using handover::Event;
using handover::Kind;
using handover::Party;
using handover::State;
using storage::StoredHandover;
using test::must;

namespace {

void pass(HandoverWorld& world, std::chrono::days days) {
  world.region.run_for(Milliseconds{days});
}

/// Every open hand-over of a running node owes something by a day, and how late it is was seen and told.
void nothing_lapsed(SimNode& node, const HandoverId& id) {
  if (!node.running()) return;
  const auto checked = node.command<int>([&](Context& context) -> Result<int> {
    KNOOP_LET(found, storage::find_handover(context.tx, id));
    if (!found) return 0;  // the request is still under way
    REQUIRE(found->deadline.has_value() == !handover::is_final(found->state));
    if (found->deadline)
      CHECK(found->stage >= terms::stage_on(found->deadline->span, dutch_day(context.now)));
    return 0;
  });
  REQUIRE(checked.has_value());
}

/// By the copy that decides it is with one by its type; and whoever looks at both finds somebody who takes it as theirs.
void somebody_bears(HandoverWorld& world, const HandoverId& id) {
  if (!world.smw().running() || !world.bjz().running()) return;
  const StoredHandover ours = world.show(world.smw(), id).handover;
  const auto theirs = world.bjz().command<std::optional<StoredHandover>>(
      [&](Context& context) { return storage::find_handover(context.tx, id); });
  REQUIRE(theirs.has_value());
  const bool here = bearer(ours) == Party::afzender;
  const bool there = *theirs && bearer(**theirs) == Party::ontvanger;
  CHECK((here || there));
  if (handover::flow_of(ours.ask.kind) == handover::Flow::advice) CHECK((here && !there));
}

}  // namespace

TEST_CASE("R5.2, R5.6: an unanswered request is reminded, overdue and escalated at both sides, each once") {
  HandoverWorld world(1);
  const HandoverId id = world.request(world.match);
  world.both(id, State::requested);
  const auto stage = [&](SimNode& node) { return world.show(node, id).handover.stage; };
  CHECK(stage(world.smw()) == terms::Stage::running);
  const handover::Deadline deadline = *world.show(world.bjz(), id).handover.deadline;
  CHECK(deadline.task == handover::Task::answer);
  CHECK(deadline == *world.show(world.smw(), id).handover.deadline);
  pass(world, std::chrono::days{30});
  for (SimNode* node : {&world.smw(), &world.bjz()}) {
    CHECK(stage(*node) == terms::Stage::escalated);
    CHECK(world.logged(*node, audit::Event::handover_reminded) == 1);
    CHECK(world.logged(*node, audit::Event::handover_overdue) == 1);
    CHECK(world.logged(*node, audit::Event::handover_term_escalated) == 1);
  }
  // It can still be answered, and then the next term runs.
  REQUIRE(world.act(world.bjz(), id, Event::accept));
  world.both(id, State::accepted);
  CHECK(stage(world.bjz()) == terms::Stage::running);
}

TEST_CASE("R5.6: a term passes while the node is off, and is told when it starts") {
  HandoverWorld world(2);
  const HandoverId id = world.request(world.match);
  world.settle();
  pass(world, std::chrono::days{7});  // the last good day
  CHECK(world.show(world.bjz(), id).handover.stage == terms::Stage::reminded);
  world.bjz().stop();
  world.region.run_for(std::chrono::hours{20});
  world.bjz().start();
  world.region.run_for(std::chrono::minutes{2});
  CHECK(world.show(world.bjz(), id).handover.stage == terms::Stage::overdue);
  CHECK(world.logged(world.bjz(), audit::Event::handover_overdue) == 1);
}

TEST_CASE("R5.2: who waits gives more time, who owes does not take it, and the end moves at both sides") {
  HandoverWorld world(3);
  const HandoverId id = world.request(world.match);
  world.settle();
  const Date before = world.show(world.smw(), id).handover.deadline->span.due;
  CHECK(world.act(world.bjz(), id, Event::pause).error().code == ErrorCode::forbidden);
  REQUIRE(world.act(world.smw(), id, Event::pause));
  world.both(id, State::requested);
  CHECK(world.show(world.smw(), id).handover.deadline->span.due > before);
  CHECK(world.show(world.smw(), id).handover.deadline == world.show(world.bjz(), id).handover.deadline);
}

TEST_CASE(
    "R5.2, R5.6: clocks stand still where the convenant agreed it, at both sides alike, and not for what is "
    "urgent") {
  HandoverWorld world(9);
  world.region.amend([](Convenant& convenant) {
    convenant.terms.recesses = {{{2026, 11, 5}, {2026, 11, 11}}};
  });
  const HandoverId id = world.request(world.match);
  world.both(id, State::requested);
  const auto span = [&](SimNode& node) { return world.show(node, id).handover.deadline->span; };
  CHECK(span(world.smw()) == span(world.bjz()));
  CHECK(span(world.smw()).begins == Date{2026, 11, 2});
  CHECK(span(world.smw()).due == Date{2026, 11, 16});
  pass(world, std::chrono::days{8});  // where it would have been late
  CHECK(world.show(world.bjz(), id).handover.stage == terms::Stage::running);
  pass(world, std::chrono::days{8});
  CHECK(world.show(world.bjz(), id).handover.stage == terms::Stage::overdue);
  CHECK(world.logged(world.bjz(), audit::Event::handover_overdue) == 1);
  CHECK(world.show(world.smw(), id).handover.stage == terms::Stage::overdue);
}

TEST_CASE("R5.5: a consult gives advice and moves nothing, who may not ask for nazorg is told so") {
  HandoverWorld world(4);
  const HandoverId id = world.request(world.match, Kind::consult);
  world.settle();
  REQUIRE(world.act(world.bjz(), id, Event::accept));
  world.settle();
  CHECK(world.act(world.bjz(), id, Event::confirm).error().code == ErrorCode::wrong_state);
  REQUIRE(world.act(world.bjz(), id, Event::advise));
  world.both(id, State::advised);
  CHECK(world.show(world.bjz(), id).handover.responsible == Party::afzender);
  REQUIRE(world.act(world.smw(), id, Event::close));
  world.both(id, State::closed);
  for (const Kind kind : {Kind::aftercare, Kind::bringing_in, Kind::back_referral}) {
    const auto refused = world.smw().command<HandoverId>([&](Context& context) {
      return world.service(world.smw())
          .prepare(
              context,
              {world.match, kind, std::nullopt, handover::Urgency::normal, "A", "B", {Category::person}});
    });
    CHECK(refused.error().code == ErrorCode::forbidden);
  }
}

TEST_CASE("R5.5: who took over may refer back, and names the hand-over that it follows") {
  HandoverWorld world(5);
  const HandoverId first = world.request(world.match);
  world.settle();
  const auto back = [&](SimNode& node) {
    return node.command<HandoverId>([&](Context& context) {
      return world.service(node).request(context,
                                         {world.match,
                                          Kind::back_referral,
                                          first,
                                          handover::Urgency::normal,
                                          "Terug",
                                          "Verder helpen",
                                          {Category::person}},
                                         "J. Voorbeeld, medewerker");
    });
  };
  const HandoverId again = must(back(world.bjz()));
  world.settle();
  const StoredHandover there = world.show(world.smw(), again).handover;
  CHECK(there.party == Party::ontvanger);
  CHECK(there.ask.kind == Kind::back_referral);
  CHECK(there.ask.earlier == first);
  // The one that handed over took nothing over.
  CHECK(back(world.smw()).error().code == ErrorCode::forbidden);
}

TEST_CASE("R5.1: what is prepared is the afzender's own until it asks") {
  HandoverWorld world(6);
  const HandoverId id = world.draft();
  REQUIRE(world.act(world.smw(), id, Event::ask_consent));
  REQUIRE(world.act(world.smw(), id, Event::prepared));
  world.settle();
  CHECK(world.show(world.smw(), id).handover.state == State::ready);
  CHECK(world.show(world.smw(), id).handover.deadline->task == handover::Task::prepare);
  CHECK(world.bjz()
            .command<HandoverDetail>(
                [&](Context& context) { return world.service(world.bjz()).show(context, id); })
            .error()
            .code == ErrorCode::not_found);
  REQUIRE(world.act(world.smw(), id, Event::request));
  world.both(id, State::requested);
}

TEST_CASE("R2.7, R5.6: the work list has what is due soonest first, and what is ours") {
  HandoverWorld world(8);
  const auto list = [&](SimNode& node) {
    return must(node.command<std::vector<WorkItem>>([](Context& context) { return work_list(context); }));
  };
  // The match alone: contact is to be made.
  REQUIRE(list(world.smw()).size() == 1);
  CHECK(list(world.smw()).front().kind == WorkKind::match);
  const HandoverId id = world.request(world.match);
  world.settle();
  const auto ours = list(world.smw());
  const auto theirs = list(world.bjz());
  REQUIRE(ours.size() == 2);
  REQUIRE(theirs.size() == 2);
  CHECK(ours.back().id == id.hex());
  CHECK_FALSE(ours.back().ours);
  CHECK(theirs.back().ours);
  CHECK(theirs.back().client_ref == "BJZ-9");
  CHECK(ours.front().due <= ours.back().due);
  pass(world, std::chrono::days{10});
  CHECK(list(world.bjz()).back().stage == terms::Stage::overdue);
  REQUIRE(world.act(world.smw(), id, Event::withdraw));
  world.settle();
  CHECK(list(world.bjz()).size() == 1);
  CHECK(world.logged(world.bjz(), audit::Event::work_read) == 3);
}

TEST_CASE("R5.6: an event that was overtaken does not undo the next one") {
  HandoverWorld world(7);
  const HandoverId id = world.request(world.match);
  world.settle();
  world.region.network.cut(world.smw().member(), world.bjz().member());
  REQUIRE(world.act(world.bjz(), id, Event::accept));    // decided in version 1
  REQUIRE(world.act(world.smw(), id, Event::escalate));  // version 2 crosses it
  world.region.network.heal(world.smw().member(), world.bjz().member());
  REQUIRE(world.region.run_until(
      [&] { return world.show(world.bjz(), id).handover.state == State::escalated; }, Milliseconds{900'000}));
  CHECK_FALSE(world.show(world.bjz(), id).handover.not_taken.empty());
  REQUIRE(world.act(world.bjz(), id, Event::plan));
  world.both(id, State::conversation_planned);
  CHECK_FALSE(world.show(world.smw(), id).happenings.empty());
}

TEST_CASE("R5.1, R5.6: over months of faults, crashes and partitions nothing lapses and somebody bears it") {
  for (std::size_t seed = 100; seed < 100 + seeds_of_many(100); ++seed) {
    CAPTURE(seed);
    HandoverWorld world(seed);
    world.region.network.faults = {100, 50, 10, Milliseconds{1}, Milliseconds{300}};
    const Kind kind = world.region.dice() % 4 == 0 ? Kind::consult : Kind::handover;
    const HandoverId id = world.request(world.match, kind);
    bool apart = false;
    for (int step = 0; step < 30; ++step) {
      SimNode& node = world.region.dice() % 2 == 0 ? world.smw() : world.bjz();
      switch (world.region.dice() % 10) {
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
          // Not for long while they are apart: what waits is sent again each minute.
          pass(world, std::chrono::days{1 + (apart ? 0 : world.region.dice() % 6)});
          break;
        default: {
          // Whether it is possible now is the table's affair; most draws are not, and change nothing.
          const auto& [event, name] = handover::events[world.region.dice() % handover::events.size()];
          if (event != Event::withdraw && event != Event::close) (void)world.act(node, id, event);
        }
      }
      world.region.run_for(Milliseconds{static_cast<std::int64_t>(world.region.dice() % 3000)});
      for (SimNode* each : {&world.smw(), &world.bjz()}) nothing_lapsed(*each, id);
      somebody_bears(world, id);
    }
    world.region.network.heal(world.smw().member(), world.bjz().member());
    world.region.network.faults = {};
    world.settle();
    const StoredHandover end = world.show(world.smw(), id).handover;
    world.both(id, end.state);
    CHECK(world.show(world.bjz(), id).handover.deadline == end.deadline);
  }
}
