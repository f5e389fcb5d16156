// Versions of the convenant on running nodes (protocol.md section 1): who is left out, who has not heard of it yet, who
// comes back, and what a former member can still do.
#include <catch2/catch.hpp>

#include "node/core/membership_service.h"
#include "protocol/exchange/messages.h"
#include "protocol/matching/blind.h"
#include "tests/sim/matching_scene.h"
#include "tests/sim/puppet.h"

namespace knoop {
namespace {

using namespace sim;
using namespace std::chrono_literals;

const std::vector<Region::Organisation> three{{"smw-een", "smw"}, {"bjz-twee", "bjz"}, {"cjg-drie", "cjg"}};

std::function<void(Convenant&)> without(const SimNode& node) {
  return [id = node.member()](Convenant& convenant) {
    std::erase_if(convenant.members, [&](const ConvenantMember& each) { return each.member == id; });
  };
}
std::function<void(Convenant&)> with(const SimNode& node) {
  return [card = node.card()](Convenant& convenant) {
    convenant.members.push_back({card.id, card.member, card.kind, 100'000, std::nullopt});
  };
}

PeerState state(SimNode& node, SimNode& peer) {
  return *node.command<PeerState>(
      [&](Context& context) { return node.node().channel().state(context.tx, peer.member()); });
}
std::uint32_t number(SimNode& node) {
  return node.node().membership().convenant()->number;
}
std::int64_t count(SimNode& node, const std::string& sql) {
  return *node.command<std::int64_t>([&](Context& context) -> Result<std::int64_t> {
    KNOOP_LET(row, context.tx.one("SELECT count(*) FROM " + sql));
    return row->get<std::int64_t>(0);
  });
}
std::int64_t logged(SimNode& node, audit::Event event) {
  return count(node, fmt::format("audit_entries WHERE event = {}", static_cast<int>(event)));
}
storage::MatchingPair newest(SimNode& node, SimNode& peer) {
  return *node.command<std::optional<storage::MatchingPair>>(
                  [&](Context& context) { return storage::newest_pair(context.tx, peer.member()); })
              .value();
}
std::uint64_t refused(SimNode& node, ErrorCode code) {
  const auto& all = node.node().channel().counters().refused;
  const auto found = all.find(code);
  return found == all.end() ? 0 : found->second;
}
/// Every table that hangs on an epoch, but for what the opening audit keeps.
void check_nothing_left(SimNode& node, SimNode& peer) {
  const auto pair = newest(node, peer);
  CHECK(pair.ended_why == matching::EndReason::left);
  for (const std::string table :
       {"matched_handles", "peer_tokens", "peer_handles", "answer_handles", "withdrawn_tokens",
        "register_queue", "own_batches", "peer_batches", "batch_bytes"})
    CHECK(count(node, fmt::format("{} WHERE pair = {}", table, pair.id)) == 0);
  for (const std::string table : {"match_claims", "match_answers", "touched_clients", "touched_claims"})
    CHECK(count(node, fmt::format("{} WHERE peer = x'{}'", table, peer.member().hex())) == 0);
  CHECK(count(node, fmt::format("matches WHERE peer = x'{}' AND (ended IS NULL OR ended_why <> 2)",
                                peer.member().hex())) == 0);
  CHECK(count(node, fmt::format("outbox WHERE peer = x'{}' AND stream <> 1", peer.member().hex())) == 0);
}

/// Three nodes that all know Sanne.
struct Trio {
  explicit Trio(std::uint64_t seed) : region(seed, three) {
    for (const auto& node : region.nodes()) put(*node, node->id(), sanne);
    settle(region);
    REQUIRE(matches(a()).size() == 2);
  }
  SimNode& a() { return region[0]; }
  SimNode& b() { return region[1]; }
  SimNode& c() { return region[2]; }
  bool until(const std::function<bool()>& done) { return region.run_until(done, 10min); }

  Region region;
};

}  // namespace

TEST_CASE(
    "R9.1: who a new version leaves out loses matches, epochs and waiting messages, visibly, at every node") {
  Trio trio(51);
  Region& region = trio.region;
  const auto id = shown(trio.a(), trio.c()).begin()->first;
  // Something waits for it: a new child is registered while it is away.
  region.network.cut(trio.a().member(), trio.c().member());
  put(trio.a(), "S2", fatima);
  region.run_for(30s);
  REQUIRE(count(trio.a(), "outbox WHERE stream <> 1") > 0);

  region.amend(without(trio.c()));
  for (SimNode* node : {&trio.a(), &trio.b()}) {
    check_nothing_left(*node, trio.c());
    check_nothing_left(trio.c(), *node);
    CHECK(node->node().membership().standing(trio.c().member()) == Standing::former);
    CHECK(trio.c().node().membership().standing(node->member()) == Standing::former);
    CHECK(logged(*node, audit::Event::member_left) == 1);
  }
  CHECK(logged(trio.c(), audit::Event::member_left) == 2);
  CHECK(logged(trio.a(), audit::Event::message_void) == 1);
  CHECK(state(trio.a(), trio.c()).voided > 0);
  CHECK(state(trio.a(), trio.c()).former);
  const auto ended = ask<std::optional<storage::StoredMatch>>(
      trio.a(), [&](MatchingService&, Context& context) { return storage::find_match(context.tx, id); });
  CHECK(ended->ended_why == storage::MatchEnd::left);

  region.network.heal(trio.a().member(), trio.c().member());
  settle(region);
  CHECK(matches(trio.a()).size() == 1);  // with B, as before
  CHECK(matches(trio.c()).empty());
  // What is registered from now on goes to B alone.
  put(trio.c(), "C2", fatima);
  put(trio.b(), "B2", fatima);
  settle(region);
  CHECK(matches(trio.a()).size() == 2);
  CHECK(count(trio.c(), "own_handles") == 0);
  check_healthy(region);
  // And so it stays after a restart.
  for (const auto& node : region.nodes()) {
    node->stop();
    node->start();
  }
  settle(region);
  CHECK(trio.a().node().membership().standing(trio.c().member()) == Standing::former);
}

TEST_CASE(
    "a node that has not heard of a version talks on until it hears, and takes it before anything else") {
  Trio trio(52);
  Region& region = trio.region;
  region.network.cut(trio.a().member(), trio.b().member());
  region.network.cut(trio.a().member(), trio.c().member());
  REQUIRE(region.install(trio.a(), region.sign_next(without(trio.c()))));
  put(trio.b(), "B2", fatima);
  put(trio.c(), "C2", fatima);
  REQUIRE(trio.until([&] { return shown(trio.b(), trio.c()).size() == 2; }));
  CHECK(number(trio.b()) == 1);

  region.network.heal(trio.a().member(), trio.b().member());
  REQUIRE(trio.until([&] { return number(trio.b()) == 2; }));
  check_nothing_left(trio.b(), trio.c());
  // C hears of it from B, its former fellow.
  REQUIRE(trio.until([&] { return number(trio.c()) == 2; }));
  check_nothing_left(trio.c(), trio.b());
  check_nothing_left(trio.c(), trio.a());
  put(trio.a(), "A2", fatima);
  settle(region);
  CHECK(shown(trio.a(), trio.b()).size() == 2);
  check_healthy(region);
}

TEST_CASE("while a member does not take a higher version nothing new is disclosed to it, nor by it") {
  // The second node's program cannot take pushed versions.
  int made = 0;
  Region region(53, {{"smw-een", "smw"}, {"bjz-twee", "bjz"}}, [&made] {
    auto services = make_services();
    if (made++ == 1)
      std::erase_if(services,
                    [](const auto& each) { return dynamic_cast<MembershipService*>(each.get()) != nullptr; });
    return services;
  });
  put(region[0], "S1", sanne);
  put(region[1], "B1", sanne);
  settle(region);
  REQUIRE(region.install(region[0], region.sign_next([](Convenant& convenant) { convenant.name = "Twee"; })));
  region.run_for(30s);
  put(region[0], "S2", fatima);
  put(region[1], "B2", fatima);
  std::size_t large = 0;
  region.network.tap = [&](const MemberId&, const MemberId&, ByteView frame) {
    large += frame.size() > 16'000;
  };
  region.run_for(5min);
  CHECK(large == 0);
  CHECK(number(region[1]) == 1);
  CHECK_FALSE(state(region[0], region[1]).ready);
  CHECK_FALSE(state(region[1], region[0]).ready);
  CHECK(state(region[1], region[0]).convenant == 2);
  CHECK(matches(region[0]).size() == 1);  // what was known stays
  CHECK(matches(region[1]).size() == 1);

  REQUIRE(region.install(region[1], region.convenant_note));
  REQUIRE(region.run_until([&] { return region.all_ready() && matches(region[0]).size() == 2; }, 10min));
  check_matches(region);
}

TEST_CASE("a member that was away takes all versions that it missed, in order") {
  Trio trio(54);
  Region& region = trio.region;
  trio.b().stop();
  region.install(trio.a(), region.sign_next(without(trio.c()))).value();
  region.install(trio.a(), region.sign_next([](Convenant& convenant) { convenant.name = "Drie"; })).value();
  region.install(trio.a(), region.sign_next(with(trio.c()))).value();
  trio.b().start();
  REQUIRE(trio.until([&] { return number(trio.b()) == 4 && number(trio.c()) == 4; }));
  settle(region);
  CHECK(matches(trio.b()).size() == 2);
  CHECK(newest(trio.b(), trio.c()).epoch == 2);
  CHECK(newest(trio.c(), trio.b()).epoch == 2);
  check_healthy(region);
}

TEST_CASE("who comes back begins with fresh epochs under higher numbers, and the same matches return") {
  Trio trio(55);
  Region& region = trio.region;
  const Shown before = shown(trio.a(), trio.c());
  region.amend(without(trio.c()));
  settle(region);
  CHECK(shown(trio.a(), trio.c()).empty());
  region.amend(with(trio.c()));
  settle(region);
  check_healthy(region);
  CHECK(shown(trio.a(), trio.c()) == before);
  for (SimNode* node : {&trio.a(), &trio.b()}) {
    CHECK(newest(*node, trio.c()).epoch == 2);
    CHECK(newest(trio.c(), *node).epoch == 2);
    CHECK(node->node().membership().former().empty());
  }
  // A withdrawal that names handles of the ended epoch, sent now, takes nothing away.
  REQUIRE(trio.c().command<bool>([&](Context& context) -> Result<bool> {
    KNOOP_TRY(context.send(trio.a().member(), MessageType::withdraw, std::nullopt,
                           encode(matching::Withdraw{1, 1'000, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10}})));
    return true;
  }));
  // Nor is a batch for it evaluated.
  matching::RegisterBatch batch{1, 11, 700,
                                std::vector<PointBytes>(10, *newest(trio.a(), trio.c()).commitment)};
  REQUIRE(trio.c().command<bool>([&](Context& context) -> Result<bool> {
    KNOOP_TRY(context.send(trio.a().member(), MessageType::register_batch, std::nullopt, encode(batch)));
    return true;
  }));
  region.run_for(30s);
  CHECK(shown(trio.a(), trio.c()) == before);
  CHECK(shown(trio.c(), trio.a()) == before);
  CHECK(count(trio.a(), "peer_batches") == 0);
}

TEST_CASE("a member that a new version adds is matched like any") {
  Region region(56, three, make_services, [](Convenant& convenant) { convenant.members.pop_back(); });
  for (const auto& node : region.nodes()) put(*node, node->id(), sanne);
  settle(region);
  CHECK(matches(region[0]).size() == 1);
  CHECK(matches(region[2]).empty());
  region.amend(with(region[2]));
  settle(region);
  CHECK(matches(region[0]).size() == 2);
  CHECK(matches(region[2]).size() == 2);
  check_healthy(region);
}

TEST_CASE("changes of membership through faults and crashes leave equal matches at both sides") {
  for (const std::uint64_t seed : {61U, 62U, 63U}) {
    CAPTURE(seed);
    Trio trio(seed);
    Region& region = trio.region;
    region.network.faults = {.lose = 50, .repeat = 50, .corrupt = 10, .delay_min = 1ms, .delay_max = 400ms};
    for (int round = 0; round < 3; ++round) {
      const auto& note = region.sign_next(round % 2 == 0 ? without(trio.c()) : with(trio.c()));
      put(trio.a(), fmt::format("A{}", round), round == 0 ? fatima : joris);
      put(trio.c(), fmt::format("C{}", round), round == 0 ? joris : fatima);
      region.run_for(Milliseconds{static_cast<std::int64_t>(region.dice() % 3'000)});
      region.install(trio.a(), note).value();  // the others hear of it
      region.run_for(Milliseconds{static_cast<std::int64_t>(region.dice() % 1'500)});
      SimNode& victim = region[region.dice() % 3];
      victim.crash();
      region.run_for(2s);
      victim.start();
      // A crash of the only one that has it may undo it.
      if (number(trio.a()) < region.convenant().number) region.install(trio.a(), note).value();
      REQUIRE(region.run_until(
          [&] {
            return std::ranges::all_of(
                region.nodes(), [&](const auto& node) { return number(*node) == region.convenant().number; });
          },
          30min));
    }
    region.network.faults = {};
    settle(region);
    CHECK(shown(trio.a(), trio.c()).empty());
    check_nothing_left(trio.a(), trio.c());
    check_nothing_left(trio.c(), trio.a());
  }
}

// ---- hostile

namespace {

/// A member that is left out and goes on as if it were not: its frames are written by the test.
struct Expelled {
  Expelled()
      : region(71, {{"eerlijk", "smw"}, {"pop", "bjz"}}, [made = 0]() mutable {
          if (made++ == 0) return make_services();
          std::vector<std::unique_ptr<Service>> services;
          services.push_back(std::make_unique<Puppet>());
          return services;
        }) {
    REQUIRE(region.run_until([&] { return region.all_ready(); }, 60s));
  }
  SimNode& honest() { return region[0]; }
  SimNode& liar() { return region[1]; }

  /// A frame as an unchanged program would have made it before it heard of anything: the next of its stream.
  void forge(MessageType type, const Bytes& body) {
    const auto frame = liar().command<Bytes>([&](Context& context) -> Result<Bytes> {
      KNOOP_LET(row,
                context.tx.one("SELECT instance, last_assigned FROM stream_out WHERE peer = ? AND stream = ?",
                               honest().member(), stream_of(type)));
      FrameHeader header;
      header.network = context.membership().network();
      header.type = type;
      header.sender = liar().member();
      header.sender_card = 1;
      header.recipient = honest().member();
      header.recipient_card = 1;
      header.position = StreamPosition{row->get<StreamId>(0), row->get<std::uint64_t>(1) + 1};
      header.sent_at = context.now;
      return make_frame(header, body,
                        {context.keys().signing.secret_key, honest().card().sealing_key, nullptr},
                        context.entropy);
    });
    region.network.send(liar().member(), honest().member(), *frame);
    region.run_for(2s);
  }
  matching::Pair pair() { return first_pair(liar(), honest().member()); }
  matching::PairSecrets secrets() { return matching::derive_secrets(MatchingKey{}, pair(), nullptr); }
  Bytes epoch_open() {
    TestEntropy entropy(5);
    return encode(matching::make_epoch_open(pair(), secrets(), nullptr, entropy));
  }
  Bytes batch() {
    matching::BlindJob job{secrets(), 1, 1, 700, {}};
    job.slots.resize(10);
    return encode(matching::blind_batch(job));
  }

  Region region;
};

}  // namespace

TEST_CASE(
    "hostile: registrations, evaluations, proofs, claims and requests of an expelled member are refused") {
  Expelled scene;
  SimNode& honest = scene.honest();
  put(honest, "S1", sanne);
  scene.region.run_for(10s);
  // As long as it is a member the same frames are taken.
  scene.forge(MessageType::epoch_open, scene.epoch_open());
  CHECK(newest(honest, scene.liar()).agreed.has_value());
  const auto applied = honest.node().channel().counters().applied;
  CHECK(applied == 1);

  REQUIRE(scene.region.install(honest, scene.region.sign_next(without(scene.liar()))));
  scene.region.run_for(10s);
  CHECK(state(honest, scene.liar()).former);
  CHECK(count(honest, "own_batches") == 0);
  const std::vector<std::pair<MessageType, Bytes>> tries{
      {MessageType::epoch_open, scene.epoch_open()},
      {MessageType::register_batch, scene.batch()},
      {MessageType::evaluated, encode(matching::Evaluated{1, 1, std::vector<PointBytes>(10), std::nullopt})},
      {MessageType::proof, encode(matching::Proof{1, 1, {0, 10}, {}})},
      {MessageType::match_claim, encode(matching::MatchClaim{{}, 1, 1, matching::BsnStatus::none, {{1, 1}}})},
      {MessageType::epoch_statement, to_bytes("anything")},
      {MessageType::fragment_request, to_bytes("anything")},
      {MessageType::release_key, to_bytes("anything")},
      {MessageType::handover_event, to_bytes("anything")}};
  std::uint64_t before = refused(honest, ErrorCode::not_a_member);
  for (const auto& [type, body] : tries) {
    CAPTURE(to_string(type));
    scene.forge(type, body);
    const std::uint64_t now = refused(honest, ErrorCode::not_a_member);
    CHECK(now == before + 1);
    before = now;
    CHECK(count(honest, fmt::format("dead_letter WHERE type = {}", static_cast<int>(type))) == 0);
  }
  CHECK(logged(honest, audit::Event::peer_refused) == static_cast<std::int64_t>(tries.size()));
  // Again: counted, and not logged a second time.
  scene.forge(tries[1].first, tries[1].second);
  CHECK(refused(honest, ErrorCode::not_a_member) == before + 1);
  CHECK(logged(honest, audit::Event::peer_refused) == static_cast<std::int64_t>(tries.size()));
  CHECK(honest.node().channel().counters().applied == applied);
  check_nothing_left(honest, scene.liar());
  // And nothing is said to it but what is protective: no frame of any other stream is made.
  CHECK(count(honest, "outbox WHERE stream <> 1") == 0);
  const auto said = honest.command<bool>([&](Context& context) -> Result<bool> {
    KNOOP_TRY(context.send(scene.liar().member(), MessageType::match_choice, std::nullopt, {}));
    return true;
  });
  CHECK(said.error().code == ErrorCode::not_a_member);
}

TEST_CASE("a former member's withdrawal of involvement is applied and acknowledged, and ours reaches it") {
  Trio trio(57);
  Region& region = trio.region;
  // Both withdraw while they cannot reach each other; then one is left out.
  region.network.cut(trio.a().member(), trio.c().member());
  close(trio.a(), "smw-een");
  close(trio.c(), "cjg-drie");
  region.run_for(10s);
  REQUIRE(count(trio.a(), "withdrawals WHERE acknowledged IS NULL") > 0);
  region.amend(without(trio.c()));
  region.network.heal(trio.a().member(), trio.c().member());
  REQUIRE(trio.until([&] {
    return count(trio.a(), "withdrawals WHERE acknowledged IS NULL") == 0 &&
           count(trio.c(), "withdrawals WHERE acknowledged IS NULL") == 0;
  }));
  settle(region);
  check_healthy(region);
}

TEST_CASE("a version whose event the disk refused is no second text when it comes again") {
  // Each call after the version was written fails once: those of the rest of its event, and of the commit.
  for (int nth = 1; nth <= 30; ++nth) {
    INFO("call " << nth);
    Region region(59, {three.begin(), three.begin() + 2});
    SimNode &a = region[0], &b = region[1];
    REQUIRE(region.run_until([&] { return state(a, b).ready && state(b, a).ready; }, 60'000ms));
    int calls = 0;
    b.refuse_call = [&](std::string_view sql) {
      if (calls == 0 && sql.find("INSERT INTO convenants") == sql.npos) return false;
      return ++calls == nth;
    };
    region.sign_next([](Convenant& convenant) { convenant.name = "De tweede"; });
    region.install(a, region.convenant_note).value();
    REQUIRE(region.run_until([&] { return b.running() && number(b) == 2 && calls >= nth; }, 600'000ms));
    b.refuse_call = {};
    region.run_for(10'000ms);
    CHECK_FALSE(b.node().membership().frozen());
    CHECK(logged(b, audit::Event::convenant_conflict) == 0);
    b.stop();
    b.start();
    CHECK(number(b) == 2);
    CHECK_FALSE(b.node().membership().frozen());
  }
}

TEST_CASE("a second text of one number is kept, freezes the membership, and the next version decides") {
  for (const bool other_chosen : {false, true}) {
    CAPTURE(other_chosen);
    Trio trio(58);
    Region& region = trio.region;
    const std::string second_name = "Een andere tekst";
    region.sign_next([](Convenant& convenant) { convenant.name = "De ene tekst"; });
    const std::string first = region.convenant_note;
    const std::string second =
        region.sign_second([&](Convenant& convenant) { convenant.name = second_name; });
    // Two halves of the network hear different texts, and of each other's when they meet.
    region.network.cut(trio.a().member(), trio.b().member());
    region.network.cut(trio.c().member(), trio.b().member());
    region.install(trio.a(), first).value();
    region.install(trio.b(), second).value();
    REQUIRE(trio.until([&] { return number(trio.c()) == 2; }));
    region.network.heal(trio.a().member(), trio.b().member());
    region.network.heal(trio.c().member(), trio.b().member());
    REQUIRE(trio.until(
        [&] { return trio.a().node().membership().frozen() && trio.b().node().membership().frozen(); }));
    CHECK(trio.a().node().membership().convenant()->name == "De ene tekst");
    CHECK(trio.b().node().membership().convenant()->name == second_name);
    CHECK(logged(trio.a(), audit::Event::convenant_conflict) == 1);
    CHECK(logged(trio.b(), audit::Event::convenant_conflict) == 1);
    // Care goes on.
    put(trio.a(), "A2", fatima);
    put(trio.b(), "B2", fatima);
    settle(region);
    CHECK(shown(trio.a(), trio.b()).size() == 2);
    // Nobody is added, also after a restart.
    trio.a().stop();
    trio.a().start();
    CHECK(trio.a().node().membership().frozen());
    TestEntropy entropy(9);
    const auto stranger = test::organisation(entropy, "ggz-vier", "ggz");
    const auto added = trio.a().command<Card>([&](Context& context) {
      return context.membership().install_card(context.tx, *sign_card(stranger.card, stranger.key.secret_key),
                                               context.now);
    });
    CHECK(added.error().code == ErrorCode::conflict);

    if (other_chosen) region.convenant_note = second;
    region.sign_next([](Convenant& convenant) { convenant.name = "Drie"; });
    region.install(trio.a(), region.convenant_note).value();
    REQUIRE(trio.until([&] { return number(trio.b()) == 3 && number(trio.c()) == 3; }));
    for (const auto& node : region.nodes()) {
      CHECK_FALSE(node->node().membership().frozen());
      node->stop();
      node->start();  // the chain that is stored checks
      CHECK(number(*node) == 3);
    }
    settle(region);
    check_healthy(region);
  }
}

TEST_CASE(
    "under an expired convenant only what is protective passes, after a long warning, and the next version "
    "ends it") {
  Region region(59, {{"smw-een", "smw"}, {"bjz-twee", "bjz"}});
  put(region[0], "S1", sanne, {2027, 6, 1});
  put(region[1], "B1", sanne, {2027, 6, 1});
  settle(region);
  CHECK(days_to_expiry(region[0].node().membership(), region.agenda.now()) == 59);  // expires on 1 January
  CHECK(logged(region[0], audit::Event::convenant_expiring) == 1);
  const auto jump = [&](Timestamp when) {
    for (const auto& node : region.nodes()) node->stop();
    region.run_for(when - region.agenda.now());
    for (const auto& node : region.nodes()) {
      node->start();
      if (node->node().clock_watch().doubt())
        REQUIRE(node->command<bool>([](Context& context) -> Result<bool> {
          KNOOP_TRY(context.confirm_clock());
          return true;
        }));
    }
  };
  jump(test::at("2026-12-31T23:50:00Z"));
  CHECK(region.run_until([&] { return logged(region[0], audit::Event::convenant_expiring) == 2; }, 1min));
  REQUIRE(region.run_until([&] { return region.all_ready(); }, 1min));
  region.run_for(15min);
  CHECK_FALSE(region[0].node().membership().in_force(region.agenda.now()));
  put(region[0], "S2", fatima, {2027, 6, 1});
  put(region[1], "B2", fatima, {2027, 6, 1});
  region.run_for(3min);
  CHECK(matches(region[0]).size() == 1);
  close(region[0], "S1");  // a withdrawal passes
  REQUIRE(region.run_until(
      [&] {
        return count(region[0], "withdrawals WHERE acknowledged IS NULL") == 0 &&
               count(region[0], "withdrawals") > 0;
      },
      5min));
  REQUIRE(region.install(region[0], region.sign_next([](Convenant& convenant) {
    convenant.valid_from = test::at("2026-12-31T00:00:00Z");
    convenant.expires = test::at("2027-12-31T00:00:00Z");
  })));
  settle(region);
  CHECK(number(region[1]) == 2);
  CHECK(matches(region[0]).size() == 1);  // Fatima
  check_healthy(region);
}

TEST_CASE("a member that claims a version which nobody signed keeps only its own link quiet") {
  Trio trio(60);
  Region& region = trio.region;
  // The managers signed it for one node only, so to say: it pushes a version that is not signed enough.
  Convenant forged = region.convenant();
  forged.number = 2;
  forged.previous = *convenant_hash(region.convenant_note);
  const std::string note =
      *countersign_convenant(*draft_convenant(forged), region.managers().front().secret_key);
  REQUIRE(trio.c().command<bool>([&](Context& context) -> Result<bool> {
    KNOOP_TRY(context.send(trio.a().member(), MessageType::convenant_push, std::nullopt,
                           encode(ConvenantPush{note})));
    return true;
  }));
  REQUIRE(trio.until([&] { return state(trio.a(), trio.c()).dead_letters == 1; }));
  CHECK(number(trio.a()) == 1);
  put(trio.a(), "A2", fatima);
  put(trio.b(), "B2", fatima);
  REQUIRE(trio.until([&] { return shown(trio.a(), trio.b()).size() == 2; }));
}

}  // namespace knoop
