// Witnesses (R8.2): heads are cosigned by those whom the convenant names, through faults and restarts; who shows two
// histories or an older one is caught; a log that nobody vouches for discloses nothing.
#include "protocol/audit/log_proof.h"
#include "storage/audit_repository.h"
#include "tests/sim/witness_scene.h"

namespace knoop {
namespace {

using namespace sim;
using namespace std::chrono_literals;

}  // namespace

TEST_CASE("R8.2: every head gets enough cosignatures within a minute, and witnessing comes to rest") {
  Region region(201, four, make_services, everybody_watches);
  REQUIRE(region.run_until([&] { return region.all_ready(); }, 600s));
  put(region[0], "S1", sanne);
  put(region[1], "B1", sanne);
  settle(region);
  REQUIRE(region.run_until([&] { return all_witnessed(region); }, 90s));
  const auto before = standing(region[0]);
  const auto sent = region[0].node().channel().counters().transmitted;
  region.run_for(6h);
  const auto after = standing(region[0]);
  CHECK(after.size == before.size);  // witnessing makes no entries
  CHECK(after.witnessed_size == before.size);
  CHECK(region[0].node().channel().counters().transmitted - sent < 20);
  // Long after: nothing happened, so nothing is late; and the witnesses were asked again, so it is known to be whole.
  region.run_for(96h);
  const auto later = standing(region[0]);
  CHECK(later.late == audit::Lateness::in_time);
  CHECK(later.fresh);
  no_alarm(region);
}

TEST_CASE("R8.2: Hello tells the cosigned heads, so that everybody knows how far each log is witnessed") {
  Region region(202, five, make_services, [](Convenant& convenant) {
    convenant.witness_sets = {{"smw-een", {"bjz-twee", "jgz-drie", "ggz-vier"}, 0}};
  });
  REQUIRE(region.run_until([&] { return region.all_ready(); }, 600s));
  put(region[0], "S1", sanne);
  settle(region);
  REQUIRE(
      region.run_until([&] { return standing(region[0]).witnessed_size == standing(region[0]).size; }, 90s));
  // The fifth is no witness; it hears it from the first.
  region.network.cut(region[0].member(), region[4].member());
  region.run_for(60s);
  region.network.heal(region[0].member(), region[4].member());
  REQUIRE(region.run_until([&] { return region.all_ready(); }, 600s));
  const auto size = standing(region[0]).witnessed_size;
  const auto known = in<std::vector<storage::KnownLog>>(
      region[4], [](Context& context) { return storage::known_logs(context.tx); });
  const auto log = std::ranges::find(known, region[0].member(), &storage::KnownLog::member);
  REQUIRE(log != known.end());
  CHECK(log->witnessed_size == size);
  // Who has no witness set goes on and says so.
  const auto alone = standing(region[4]);
  CHECK_FALSE(alone.watched);
  CHECK(alone.discloses());
  CHECK(alone.fresh);
}

TEST_CASE(
    "R8.2: witnessing through loss, partitions, restarts and crashes: every log ends witnessed, nobody is "
    "accused") {
  for (const std::uint64_t seed : {211U, 212U, 213U}) {
    CAPTURE(seed);
    Region region(seed, four, make_services, everybody_watches);
    region.network.faults = {100, 50, 10, 1ms, 500ms};
    for (std::size_t round = 0; round < 12; ++round) {
      put(region[round % 4], "K" + std::to_string(round), sanne);
      const std::size_t a = region.dice() % 4, b = region.dice() % 4;
      if (a != b) region.network.cut(region[a].member(), region[b].member());
      region.run_for(Milliseconds{20'000 + static_cast<std::int64_t>(region.dice() % 60'000)});
      SimNode& victim = region[region.dice() % 4];
      if (region.dice() % 2 == 0) {
        victim.crash();
        victim.start();
      } else if (region.dice() % 2 == 0) {
        victim.stop();
        victim.start();
      }
      if (a != b) region.network.heal(region[a].member(), region[b].member());
    }
    region.network.faults = {};
    REQUIRE(region.run_until([&] { return all_witnessed(region); }, 3600s));
    no_alarm(region);
  }
}

