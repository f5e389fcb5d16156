// Warm hand-overs between simulated nodes: both copies end in the same state, whatever the network, crashes and
// professionals who act at once do to them (R5.1, R5.3, R5.4, R5.6).
#include <catch2/catch.hpp>

#include "node/core/handover_service.h"
#include "storage/match_repository.h"
#include "storage/records_repository.h"
#include "tests/sim/region.h"
#include "tests/support/must.h"

using namespace knoop;
using namespace knoop::sim;
using handover::Event;
using handover::State;
using test::must;

namespace {

/// An SMW and a BJZ that know one child by a match in which contact data crossed.
struct World {
  explicit World(std::uint64_t seed)
      : region(seed, {{"smw-een", "smw"}, {"bjz-twee", "bjz"}}, [] {
          std::vector<std::unique_ptr<Service>> out;
          auto exchange = std::make_unique<ExchangeService>();
          auto handover = std::make_unique<HandoverService>(*exchange);
          exchange->add_directory(*handover);
          exchange->add_observer(*handover);
          out.push_back(std::move(exchange));
          out.push_back(std::move(handover));
          return out;
        }) {
    TestEntropy entropy(seed + 77);
    match = entropy.draw<matching::MatchId>();
    plant(smw(), bjz().member(), "SMW-1");
    plant(bjz(), smw().member(), "BJZ-9");
  }

  SimNode& smw() { return region[0]; }
  SimNode& bjz() { return region[1]; }
  static HandoverService& service(SimNode& node) { return node.node().service<HandoverService>(); }

  void plant(SimNode& node, const MemberId& peer, const std::string& ref) {
    must(node.command<int>([&](Context& context) -> Result<int> {
      records::Client client;
      client.ref = ref;
      client.surname = "Voorbeeld";
      client.birth_date = {2014, 5, 6};
      KNOOP_LET(written, storage::put_client(context.tx, client, context.now));
      storage::StoredMatch found;
      found.id = match;
      found.peer = peer;
      found.client = written.id;
      found.verdict = matching::Verdict::certain;
      found.found = context.now;
      found.contact_before = Date::of(context.now);
      found.peer_notice.emplace();
      KNOOP_TRY(storage::put_match(context.tx, found));
      return 0;
    }));
  }

  HandoverId request(const matching::MatchId& about) {
    return must(smw().command<HandoverId>([&](Context& context) {
      return service(smw()).request(
          context,
          {about, handover::Urgency::normal, "Aanleiding", "Doel", {Category::person, Category::reason}},
          "M. Voorbeeld, maatschappelijk werker");
    }));
  }
  Result<void> act(SimNode& node, const HandoverId& id, Event event) {
    ActWords words{"J. Voorbeeld, medewerker", "In woorden.", Date{2026, 11, 20}, std::nullopt};
    if (event == Event::feed_back) words.feedback = handover::Feedback::started;
    return node
        .command<int>([&](Context& context) -> Result<int> {
          KNOOP_TRY(service(node).act(context, id, event, words));
          return 0;
        })
        .map([](int) {});
  }
  Result<ExchangeService::Answered> transfer(SimNode& node, const HandoverId& id) {
    return node.command<ExchangeService::Answered>(
        [&](Context& context) { return service(node).transfer(context, id, {}); });
  }
  HandoverDetail show(SimNode& node, const HandoverId& id) {
    return must(
        node.command<HandoverDetail>([&](Context& context) { return service(node).show(context, id); }));
  }
  bool quiet() {
    for (SimNode* node : {&smw(), &bjz()}) {
      if (!node->running()) return false;
      SimNode& other = node == &smw() ? bjz() : smw();
      const auto state = node->command<PeerState>(
          [&](Context& context) { return node->node().channel().state(context.tx, other.member()); });
      if (!state || state->queued > 0) return false;
    }
    return true;
  }
  void settle() {
    REQUIRE(region.run_until([&] { return quiet(); }, Milliseconds{900'000}));
  }
  void both(const HandoverId& id, State state) {
    settle();
    const auto ours = show(smw(), id);
    const auto theirs = show(bjz(), id);
    CHECK(handover::to_string(ours.handover.state) == handover::to_string(state));
    CHECK(handover::to_string(theirs.handover.state) == handover::to_string(state));
    CHECK(ours.handover.responsible == theirs.handover.responsible);
    CHECK(ours.handover.version == theirs.handover.version);
    CHECK_FALSE(theirs.handover.pending.has_value());
    REQUIRE(ours.happenings.size() == theirs.happenings.size());
    for (std::size_t i = 0; i < ours.happenings.size(); ++i)
      CHECK(ours.happenings[i].happening == theirs.happenings[i].happening);
  }

  Region region;
  matching::MatchId match;
};

}  // namespace

TEST_CASE("R5.1, R5.4: a hand-over from request to closed, through a bad network") {
  World world(1);
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
  World world(2);
  const HandoverId id = world.request(world.match);
  world.settle();
  CHECK(world.act(world.smw(), id, Event::accept).error().code == ErrorCode::forbidden);
  CHECK(world.act(world.bjz(), id, Event::hold).error().code == ErrorCode::wrong_state);
  CHECK(world.transfer(world.smw(), id).error().code == ErrorCode::wrong_state);
  CHECK(world.transfer(world.bjz(), id).error().code == ErrorCode::forbidden);
  world.both(id, State::requested);
}

TEST_CASE("R5.6: a request about a match that the other side does not know comes back refused") {
  World world(3);
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
  World world(4);
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
    World world(seed);
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
