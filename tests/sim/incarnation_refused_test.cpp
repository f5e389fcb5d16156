// Next logs that somebody has reason to refuse (R8.2, docs/spec/audit.md "Incarnations"): let through by a privacy officer, or found out when a
// larger head of the log before comes late; and what was owed of the log before.
#include "tests/sim/incarnation_scene.h"

namespace knoop {
namespace {

using namespace sim;
using namespace std::chrono_literals;

Result<int> try_to_allow(SimNode& node, const MemberId& member, const std::string& reason,
                         const Actor& who = officer) {
  return node.command<int>(
      [&](Context& context) -> Result<int> {
        KNOOP_TRY(allow_incarnation(context, member, reason));
        return 0;
      },
      who);
}

storage::MemberIncarnation later_log(SimNode& node, const MemberId& member) {
  return in<storage::MemberIncarnation>(node, [&](Context& context) -> Result<storage::MemberIncarnation> {
    KNOOP_LET(found, storage::member_incarnation(context.tx, member, 2));
    return std::move(*found);
  });
}

bool reaches(SimNode& node, SimNode& other) {
  return node.node().channel().reachable(other.member());
}

std::string head_of(SimNode& node) {
  return in<std::string>(node,
                         [](Context& context) { return context.audit_log().head(context.tx, context.now); });
}

/// What `node` tells of releases whose proofs are missing.
std::vector<storage::ProofState> missing(SimNode& node) {
  const auto all = in<std::vector<storage::AwaitedProof>>(
      node, [](Context& context) { return storage::missing_proofs(context.tx, 10); });
  std::vector<storage::ProofState> out;
  for (const auto& one : all) out.push_back(one.state);
  return out;
}

}  // namespace

TEST_CASE(
    "R8.2 must show: a member that cosigned more refuses the next log until its privacy officer lets it "
    "through") {
  Region region(801, four, make_services, everybody_watches);
  begin_with_a_match(region);
  const auto copy = region[0].back_up();
  // Only one witness hears of what comes then, and is away when the copy is put back.
  for (std::size_t at : {2U, 3U}) region.network.cut(region[0].member(), region[at].member());
  work(region[0]);
  const auto size = standing(region[0]).size;
  REQUIRE(region.run_until(
      [&] {
        return number_of(region[1],
                         fmt::format("SELECT count(*) FROM cosigned_logs WHERE size >= {}", size)) > 0;
      },
      600s));
  region[1].stop();
  for (std::size_t at : {2U, 3U}) region.network.heal(region[0].member(), region[at].member());
  region[0].restore(copy);
  // Nobody who is there knows more; the streams with the two are as they were. What the member that is away holds is told later.
  region.run_for(60s);
  CHECK_FALSE(lost(region[0]).set_back);
  const auto older = in<std::string>(region[2], [&](Context& context) -> Result<std::string> {
    KNOOP_LET(head, storage::newest_member_head(context.tx, region[0].member()));
    return head->note;
  });
  region[1].start();
  REQUIRE(region.run_until([&] { return caught(region[0]) && lost(region[0]).heard == 3; }, 600s));
  // A changed program, or an officer who was shown an older head, goes on from less than that member cosigned.
  open_unasked(region[0], older, officer);
  REQUIRE(region.run_until([&] { return logged(region[1], audit::Event::incarnation_refused) == 1; }, 600s));
  REQUIRE(
      region.run_until([&] { return reaches(region[2], region[0]) && reaches(region[3], region[0]); }, 600s));
  CHECK_FALSE(reaches(region[1], region[0]));
  CHECK(logged(region[2], audit::Event::incarnation_refused) == 0);  // one witness is no quorum: 0015
  CHECK(later_log(region[1], region[0].member()).larger.has_value());
  CHECK(number_of(region[1], "SELECT count(*) FROM hints WHERE closed IS NULL") >= 1);

  CHECK(try_to_allow(region[1], region[0].member(), "", officer).error().code == ErrorCode::bad_value);
  CHECK(try_to_allow(region[1], region[0].member(), "gebeld", worker).error().code == ErrorCode::forbidden);
  CHECK(try_to_allow(region[1], region[2].member(), "gebeld").error().code == ErrorCode::not_found);
  CHECK(try_to_allow(region[2], region[0].member(), "gebeld").error().code == ErrorCode::wrong_state);
  CHECK_FALSE(reaches(region[1], region[0]));
  REQUIRE(try_to_allow(region[1], region[0].member(), "gebeld: schijf stuk, een half uur kwijt").has_value());
  CHECK(logged(region[1], audit::Event::incarnation_allowed) == 1);
  REQUIRE(region.run_until([&] { return region.all_ready(); }, 600s));
  REQUIRE(region.run_until([&] { return all_witnessed(region); }, 600s));
  // Exchange goes on, also after a start, and the evidence stays.
  region[1].stop();
  region[1].start();
  REQUIRE(region.run_until([&] { return region.all_ready(); }, 600s));
  put(region[0], "S2", fatima);
  put(region[1], "B2", fatima);
  settle(region);
  CHECK(shown(region[0], region[1]).size() == 2);
  CHECK(later_log(region[1], region[0].member()).state == storage::IncarnationState::allowed);
  CHECK(later_log(region[1], region[0].member()).larger.has_value());
  CHECK(try_to_allow(region[1], region[0].member(), "nog eens").error().code == ErrorCode::wrong_state);
  check_healthy(region);
}

TEST_CASE(
    "R8.2 hostile: a head that a next log hides comes late: whoever believed that log refuses it then, and "
    "shows why") {
  Region region(802, five, make_services, everybody_watches);
  begin_with_sanne(region);
  const auto early = head_of(region[0]);
  // The fifth is away while the log grows; then it is alone with the member that hides this.
  region[4].stop();
  put(region[0], "S2", fatima);
  region.run_for(600s);  // all three cosigned the same head, and nothing more comes
  REQUIRE(standing(region[0]).witnessed_size == standing(region[0]).size);
  for (std::size_t at : {1U, 2U, 3U}) region[at].stop();
  open_unasked(region[0], early, officer);
  region[4].start();
  REQUIRE(region.run_until([&] { return reaches(region[4], region[0]); }, 600s));
  CHECK(logged(region[4], audit::Event::incarnation_seen) == 1);
  CHECK(later_log(region[4], region[0].member()).state == storage::IncarnationState::accepted);

  for (std::size_t at : {1U, 2U, 3U}) region[at].start();
  REQUIRE(region.run_until([&] { return logged(region[4], audit::Event::incarnation_refused) == 1; }, 900s));
  for (std::size_t at = 1; at < 5; ++at) {
    CAPTURE(at);
    CHECK(logged(region[at], audit::Event::incarnation_refused) == 1);
    CHECK_FALSE(reaches(region[at], region[0]));
    CHECK(number_of(region[at], "SELECT count(*) FROM hints WHERE closed IS NULL") >= 1);
  }
  // The evidence stands alone: signed by the owner, cosigned by enough witnesses, larger than what the log goes on from.
  const auto kept = later_log(region[4], region[0].member());
  REQUIRE(kept.larger.has_value());
  const auto head = audit::read_head(*kept.larger, region[0].card().signing_key);
  REQUIRE(head.has_value());
  CHECK(head->checkpoint.size > kept.size);
  CHECK(audit::witnessed(head->note, witnesses_of(region[4].node().membership(), region[0].member())).enough);
  // Nothing of it goes by itself.
  region[4].crash();
  region[4].start();
  region.run_for(1800s);
  CHECK_FALSE(reaches(region[4], region[0]));
  CHECK(logged(region[4], audit::Event::incarnation_refused) == 1);
}

TEST_CASE(
    "R8.2: of a log that nobody watches any larger head counts, also one that comes late, a person looks at "
    "it") {
  Region region(803, four, make_services, [](Convenant& convenant) { convenant.witness_sets.clear(); });
  REQUIRE(region.run_until([&] { return region.all_ready(); }, 600s));
  put(region[0], "S1", sanne);
  put(region[1], "B1", sanne);
  settle(region);
  region.run_for(120s);
  const auto copy = region[0].back_up();
  // One member alone hears of more, and is away then.
  for (std::size_t at : {1U, 2U}) region.network.cut(region[0].member(), region[at].member());
  region.network.cut(region[3].member(), region[1].member());
  region.network.cut(region[3].member(), region[2].member());
  work(region[0]);
  region.run_for(120s);
  const auto larger = head_of(region[0]);
  in<int>(region[3], [&](Context& context) -> Result<int> {
    KNOOP_TRY(take_head(context, region[0].member(), larger, HeadSource::itself));
    return 0;
  });
  region[3].stop();
  for (std::size_t at : {1U, 2U}) region.network.heal(region[0].member(), region[at].member());
  const auto before = in<std::string>(region[1], [&](Context& context) -> Result<std::string> {
    KNOOP_LET(head, storage::newest_member_head(context.tx, region[0].member()));
    return head->note;
  });
  region[0].restore(copy);
  open_unasked(region[0], before, officer);
  REQUIRE(
      region.run_until([&] { return reaches(region[1], region[0]) && reaches(region[2], region[0]); }, 600s));
  CHECK(logged(region[1], audit::Event::incarnation_seen) == 1);
  region.network.heal(region[3].member(), region[1].member());
  region.network.heal(region[3].member(), region[2].member());
  region[3].start();
  REQUIRE(region.run_until(
      [&] {
        return logged(region[1], audit::Event::incarnation_refused) == 1 &&
               logged(region[2], audit::Event::incarnation_refused) == 1 &&
               logged(region[3], audit::Event::incarnation_refused) == 1;
      },
      900s));
  for (std::size_t at = 1; at < 4; ++at) {
    CHECK_FALSE(reaches(region[at], region[0]));
    REQUIRE(try_to_allow(region[at], region[0].member(), "gebeld met de functionaris daar").has_value());
  }
  REQUIRE(region.run_until([&] { return region.all_ready(); }, 900s));
  put(region[0], "S2", fatima);
  put(region[1], "B2", fatima);
  settle(region);
  CHECK(shown(region[0], region[1]).size() == 2);
}

TEST_CASE(
    "R8.2 must show: a proof that was owed of the log before a restore is sent, or answered that it cannot "
    "be any more") {
  Story story(804, three, watched_exchange, jgz_watches_smw);
  story.consent({Category::reason});
  REQUIRE(story.until([&] { return standing(story.smw()).fresh; }));
  const auto jgz = [&]() -> SimNode& { return story.region[2]; };
  const auto owed = [&] { return number_of(story.smw(), "SELECT count(*) FROM log_proofs_owed"); };
  const auto proven = [&] {
    return number_of(story.bjz(), "SELECT count(*) FROM log_proofs_awaited WHERE state = 2") == 1;
  };
  ExchangeId exchange;
  story.ask_and_wait(exchange);
  // The witness is away while the release leaves.
  story.region.network.cut(story.smw().member(), jgz().member());
  REQUIRE(story.answer(exchange).offered);
  REQUIRE(story.until([&] { return story.acquisition_state(exchange) == AcquisitionState::received; }));
  CHECK(owed() == 1);

  SECTION("witnessed, and on its way when the copy was made") {
    story.region.network.cut(story.smw().member(), story.bjz().member());
    story.region.network.heal(story.smw().member(), jgz().member());
    REQUIRE(story.until([&] { return owed() == 0; }));
    const auto copy = story.smw().back_up();
    work(story.smw());
    REQUIRE(story.until([&] { return standing(story.smw()).witnessed_size == standing(story.smw()).size; }));
    story.smw().restore(copy);
    REQUIRE(story.until([&] { return caught(story.smw()) && lost(story.smw()).heard >= 1; }));
    open_next_log(story.smw());
    story.region.network.heal(story.smw().member(), story.bjz().member());
    REQUIRE(story.until(proven));
    CHECK(missing(story.bjz()).empty());
  }
  SECTION("not witnessed yet in the copy, and lost") {
    const auto copy = story.smw().back_up();
    story.region.network.cut(story.smw().member(), story.bjz().member());
    story.region.network.heal(story.smw().member(), jgz().member());
    REQUIRE(story.until([&] { return owed() == 0; }));
    work(story.smw());
    REQUIRE(story.until([&] { return standing(story.smw()).witnessed_size == standing(story.smw()).size; }));
    story.smw().restore(copy);
    REQUIRE(story.until([&] { return caught(story.smw()) && lost(story.smw()).heard >= 1; }));
    open_next_log(story.smw());
    story.region.network.heal(story.smw().member(), story.bjz().member());
    REQUIRE(story.until([&] { return !missing(story.bjz()).empty(); }));
    CHECK(missing(story.bjz()) == std::vector{storage::ProofState::lost});
    CHECK(owed() == 0);
    CHECK(logged(story.bjz(), audit::Event::log_proof_wrong) == 1);
    CHECK(number_of(story.bjz(), "SELECT count(*) FROM hints WHERE closed IS NULL") >= 1);
    // It does not come later as well.
    story.region.run_for(96h);
    CHECK(logged(story.bjz(), audit::Event::log_proof_overdue) == 0);
    CHECK(logged(story.bjz(), audit::Event::log_proof_wrong) == 1);
  }
}

TEST_CASE(
    "R3.5, R8.2: what others lent to a restored node opens in an emergency only, until it is lent anew, what "
    "was under way ends at both") {
  Story story(805, three, watched_exchange, everybody_watches);
  story.consent({Category::reason});
  work(story.bjz());
  REQUIRE(story.until([&] { return standing(story.smw()).fresh && standing(story.bjz()).fresh; }));
  ExchangeId first;
  story.ask_and_wait(first);
  REQUIRE(story.answer(first).offered);
  REQUIRE(story.until([&] { return story.acquisition_state(first) == AcquisitionState::received; }));
  ExchangeId open;
  story.ask_and_wait(open);
  const auto copy = story.bjz().back_up();
  work(story.bjz());
  REQUIRE(story.until([&] { return standing(story.bjz()).witnessed_size == standing(story.bjz()).size; }));
  restore_and_go_on(story.region, story.bjz(), copy);

  REQUIRE(story.received().size() == 1);
  CHECK(story.received().front().lapsed);
  CHECK(story.acquisition_state(open) == AcquisitionState::cancelled);
  CHECK(story.release_state(open) == ReleaseState::cancelled);
  for (SimNode* node : {&story.smw(), &story.bjz()})
    CHECK(story.newest_detail(*node, "release.cancelled").find("restored") != std::string::npos);
  ExchangeId second;
  story.ask_and_wait(second);
  REQUIRE(story.answer(second).offered);
  REQUIRE(story.until([&] { return story.acquisition_state(second) == AcquisitionState::received; }));
  const auto all = story.received();
  CHECK(std::ranges::count_if(all, [](const auto& one) { return !one.lapsed; }) == 1);
}

}  // namespace knoop
