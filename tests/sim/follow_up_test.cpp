// What follows a match and a hand-over at one organisation: who answers for it when a professional leaves (R5.6), the three views of a
// client (R2.8), and the hand-over that carries a plan of aftercare (R5.5).
#include <catch2/catch.hpp>

#include "node/core/aftercare_service.h"
#include "node/core/client_views.h"
#include "node/core/leaving.h"
#include "node/core/records.h"
#include "node/core/work_list.h"
#include "tests/sim/handover_scene.h"

using namespace knoop;
using namespace knoop::sim;
using handover::Event;
using handover::Kind;
using handover::State;
using test::must;

namespace {

ClientViews views(SimNode& node, const std::string& ref) {
  return must(node.command<ClientViews>([&](Context& context) { return client_views(context, ref); }));
}

/// Through the conversation to the transfer, without fragments.
void take_over(HandoverWorld& world, SimNode& afzender, SimNode& ontvanger, const HandoverId& id) {
  REQUIRE(world.act(ontvanger, id, Event::accept));
  world.settle();
  REQUIRE(world.act(afzender, id, Event::plan));
  world.settle();
  REQUIRE(world.act(afzender, id, Event::hold));
  world.settle();
  REQUIRE(world.act(ontvanger, id, Event::confirm));
  world.settle();
}

}  // namespace

TEST_CASE("R5.6: an open hand-over of a leaver goes on under a colleague's name, at that side alone") {
  HandoverWorld world(301);
  const HandoverId id = world.request(world.match);
  world.settle();
  REQUIRE(world.act(world.bjz(), id, Event::accept));
  world.settle();
  CHECK(world.show(world.smw(), id).professional == "M. Voorbeeld");
  CHECK(world.show(world.bjz(), id).professional == "J. Voorbeeld");
  const auto left = must(world.smw().command<Left>([](Context& context) {
    return leave(context, {.name = "M. Voorbeeld", .to = {"B. Smit", "", "", ""}});
  }));
  REQUIRE(left.moved.size() == 1);
  CHECK(left.moved.front().kind == HeldKind::handover);
  CHECK(world.show(world.smw(), id).professional == "B. Smit");
  CHECK(world.show(world.bjz(), id).professional == "J. Voorbeeld");
  // What the leaver did stays what it was.
  CHECK(world.show(world.smw(), id).happenings.front().happening.who ==
        "M. Voorbeeld, maatschappelijk werker");
  // A closed one is nobody's task any more.
  REQUIRE(world.act(world.smw(), id, Event::withdraw));
  world.settle();
  CHECK(must(world.smw().command<std::vector<Held>>([](Context& context) {
          return caseload(context, "B. Smit", "");
        })).empty());
}

TEST_CASE("R2.8: where known, who signalled and who coordinates, from what this node may know and no more") {
  HandoverWorld world(302);
  CHECK(world.smw()
            .command<ClientViews>([](Context& context) { return client_views(context, "Niemand"); })
            .error()
            .code == ErrorCode::not_found);
  must(world.smw().command<int>([](Context& context) -> Result<int> {
    records::Involvement one;
    one.kind = records::InvolvementKind::signaal;
    one.from = dutch_day(context.now);
    one.until = terms::plus_days(one.from, 300);
    one.professional = {"M. Voorbeeld", "maatschappelijk werker", "023-5550100", ""};
    one.reason = "Blijft hier";
    KNOOP_TRY(add_involvement(context, "SMW-1", one));
    return 0;
  }));
  const ClientViews before = views(world.smw(), "SMW-1");
  REQUIRE(before.where.size() == 1);
  CHECK(before.where[0].peer == world.bjz().member());
  CHECK(before.where[0].how == "match");
  CHECK_FALSE(before.where[0].may_share);
  REQUIRE(before.signalled.size() == 1);
  CHECK(before.signalled[0].kind == records::InvolvementKind::signaal);
  CHECK_FALSE(before.signalled[0].peer.has_value());
  CHECK_FALSE(before.coordinates.has_value());

  const HandoverId id = world.request(world.match);
  world.settle();
  CHECK(views(world.smw(), "SMW-1").where.size() == 2);
  CHECK_FALSE(views(world.smw(), "SMW-1").coordinates->peer.has_value());
  CHECK(views(world.bjz(), "BJZ-9").coordinates->peer == world.smw().member());
  CHECK(views(world.bjz(), "BJZ-9").coordinates->professional == "M. Voorbeeld, maatschappelijk werker");
  take_over(world, world.smw(), world.bjz(), id);
  CHECK(views(world.smw(), "SMW-1").coordinates->peer == world.bjz().member());
  CHECK_FALSE(views(world.bjz(), "BJZ-9").coordinates->peer.has_value());
  CHECK(views(world.bjz(), "BJZ-9").coordinates->professional == "J. Voorbeeld");
  CHECK(world.logged(world.smw(), audit::Event::views_read) == 4);
}