TEST_CASE("R8.2: one witness that is away changes nothing, when the convenant tolerates one") {
  Region region(203, five, make_services, everybody_watches);
  REQUIRE(region.run_until([&] { return region.all_ready(); }, 600s));
  CHECK(standing(region[0]).rule.quorum() == 3);
  region[4].stop();
  put(region[0], "S1", sanne);
  region.run_for(120s);
  const auto one_away = standing(region[0]);
  CHECK(one_away.witnessed_size == one_away.size);
  CHECK(one_away.fresh);
  // What waits for the one that is away does not grow with each head.
  for (int i = 0; i < 5; ++i) {
    put(region[0], "T" + std::to_string(i), sanne);
    region.run_for(60s);
  }
  CHECK(number_of(region[0], "SELECT count(*) FROM outbox WHERE type = 100") <= 1);
  region[3].stop();
  put(region[0], "U1", sanne);
  region.run_for(120s);
  CHECK(standing(region[0]).witnessed_size < standing(region[0]).size);
  region[3].start();
  REQUIRE(
      region.run_until([&] { return standing(region[0]).witnessed_size == standing(region[0]).size; }, 600s));
}

TEST_CASE(
    "R8.2 must show: a member that shows two histories to its witnesses is caught, and every member has the "
    "evidence") {
  Region region(204, five, make_services, [](Convenant& convenant) {
    convenant.witness_sets = {{"smw-een", {"bjz-twee", "jgz-drie"}, 0}};
  });
  REQUIRE(region.run_until([&] { return region.all_ready(); }, 600s));
  put(region[0], "S1", sanne);
  REQUIRE(region.run_until([&] { return standing(region[0]).witnessed_size > 0; }, 120s));
  // Two witnesses that cannot talk to each other get different heads of one size.
  region.network.cut(region[1].member(), region[2].member());
  const std::uint64_t size = standing(region[0]).size + 1000;
  for (const std::size_t to : {1U, 2U}) {
    const auto held = in<std::optional<storage::CosignedLog>>(
        region[to], [&](Context& context) { return storage::cosigned_log(context.tx, region[0].member()); });
    REQUIRE(held.has_value());
    ask_to_cosign(region[0], region[to],
                  {made_up_head(region[0], size, static_cast<Byte>(to)), held->size, {}, true});
  }
  region.run_for(30s);
  // Neither shows that it continues what the witness holds: neither is cosigned.
  for (const std::size_t at : {1U, 2U}) {
    const auto held = in<std::optional<storage::CosignedLog>>(
        region[at], [&](Context& context) { return storage::cosigned_log(context.tx, region[0].member()); });
    CHECK(held->size < size);
    CHECK(logged(region[at], audit::Event::log_fork_seen) == 1);
  }
  region.network.heal(region[1].member(), region[2].member());
  REQUIRE(region.run_until(
      [&] {
        return std::ranges::all_of(region.nodes(), [&](const auto& node) {
          if (node->member() ==
              region[0].member())  // it hears of its own two heads, and of one it does not have
            return logged(*node, audit::Event::log_rollback_seen) >= 1;
          return in<bool>(*node, [&](Context& context) {
            return storage::has_forked(context.tx, region[0].member(), 1);
          });
        });
      },
      600s));
  // It is not cosigned any more, and discloses nothing.
  const auto before = standing(region[0]).witnessed_size;
  put(region[0], "S2", sanne);
  region.run_for(600s);
  CHECK(standing(region[0]).witnessed_size == before);
  CHECK_FALSE(standing(region[0]).discloses());
  CHECK_FALSE(standing(region[0]).fresh);
}

