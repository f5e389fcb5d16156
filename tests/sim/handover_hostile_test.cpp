// What the other organisation of a hand-over could send with a changed program (R5.1, R5.6): a state that the table does not lead
// to, an act that was never ours, dates that put a term off. Nothing of it is believed.
#include <catch2/catch.hpp>

#include "tests/sim/handover_scene.h"

using namespace knoop;
using namespace knoop::sim;
using handover::Event;
using handover::HandoverState;
using handover::Happening;
using handover::Party;
using handover::State;
using storage::StoredHandover;
using test::must;

namespace {

/// Past the node's own checks, as a changed program would.
void send_raw(SimNode& from, SimNode& to, MessageType type, const HandoverId& id, const Bytes& body) {
  SubjectId subject;
  std::ranges::copy(id.view(), subject.data());
  must(from.command<int>([&](Context& context) -> Result<int> {
    KNOOP_TRY(context.send(to.member(), type, subject, body));
    return 0;
  }));
}

Happening happening(Event event, Party by, Timestamp at) {
  Happening out;
  out.event = event;
  out.by = by;
  out.who = "J. Voorbeeld, medewerker";
  out.words = "In woorden.";
  out.at = at;
  return out;
}

std::int64_t dead_letters(SimNode& node) {
  return must(node.command<std::int64_t>([](Context& context) -> Result<std::int64_t> {
    KNOOP_LET(row, context.tx.one("SELECT count(*) FROM dead_letter"));
    return row->get<std::int64_t>(0);
  }));
}

}  // namespace

TEST_CASE("R5.1 hostile: an afzender makes nobody responsible who did not confirm, and skips no step") {
  struct Lie {
    const char* what;
    std::uint32_t version;
    State state;
    Party responsible;
    Event event;
    Party by;
  };
  const std::array lies{
      Lie{"confirmed by us, who did not", 5, State::transferred, Party::ontvanger, Event::confirm,
          Party::ontvanger},
      Lie{"confirmed by itself", 5, State::transferred, Party::ontvanger, Event::confirm, Party::afzender},
      Lie{"planned, and responsible by that", 5, State::conversation_planned, Party::ontvanger, Event::plan,
          Party::afzender},
      Lie{"an arrow that leads elsewhere", 5, State::closed, Party::afzender, Event::plan, Party::afzender},
      Lie{"a version skipped", 6, State::conversation_planned, Party::afzender, Event::plan, Party::afzender},
  };
  for (const Lie& lie : lies) {
    INFO(lie.what);
    HandoverWorld world(11);
    const HandoverId id = world.request(world.match);
    world.settle();
    REQUIRE(world.act(world.bjz(), id, Event::accept));
    world.settle();
    REQUIRE(world.act(world.smw(), id, Event::plan));
    REQUIRE(world.act(world.smw(), id, Event::hold));
    world.both(id, State::conversation_held);
    Happening told = happening(lie.event, lie.by, world.region.agenda.now());
    if (lie.event == Event::plan) told.date = Date::of(told.at);
    send_raw(world.smw(), world.bjz(), MessageType::handover_state, id,
             encode(HandoverState{id, lie.version, lie.state, lie.responsible, std::nullopt, told}));
    world.settle();
    const StoredHandover ours = world.show(world.bjz(), id).handover;
    CHECK(ours.state == State::conversation_held);
    CHECK(ours.version == 4);
    CHECK(bearer(ours) == Party::afzender);
    CHECK(dead_letters(world.bjz()) == 1);
  }
}

TEST_CASE("R5.6 hostile: a date ahead puts no term off, and nothing is planned for years ahead") {
  HandoverWorld world(12);
  const HandoverId id = world.request(world.match);
  world.settle();
  const Timestamp ahead = must(Timestamp::parse("2190-01-01T00:00:00Z"));
  const auto send = [&](Happening what, State decided_in, std::uint32_t version) {
    send_raw(world.bjz(), world.smw(), MessageType::handover_event, id,
             encode(handover::HandoverEvent{id, decided_in, version, std::move(what)}));
    world.settle();
  };
  send(happening(Event::accept, Party::ontvanger, ahead), State::requested, 1);
  const StoredHandover accepted = world.show(world.smw(), id).handover;
  REQUIRE(accepted.state == State::accepted);
  REQUIRE(accepted.deadline.has_value());
  const Date today = dutch_day(world.region.agenda.now());
  CHECK(accepted.deadline->span.due < terms::plus_days(today, 15));

  Happening far = happening(Event::plan, Party::ontvanger, ahead);
  far.date = Date{2190, 1, 2};
  send(far, State::accepted, 2);
  const StoredHandover still = world.show(world.smw(), id).handover;
  CHECK(still.state == State::accepted);
  CHECK_FALSE(still.not_taken.empty());
}

TEST_CASE("R5.6: a request that the other node sent back is sent back again when it is asked again") {
  HandoverWorld world(13);
  TestEntropy entropy(5);
  const auto known = world.match;
  world.match = entropy.draw<matching::MatchId>();
  world.plant(world.smw(), world.bjz().member(), "SMW-2");
  const HandoverId id = world.request(world.match);
  world.match = known;
  world.settle();
  REQUIRE(world.show(world.smw(), id).handover.state == State::refused);
  REQUIRE(world.act(world.smw(), id, Event::request));
  world.settle();
  const StoredHandover again = world.show(world.smw(), id).handover;
  CHECK(again.state == State::refused);
  CHECK(again.version == 4);
}
