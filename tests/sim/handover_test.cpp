// Warm hand-overs between simulated nodes: both copies end in the same state, whatever the network, crashes and
// professionals who act at once do to them (R5.1, R5.3, R5.4, R5.6).
#include <catch2/catch.hpp>

#include "tests/sim/handover_scene.h"

using namespace knoop;
using namespace knoop::sim;
using handover::Event;
using handover::State;
using test::must;

TEST_CASE("R5.1, R5.4: a hand-over from request to closed, through a bad network") {
  HandoverWorld world(1);
  world.region.network.faults = {100, 50, 10, Milliseconds{1}, Milliseconds{200}};
  const HandoverId id = world.request(world.match);
  world.both(id, State::requested);
  CHECK(world.show(world.bjz(), id).handover.client_ref == "BJZ-9");
  REQUIRE(world.act(world.bjz(), id, Event::accept));
  world.both(id, State::accepted);
  REQUIRE(world.act(world.smw(), id, Event::plan));
  world.both(id, State::conversation_planned);
  REQUIRE(world.act(world.smw(), id, Event::hold));
  world.both(id, State::conversation_held);
  CHECK(world.show(world.smw(), id).handover.responsible == handover::Party::afzender);

  // No consent: nothing may leave, and the ontvanger's professional confirms without fragments.
  const auto answered = must(world.transfer(world.smw(), id));
  CHECK_FALSE(answered.offered);
  REQUIRE(world.act(world.bjz(), id, Event::confirm));
  world.both(id, State::transferred);
  CHECK(world.show(world.smw(), id).handover.responsible == handover::Party::ontvanger);
  REQUIRE(world.act(world.bjz(), id, Event::arrive));
  world.both(id, State::arrived);
  REQUIRE(world.act(world.bjz(), id, Event::feed_back));
  world.both(id, State::fed_back);
  REQUIRE(world.act(world.smw(), id, Event::close));
  world.both(id, State::closed);
}

TEST_CASE("R5.1: what the table does not allow is refused and changes nothing") {
  HandoverWorld world(2);
  const HandoverId id = world.request(world.match);
  world.settle();
  CHECK(world.act(world.smw(), id, Event::accept).error().code == ErrorCode::forbidden);
  CHECK(world.act(world.bjz(), id, Event::hold).error().code == ErrorCode::wrong_state);
  CHECK(world.transfer(world.smw(), id).error().code == ErrorCode::wrong_state);
  CHECK(world.transfer(world.bjz(), id).error().code == ErrorCode::forbidden);
  world.both(id, State::requested);
}

TEST_CASE("R5.6: a request about a match that the other side does not know comes back refused") {
  HandoverWorld world(3);
  TestEntropy entropy(5);
  const auto only_here = entropy.draw<matching::MatchId>();
  const auto known = world.match;
  world.match = only_here;
  world.plant(world.smw(), world.bjz().member(), "SMW-2");
  world.match = known;
  const HandoverId id = world.request(only_here);
  world.settle();
  CHECK(world.show(world.smw(), id).handover.state == State::refused);
}

TEST_CASE("R5.1: withdrawn and accepted at once: one of the two counts, at both sides the same") {
  HandoverWorld world(4);
  const HandoverId id = world.request(world.match);
  world.settle();
  REQUIRE(world.act(world.bjz(), id, Event::accept));
  REQUIRE(world.act(world.smw(), id, Event::withdraw));
  world.both(id, State::withdrawn);
  CHECK_FALSE(world.show(world.bjz(), id).handover.not_taken.empty());
}

TEST_CASE("R5.6: both copies agree after random acts, faults, crashes and restarts") {
  for (std::uint64_t seed = 10; seed < 22; ++seed) {
    CAPTURE(seed);
    HandoverWorld world(seed);
    world.region.network.faults = {120, 60, 10, Milliseconds{1}, Milliseconds{300}};
    const HandoverId id = world.request(world.match);
    for (int step = 0; step < 80; ++step) {
      SimNode& node = world.region.dice() % 2 == 0 ? world.smw() : world.bjz();
      const auto draw = world.region.dice() % 20;
      if (draw == 0) {
        node.crash();
        node.start();
      } else if (draw == 1) {
        node.stop();
        world.region.run_for(Milliseconds{static_cast<std::int64_t>(world.region.dice() % 20'000)});
        node.start();
      } else {
        // Whether it is possible now is the table's affair; most draws are not, and change nothing.
        const auto& [event, name] = handover::events[world.region.dice() % handover::events.size()];
        if (event != Event::withdraw && event != Event::refuse && event != Event::close)
          (void)world.act(node, id, event);
      }
      world.region.run_for(Milliseconds{static_cast<std::int64_t>(world.region.dice() % 3000)});
    }
    world.region.network.faults = {};
    world.settle();
    world.both(id, world.show(world.smw(), id).handover.state);
  }
}