TEST_CASE(
    "R8.2 hostile: a witness never cosigns two heads of one size, nor one that does not contain what it "
    "cosigned") {
  Region region(205, three, make_services, [](Convenant& convenant) {
    convenant.witness_sets = {{"smw-een", {"bjz-twee"}, 0}};
  });
  REQUIRE(region.run_until([&] { return region.all_ready(); }, 600s));
  put(region[0], "S1", sanne);
  settle(region);
  REQUIRE(
      region.run_until([&] { return standing(region[0]).witnessed_size == standing(region[0]).size; }, 120s));
  const auto held = [&] {
    return *in<std::optional<storage::CosignedLog>>(
        region[1], [&](Context& context) { return storage::cosigned_log(context.tx, region[0].member()); });
  };
  const auto first = held();
  const auto try_it = [&](const audit::LogHead& head) {
    ask_to_cosign(region[0], region[1], head);
    region.run_for(5s);
    CHECK(held().note == first.note);
  };
  // Larger, without or with a false proof; with another old size; of the same size with another root.
  try_it({made_up_head(region[0], first.size + 5, 1), first.size, {}, true});
  try_it({made_up_head(region[0], first.size + 6, 2), first.size, {Hash256{}, Hash256{}, Hash256{}}, true});
  try_it({made_up_head(region[0], first.size + 7, 3), 0, {}, true});
  try_it({made_up_head(region[0], first.size, 4), first.size, {}, true});
  CHECK(logged(region[1], audit::Event::log_fork_seen) >= 1);
  // After two heads of one size nothing of that log is cosigned, however well it is proven.
  region[1].crash();
  region[1].start();
  REQUIRE(region.run_until([&] { return region.all_ready(); }, 600s));
  put(region[0], "S2", sanne);
  region.run_for(120s);
  CHECK(held().note == first.note);
  // A head signed by somebody else is refused, and so is one of another member's log.
  ask_to_cosign(region[2], region[1], {made_up_head(region[0], 9000, 9), 0, {}, true});
  region.run_for(30s);
  CHECK_FALSE(in<std::optional<storage::CosignedLog>>(region[1], [&](Context& context) {
                return storage::cosigned_log(context.tx, region[2].member());
              }).has_value());
}

TEST_CASE("R8.2 must show: a node restored to an older log head is caught by its witnesses") {
  Region region(206, four, make_services, everybody_watches);
  REQUIRE(region.run_until([&] { return region.all_ready(); }, 600s));
  put(region[0], "S1", sanne);
  REQUIRE(region.run_until([&] { return all_witnessed(region); }, 120s));
  const auto copy = region[0].back_up();
  const std::uint64_t size_then = standing(region[0]).size;
  put(region[0], "S2", fatima);
  put(region[0], "S3", joris);
  settle(region);
  REQUIRE(region.run_until([&] { return all_witnessed(region); }, 120s));
  REQUIRE(standing(region[0]).size > size_then);

  region[0].restore(copy);
  CHECK_FALSE(standing(region[0]).fresh);  // before anybody was asked
  REQUIRE(region.run_until(
      [&] {
        return standing(region[0]).lost && std::ranges::all_of(region.nodes(), [](const auto& node) {
                 return logged(*node, audit::Event::log_rollback_seen) >= 1;
               });
      },
      600s));
  const auto restored = standing(region[0]);
  CHECK_FALSE(restored.fresh);
  CHECK_FALSE(restored.discloses());
  CHECK(in<bool>(region[0], [](Context& context) -> Result<bool> {
    const auto refused = require_witnessed(context);
    return !refused && refused.error().code == ErrorCode::unwitnessed;
  }));
  // Going on for long makes it no better: what it writes now is not cosigned.
  const auto witnessed = restored.witnessed_size;
  put(region[0], "S9", sanne);
  region.run_for(3600s);
  CHECK(standing(region[0]).witnessed_size == witnessed);
  CHECK_FALSE(standing(region[0]).discloses());
}

