// A hand-over of which one of the two organisations is restored from a backup (R5.1, R8.2, docs/spec/handover.md "After a restore"): both
// copies end equal, nobody and nothing is forgotten that one of the two still knows, and both see why.
#include "tests/sim/handover_scene.h"
#include "tests/sim/incarnation_scene.h"

using namespace knoop;
using namespace knoop::sim;
using handover::Event;
using handover::Party;
using handover::State;
using test::must;

namespace {

/// The two, and a third who witnesses: every log is watched by the others.
struct Restoration {
  explicit Restoration(std::uint64_t seed)
      : world(
            seed, three,
            [] {
              auto services = handover_services();
              services.push_back(std::make_unique<HeadService>());
              services.push_back(std::make_unique<WitnessService>());
              return services;
            },
            everybody_watches) {
    REQUIRE(world.region.run_until([&] { return world.region.all_ready(); }, 600'000ms));
    for (const auto& node : world.region.nodes()) work(*node);  // an empty log has no head
  }

  void witnessed() {
    REQUIRE(world.region.run_until([&] { return all_witnessed(world.region); }, 600'000ms));
  }
  std::filesystem::path copy_of(SimNode& node) {
    world.settle();
    witnessed();
    return node.back_up();
  }
  void act(SimNode& node, const HandoverId& id, Event event) {
    const auto done = world.act(node, id, event);
    INFO((done ? "" : done.error().sentence));
    REQUIRE(done.has_value());
    world.settle();
  }
  void restore(SimNode& node, const std::filesystem::path& copy) {
    world.settle();
    witnessed();
    restore_and_go_on(world.region, node, copy);
    world.region.run_for(120'000ms);
    world.settle();
  }
  void nothing_is_stuck() {
    for (const auto& node : world.region.nodes()) {
      CAPTURE(node->id());
      CHECK(number_of(*node, "SELECT count(*) FROM dead_letter") == 0);
      CHECK(number_of(*node, "SELECT count(*) FROM handover_restores") == 0);
      CHECK(number_of(*node, "SELECT count(*) FROM handovers_to_tell WHERE told = 0") == 0);
    }
  }

  HandoverWorld world;
};

}  // namespace

TEST_CASE(
    "R5.1, R8.2 must show: the afzender is restored, the ontvanger tells what it forgot, and the hand-over "
    "goes on") {
  Restoration scene(701);
  HandoverWorld& world = scene.world;
  const HandoverId id = world.request(world.match);
  world.settle();
  scene.act(world.bjz(), id, Event::accept);
  const auto copy = scene.copy_of(world.smw());
  scene.act(world.smw(), id, Event::plan);
  scene.act(world.smw(), id, Event::hold);
  scene.act(world.bjz(), id, Event::confirm);
  scene.restore(world.smw(), copy);

  world.both(id, State::transferred);
  const auto ours = world.show(world.smw(), id);
  CHECK(ours.handover.responsible == Party::ontvanger);
  CHECK_FALSE(ours.handover.not_taken.empty());  // both see why
  CHECK_FALSE(world.show(world.bjz(), id).handover.not_taken.empty());
  CHECK(logged(world.smw(), audit::Event::handover_restored) >= 3);
  CHECK(logged(world.bjz(), audit::Event::handover_restored) == 1);
  scene.act(world.bjz(), id, Event::arrive);
  scene.act(world.bjz(), id, Event::feed_back);
  scene.act(world.smw(), id, Event::close);
  world.both(id, State::closed);
  CHECK(world.show(world.smw(), id).handover.not_taken.empty());
  scene.nothing_is_stuck();
}

TEST_CASE(
    "R5.1, R8.2 must show: the ontvanger is restored, it hears again that the child is its own, and acts on "
    "nothing before") {
  Restoration scene(702);
  HandoverWorld& world = scene.world;
  const HandoverId id = world.request(world.match);
  world.settle();
  const auto copy = scene.copy_of(world.bjz());
  scene.act(world.bjz(), id, Event::accept);
  scene.act(world.smw(), id, Event::plan);
  scene.act(world.smw(), id, Event::hold);
  scene.act(world.bjz(), id, Event::confirm);
  scene.witnessed();
  world.bjz().restore(copy);
  REQUIRE(world.region.run_until(
      [&] {
        const Loss seen = lost(world.bjz());
        return seen.set_back && seen.head && seen.heard >= seen.quorum;
      },
      900'000ms));
  CHECK(world.show(world.bjz(), id).handover.responsible == Party::afzender);
  open_next_log(world.bjz());
  // An older copy is nothing to act on.
  CHECK(world.act(world.bjz(), id, Event::accept).error().code == ErrorCode::wrong_state);
  REQUIRE(world.region.run_until([&] { return world.region.all_ready(); }, 900'000ms));
  world.region.run_for(120'000ms);
  world.both(id, State::transferred);
  CHECK(world.show(world.bjz(), id).handover.responsible == Party::ontvanger);
  CHECK_FALSE(world.show(world.bjz(), id).handover.not_taken.empty());
  scene.act(world.bjz(), id, Event::arrive);
  world.both(id, State::arrived);
  scene.nothing_is_stuck();
}

TEST_CASE(
    "R5.1: what was asked after the copy is known again where the match is, and ends with a reason where it "
    "is not") {
  Restoration scene(703);
  HandoverWorld& world = scene.world;
  const auto copy_of_bjz = scene.copy_of(world.bjz());
  const auto copy_of_smw = scene.copy_of(world.smw());
  const HandoverId known = world.request(world.match);
  // A second child, whose match was found after the copies.
  TestEntropy entropy(9);
  const auto first = std::exchange(world.match, entropy.draw<matching::MatchId>());
  world.plant(world.smw(), world.bjz().member(), "SMW-2");
  world.plant(world.bjz(), world.smw().member(), "BJZ-8");
  const HandoverId unknown = world.request(world.match);
  world.match = first;
  world.settle();
  for (const HandoverId& id : {known, unknown}) {
    scene.act(world.bjz(), id, Event::accept);
    scene.act(world.smw(), id, Event::plan);
    scene.act(world.smw(), id, Event::hold);
    scene.act(world.bjz(), id, Event::confirm);
  }
  SECTION("by the ontvanger, who bore the responsibility") {
    scene.restore(world.bjz(), copy_of_bjz);
    world.both(known, State::transferred);
    CHECK(world.show(world.bjz(), known).handover.client_ref == "BJZ-9");
    const auto ours = world.show(world.smw(), unknown);
    CHECK(ours.handover.state == State::withdrawn);
    CHECK(ours.handover.responsible == Party::afzender);  // whoever still knows
    CHECK_FALSE(ours.handover.not_taken.empty());
  }
  SECTION("by the afzender") {
    scene.restore(world.smw(), copy_of_smw);
    world.both(known, State::transferred);
    CHECK(world.show(world.smw(), known).handover.party == Party::afzender);
    const auto theirs = world.show(world.bjz(), unknown);
    CHECK(theirs.handover.state == State::withdrawn);
    CHECK(theirs.handover.responsible == Party::ontvanger);
    CHECK_FALSE(theirs.handover.not_taken.empty());
  }
  scene.nothing_is_stuck();
}

TEST_CASE("R5.1: what a restored afzender did before it found out gives way to what both had agreed") {
  Restoration scene(704);
  HandoverWorld& world = scene.world;
  const HandoverId id = world.request(world.match);
  world.settle();
  const auto copy = scene.copy_of(world.smw());
  scene.act(world.bjz(), id, Event::accept);
  scene.act(world.smw(), id, Event::plan);
  scene.witnessed();
  for (std::size_t other : {1U, 2U})
    world.region.network.cut(world.smw().member(), world.region[other].member());
  world.smw().restore(copy);
  REQUIRE(world.act(world.smw(), id, Event::withdraw));
  CHECK(world.show(world.smw(), id).handover.state == State::withdrawn);
  for (std::size_t other : {1U, 2U})
    world.region.network.heal(world.smw().member(), world.region[other].member());
  go_on_when_caught(world.region, world.smw());
  world.region.run_for(120'000ms);
  world.both(id, State::conversation_planned);
  scene.nothing_is_stuck();
}

TEST_CASE("R5.1: a step of the ontvanger that nobody took when the afzender was lost is taken afterwards") {
  Restoration scene(705);
  HandoverWorld& world = scene.world;
  const HandoverId id = world.request(world.match);
  const auto copy = scene.copy_of(world.smw());
  scene.witnessed();
  work(world.smw());
  scene.witnessed();
  world.region.network.cut(world.smw().member(), world.bjz().member());
  REQUIRE(world.act(world.bjz(), id, Event::accept));
  CHECK(world.show(world.bjz(), id).handover.pending.has_value());
  world.smw().restore(copy);
  world.region.network.heal(world.smw().member(), world.bjz().member());
  go_on_when_caught(world.region, world.smw());
  world.region.run_for(120'000ms);
  world.both(id, State::accepted);
  scene.nothing_is_stuck();
}

TEST_CASE("R5.1 hostile: nobody is told anew what it did while nobody was restored") {
  Restoration scene(706);
  HandoverWorld& world = scene.world;
  const HandoverId id = world.request(world.match);
  world.settle();
  const auto send = [&](SimNode& from, SimNode& to, const handover::HandoverTold& told) {
    SubjectId subject;
    std::ranges::copy(id.view(), subject.data());
    in<int>(from, [&](Context& context) -> Result<int> {
      KNOOP_TRY(context.send(to.member(), MessageType::handover_told, subject, encode(told)));
      return 0;
    });
    world.settle();
  };
  const auto at =
      in<Timestamp>(world.smw(), [](Context& context) -> Result<Timestamp> { return context.now; });
  const handover::Happening lie{Event::accept, Party::ontvanger, "J. Voorbeeld", "", {}, {}, {}, {}, {}, at};
  SECTION("the ontvanger did not accept") {
    send(world.smw(), world.bjz(),
         {Party::afzender, handover::HandoverState{id, 2, State::accepted, Party::afzender, {}, lie}, {}});
    CHECK(world.show(world.bjz(), id).handover.state == State::requested);
  }
  SECTION("an ontvanger tells the afzender nothing") {
    send(world.bjz(), world.smw(),
         {Party::ontvanger, handover::HandoverState{id, 2, State::accepted, Party::afzender, {}, lie}, {}});
    CHECK(world.show(world.smw(), id).handover.state == State::requested);
  }
  SECTION("nor in the place of the other") {
    send(world.bjz(), world.smw(),
         {Party::afzender, handover::HandoverState{id, 2, State::accepted, Party::afzender, {}, lie}, {}});
    CHECK(world.show(world.smw(), id).handover.state == State::requested);
  }
  SECTION("what was not told is not forgotten") {
    send(world.bjz(), world.smw(), {Party::ontvanger, {}, id});
    CHECK(world.show(world.smw(), id).handover.state == State::requested);
  }
  CHECK(number_of(world.smw(), "SELECT count(*) FROM dead_letter") +
            number_of(world.bjz(), "SELECT count(*) FROM dead_letter") ==
        1);
}

TEST_CASE("R5.1, R8.2: both copies agree after random acts and a restore of either") {
  for (std::uint64_t seed = 710; seed < 716; ++seed) {
    CAPTURE(seed);
    Restoration scene(seed);
    HandoverWorld& world = scene.world;
    const HandoverId id = world.request(world.match);
    world.settle();
    SimNode& victim = seed % 2 == 0 ? world.smw() : world.bjz();
    std::filesystem::path copy;
    const std::uint64_t copied_at = world.region.dice() % 20;
    for (std::uint64_t step = 0; step < 40; ++step) {
      if (step == copied_at) copy = victim.back_up();
      SimNode& node = world.region.dice() % 2 == 0 ? world.smw() : world.bjz();
      const auto& [event, name] = handover::events[world.region.dice() % handover::events.size()];
      if (event != Event::withdraw && event != Event::refuse && event != Event::close)
        (void)world.act(node, id, event);
      world.region.run_for(Milliseconds{static_cast<std::int64_t>(world.region.dice() % 3000)});
    }
    work(victim);
    world.region.run_for(60'000ms);
    restore_and_go_on(world.region, victim, copy);
    world.region.run_for(120'000ms);
    world.both(id, world.show(world.smw(), id).handover.state);
    scene.nothing_is_stuck();
  }
}