TEST_CASE("R2.8: a draft, a match that ended and one with somebody else are nowhere known") {
  HandoverWorld world(303);
  const HandoverId draft = world.draft();
  CHECK(views(world.smw(), "SMW-1").where.size() == 1);
  CHECK_FALSE(views(world.smw(), "SMW-1").coordinates.has_value());
  REQUIRE(world.act(world.smw(), draft, Event::withdraw));
  const auto change = [&](const std::function<void(storage::StoredMatch&)>& how) {
    must(world.smw().command<int>([&](Context& context) -> Result<int> {
      KNOOP_LET(match, storage::find_match(context.tx, world.match));
      how(*match);
      KNOOP_TRY(storage::put_match(context.tx, *match));
      return 0;
    }));
  };
  change([](storage::StoredMatch& match) { match.outcome = matching::Outcome::family; });
  CHECK(views(world.smw(), "SMW-1").where.front().how == "gezinsmatch");
  change([](storage::StoredMatch& match) { match.outcome = matching::Outcome::someone_else; });
  CHECK(views(world.smw(), "SMW-1").where.empty());
  change([](storage::StoredMatch& match) {
    match.outcome.reset();
    match.ended = match.found;
  });
  CHECK(views(world.smw(), "SMW-1").where.empty());
}

TEST_CASE("R2.7: a monitor's list has numbers and stages and nothing of anybody") {
  HandoverWorld world(304);
  world.request(world.match);
  world.settle();
  world.region.run_for(Milliseconds{std::chrono::days{10}});
  const auto lines = must(
      world.bjz().command<std::vector<WorkStatus>>([](Context& context) { return work_status(context); }));
  const auto late = std::ranges::find_if(lines, [](const WorkStatus& line) {
    return line.kind == WorkKind::handover && line.ours && line.stage >= terms::Stage::overdue;
  });
  REQUIRE(late != lines.end());
  CHECK(late->count == 1);
  CHECK(late->peer == world.smw().member());
}

TEST_CASE("R5.5: a hand-over for nazorg carries the plan of aftercare, and its transfer is the plan") {
  HandoverWorld world(305);
  AftercareService service;
  const auto ends = [](Context& context) { return terms::plus_days(dutch_day(context.now), 100); };
  const auto plan = must(world.bjz().command<storage::StoredAftercare>(
      [&](Context& context) { return service.watch(context, "BJZ-9", ends(context), "J. Voorbeeld"); }));
  const HandoverId id = must(world.bjz().command<HandoverId>([&](Context& context) {
    return world.service(world.bjz())
        .request(context,
                 {world.match,
                  Kind::aftercare,
                  std::nullopt,
                  handover::Urgency::normal,
                  "Zorg eindigt",
                  "Nazorg coördineren",
                  {Category::plan}},
                 "J. Voorbeeld, jeugdbeschermer");
  }));
  const auto now = [&] {
    return must(world.bjz().command<std::optional<storage::StoredAftercare>>(
                    [&](Context& context) { return storage::find_aftercare(context.tx, plan.id); }))
        .value();
  };
  world.settle();
  CHECK(now().handover == id);
  CHECK(aftercare::is_open(now().state));
  take_over(world, world.bjz(), world.smw(), id);
  CHECK(now().state == aftercare::State::made);
  CHECK(world.logged(world.bjz(), audit::Event::aftercare_closed) == 1);
  CHECK(world.show(world.smw(), id).handover.responsible == handover::Party::ontvanger);
}