TEST_CASE("R8.2: 72 hours without a witness stop releases, emergencies aside, and one answer resumes them") {
  Story story(207, three, watched_exchange, jgz_watches_smw);
  story.consent({Category::reason});
  REQUIRE(story.until([&] { return standing(story.smw()).fresh; }));
  ExchangeId first;
  story.ask_and_wait(first);
  story.region[2].stop();
  story.region.run_for(23h);
  CHECK(standing(story.smw()).late == audit::Lateness::in_time);
  story.region.run_for(2h);
  CHECK(standing(story.smw()).late == audit::Lateness::third);
  CHECK(story.count(story.smw(), "log.unwitnessed") == 1);
  CHECK(story.answer(first).offered);
  REQUIRE(story.until([&] { return story.acquisition_state(first) == AcquisitionState::received; }));

  story.region.run_for(48h);
  CHECK(standing(story.smw()).late == audit::Lateness::stopped);
  CHECK(story.count(story.smw(), "log.unwitnessed") == 3);
  ExchangeId second;
  story.ask_and_wait(second);
  const auto refused = story.answer(second);
  CHECK_FALSE(refused.offered);
  REQUIRE_FALSE(refused.decisions.empty());
  CHECK(std::ranges::all_of(refused.decisions, [](const consent::FragmentDecision& one) {
    return !one.permitted && (one.category != Category::reason || one.reason == Reason::unwitnessed);
  }));
  // The asker is not told whose witnesses are away.
  CHECK(std::ranges::any_of(refused.denied, [](const exchange::Denied& one) {
    return one.category == Category::reason && one.reason == Reason::not_fresh;
  }));

  story.region[2].start();
  REQUIRE(
      story.region.run_until([&] { return standing(story.smw()).late == audit::Lateness::in_time; }, 600s));
  story.region.run_for(60s);
  CHECK(story.count(story.smw(), "log.witnessed-again") == 1);
  ExchangeId third;
  story.ask_and_wait(third);
  CHECK(story.answer(third).offered);
}

TEST_CASE(
    "R3.5: after a start no consent counts until the witnesses were heard: they may hold what we have lost") {
  Story story(209, three, watched_exchange, jgz_watches_smw);
  story.consent({Category::reason});
  REQUIRE(story.until([&] { return standing(story.smw()).fresh; }));
  const auto reason = [&] { return story.preview({Category::reason}).decisions.front().reason; };
  CHECK(reason() == Reason::consent);
  story.region[2].stop();
  story.smw().stop();
  story.smw().start();
  CHECK(reason() == Reason::not_fresh);
  story.region.run_for(600s);
  CHECK(reason() == Reason::not_fresh);
  story.region[2].start();
  REQUIRE(story.until([&] { return standing(story.smw()).fresh; }));
  CHECK(reason() == Reason::consent);
}

TEST_CASE("R8.2: an offer whose receipt comes when the log is late is not opened") {
  Story story(208, three, watched_exchange, jgz_watches_smw);
  story.consent({Category::reason});
  REQUIRE(story.until([&] { return standing(story.smw()).fresh; }));
  ExchangeId exchange;
  story.ask_and_wait(exchange);
  story.region[2].stop();
  story.region.run_for(71h + 50min);
  story.region.network.cut(story.smw().member(), story.bjz().member());
  REQUIRE(story.answer(exchange).offered);
  story.region.run_for(1h);
  story.region.network.heal(story.smw().member(), story.bjz().member());
  REQUIRE(story.until([&] { return story.release_state(exchange) == ReleaseState::cancelled; }));
  REQUIRE(story.until([&] { return story.acquisition_state(exchange) == AcquisitionState::cancelled; }));
  CHECK(story.received().empty());
}

TEST_CASE("protocol.md 4: the proof of the offer's log entry follows a release, under a witnessed head") {
  Story story(209, three, watched_exchange, jgz_watches_smw);
  story.consent({Category::reason});
  REQUIRE(story.until([&] { return standing(story.smw()).fresh; }));
  ExchangeId exchange;
  story.ask_and_wait(exchange);
  REQUIRE(story.answer(exchange).offered);
  REQUIRE(story.until([&] { return story.acquisition_state(exchange) == AcquisitionState::received; }));
  const auto awaited = [&] {
    return *in<std::optional<storage::AwaitedProof>>(story.bjz(), [&](Context& context) {
      return storage::awaited_proof(context.tx, story.smw().member(), exchange);
    });
  };
  REQUIRE(story.until([&] { return awaited().state == storage::ProofState::good; }));
  // What came verifies off line, with the cards alone.
  const auto proof = audit::LogProof::parse(*awaited().proof);
  REQUIRE(proof.has_value());
  const audit::WitnessRule rule{{{story.region[2].member(), story.region[2].card().witness_key}}, 1, 0};
  const auto entry = audit::check_log_proof(*proof, story.smw().card().signing_key, rule);
  REQUIRE(entry.has_value());
  CHECK(entry->witnessed.enough);
  CHECK(proof->leaf == awaited().leaf);
}

TEST_CASE("protocol.md 4 hostile: a proof that does not come is overdue, and a false one is an alarm") {
  Story story(210, three, watched_exchange, jgz_watches_smw);
  story.consent({Category::reason});
  REQUIRE(story.until([&] { return standing(story.smw()).fresh; }));
  ExchangeId exchange;
  story.ask_and_wait(exchange);
  story.region[2].stop();  // nothing is witnessed meanwhile
  REQUIRE(story.answer(exchange).offered);
  REQUIRE(story.until([&] { return story.acquisition_state(exchange) == AcquisitionState::received; }));
  story.region.run_for(71h);
  CHECK(story.count(story.bjz(), "log.proof-overdue") == 0);
  story.region.run_for(2h);
  CHECK(story.count(story.bjz(), "log.proof-overdue") == 1);

  // A head that no witness cosigned.
  in<int>(story.smw(), [&](Context& context) -> Result<int> {
    KNOOP_LET(note, context.audit_log().head(context.tx, context.now));
    KNOOP_LET(state, storage::audit_state(context.tx));
    KNOOP_LET(row, storage::owed_proofs(context.tx, 1, 1'000'000, 1));
    const NodeReader nodes = storage::audit_nodes(context.tx, 1);
    KNOOP_LET(leaf, nodes(0, row.at(0).number));
    KNOOP_LET(path, inclusion_proof(row.at(0).number, state.tree.size(), nodes));
    const audit::LogProof proof{leaf, row.at(0).number, path, note};
    KNOOP_TRY(context.send(story.bjz().member(), MessageType::log_proof, std::nullopt,
                           encode(audit::LogProofMessage{exchange, proof.text()})));
    return 0;
  });
  REQUIRE(story.until([&] { return story.count(story.bjz(), "log.proof-wrong") == 1; }));
}

TEST_CASE(
    "R8.2: the proof of any entry under a witnessed head is cheap and verifies, over subtrees that are "
    "kept") {
  Region region(214, three, make_services, everybody_watches);
  REQUIRE(region.run_until([&] { return region.all_ready(); }, 600s));
  in<int>(region[0], [](Context& context) -> Result<int> {
    for (int i = 0; i < 700; ++i)
      KNOOP_TRY(context.audit({.event = audit::Event::client_read, .action = audit::Action::read}));
    return 0;
  });
  REQUIRE(region.run_until([&] { return all_witnessed(region); }, 120s));
  const auto now = standing(region[0]);
  REQUIRE(now.size > 700);
  CHECK(number_of(region[0], "SELECT count(*) FROM audit_nodes") == 3);  // two of 256 leaves, one of 512
  for (const std::uint64_t index : {std::uint64_t{0}, std::uint64_t{255}, std::uint64_t{256},
                                    std::uint64_t{511}, std::uint64_t{600}, now.size - 1}) {
    CAPTURE(index);
    const auto proof =
        in<audit::LogProof>(region[0], [&](Context& context) { return prove_entry(context, index); });
    const auto rule = witnesses_of(region[1].node().membership(), region[0].member());
    const auto entry = audit::check_log_proof(proof, region[0].card().signing_key, rule);
    REQUIRE(entry.has_value());
    CHECK(entry->witnessed.enough);
  }
  CHECK(region[0]
            .command<audit::LogProof>([](Context& context) { return prove_entry(context, 1'000'000); })
            .error()
            .code == ErrorCode::not_found);
}

}  // namespace knoop
