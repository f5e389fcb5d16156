// Matching between whole nodes, under faults: whatever is lost, repeated or restarted, both sides of every pair end with
// the same matches, and with exactly those that the records imply.
#include <catch2/catch.hpp>
#include <map>
#include <set>

#include "tests/sim/matching_scene.h"
#include "tests/sim/seeds.h"

namespace knoop {
namespace {

using matching::MatchId;
using matching::Verdict;
using namespace sim;

const std::vector<Region::Organisation> three{{"smw-een", "smw"}, {"bjz-twee", "bjz"}, {"cjg-drie", "cjg"}};

// (own reference, peer's index) → verdict.
std::multiset<std::tuple<std::string, std::string, Verdict>> verdicts(Region& region, SimNode& node) {
  std::multiset<std::tuple<std::string, std::string, Verdict>> out;
  for (const auto& match : matches(node)) {
    std::string peer;
    for (const auto& other : region.nodes())
      if (other->member() == match.peer) peer = other->id();
    out.insert({match.client_ref, peer, match.verdict});
  }
  return out;
}

const storage::StoredMatch* find(const std::vector<storage::StoredMatch>& all, const std::string& ref,
                                 Verdict verdict) {
  for (const auto& match : all)
    if (match.client_ref == ref && match.verdict == verdict) return &match;
  return nullptr;
}

}  // namespace

TEST_CASE(
    "R2.3: one youth at two organisations is a certain match, and both professionals hear of each other") {
  Region region(1, three);
  put(region[0], "S1", sanne);
  put(region[1], "B1", sanne);
  put(region[2], "C1", fatima);
  settle(region);
  check_matches(region);
  check_healthy(region);
  for (const std::size_t at : {0UL, 1UL}) {
    const auto all = matches(region[at]);
    REQUIRE(all.size() == 1);
    CHECK(all[0].verdict == Verdict::certain);
    REQUIRE(all[0].peer_notice);
    REQUIRE(all[0].peer_notice->contacts.size() == 1);
    CHECK(all[0].peer_notice->contacts[0].name == (at == 0 ? "Prof. van B1" : "Prof. van S1"));
    CHECK(all[0].receipt_at.has_value());
    CHECK(all[0].contact_before == Date{2026, 11, 9});  // Monday 2 November and five working days
  }
  CHECK(matches(region[2]).empty());
}

TEST_CASE(
    "R2.3: two of one organisation are no match, be they two professionals of a child or two records of it") {
  Region region(31, three);
  put(region[0], "S1", sanne);
  put(region[0], "S2", sanne);
  put(region[0], "S3", without_bsn(sanne));
  REQUIRE(region[0].command<bool>([](Context& context) -> Result<bool> {
    KNOOP_LET(client, storage::find_client(context.tx, "S1"));
    records::Involvement second;
    second.kind = records::InvolvementKind::signaal;
    second.from = {2026, 10, 1};
    second.until = {2027, 9, 30};
    second.professional = {"Een collega", "", "023-5550100", ""};
    KNOOP_TRY(storage::add_involvement(context.tx, client->id, second, context.now));
    context.wake();
    return true;
  }));
  settle(region);
  check_matches(region);
  for (const auto& node : region.nodes()) CHECK(matches(*node).empty());
  // With one elsewhere there is one with each of these records, and still none among them.
  put(region[1], "B1", sanne);
  settle(region);
  check_matches(region);
  const auto all = matches(region[0]);
  for (const auto& match : all) CHECK(match.peer == region[1].member());
  CHECK(find(all, "S1", Verdict::certain) != nullptr);
  CHECK(matches(region[2]).empty());
}

TEST_CASE("R2.4: a possible match shows kinds only, until both choose contact") {
  Region region(2, three);
  put(region[0], "S1", without_bsn(sanne));
  put(region[1], "B1", sanne);
  settle(region);
  auto own = matches(region[0]);
  REQUIRE(own.size() == 1);
  CHECK(own[0].verdict == Verdict::possible);
  CHECK_FALSE(own[0].peer_notice.has_value());
  const MatchId id = own[0].id;

  const auto choose = [&](SimNode& node, storage::Choice choice) {
    return node.command<bool>([&](Context& context) {
      return node.node().service<MatchingService>().choose(context, id, choice).map([] { return true; });
    });
  };
  REQUIRE(choose(region[0], storage::Choice::contact).has_value());
  settle(region);
  CHECK_FALSE(matches(region[0])[0].peer_notice.has_value());
  CHECK_FALSE(matches(region[1])[0].peer_notice.has_value());
  CHECK_FALSE(choose(region[0], storage::Choice::no_contact).has_value());  // it was told

  REQUIRE(choose(region[1], storage::Choice::contact).has_value());
  settle(region);
  for (const std::size_t at : {0UL, 1UL}) {
    const auto all = matches(region[at]);
    REQUIRE(all[0].peer_notice.has_value());
    CHECK(all[0].receipt_at.has_value());
  }
  const auto recorded = region[0].command<bool>([&](Context& context) {
    return region[0]
        .node()
        .service<MatchingService>()
        .record_outcome(context, id, matching::Outcome::same_youth)
        .map([] { return true; });
  });
  REQUIRE(recorded.has_value());
  settle(region);
  CHECK(matches(region[1])[0].peer_outcome == matching::Outcome::same_youth);
  check_healthy(region);
}

TEST_CASE("R2.4: no contact looks like no answer, and nothing crosses") {
  Region region(3, three);
  put(region[0], "S1", without_bsn(sanne));
  put(region[1], "B1", sanne);
  settle(region);
  const MatchId id = matches(region[0])[0].id;
  std::size_t frames = 0;
  region.network.tap = [&](const MemberId&, const MemberId&, ByteView) { ++frames; };
  const auto chosen = region[0].command<bool>([&](Context& context) {
    return region[0]
        .node()
        .service<MatchingService>()
        .choose(context, id, storage::Choice::no_contact)
        .map([] { return true; });
  });
  REQUIRE(chosen.has_value());
  region.run_for(Milliseconds{60'000});
  CHECK(frames == 0);
  CHECK_FALSE(matches(region[1])[0].peer_choice_at.has_value());
}

TEST_CASE("R2.5: brother and sister are a family match, two BSNs on one name are not one youth") {
  Region region(4, three);
  put(region[0], "S1", sanne);
  put(region[1], "B2", joris);
  Child other = sanne;  // the same name, date and address under another BSN
  other.bsn = "999999047";
  put(region[2], "C1", other);
  settle(region);
  check_matches(region);
  CHECK(verdicts(region, region[0]) ==
        std::multiset<std::tuple<std::string, std::string, Verdict>>{{"S1", "bjz-twee", Verdict::family},
                                                                     {"S1", "cjg-drie", Verdict::family}});
  CHECK(find(matches(region[2]), "C1", Verdict::family) != nullptr);
}

TEST_CASE(
    "R2.10: a closed involvement disappears at the peer, acknowledged, and may come back as the same match") {
  Region region(5, three);
  put(region[0], "S1", sanne);
  put(region[1], "B1", sanne);
  settle(region);
  REQUIRE(matches(region[0]).size() == 1);
  const MatchId id = matches(region[0])[0].id;
  close(region[1], "B1");
  settle(region);
  CHECK(matches(region[0]).empty());
  CHECK(matches(region[1]).empty());
  check_healthy(region);

  const auto reopened = region[1].command<bool>([&](Context& context) -> Result<bool> {
    KNOOP_LET(client, storage::find_client(context.tx, "B1"));
    KNOOP_LET(involvements, storage::involvements_of(context.tx, client->id));
    involvements[0].involvement.closed_on.reset();
    KNOOP_TRY(storage::update_involvement(context.tx, involvements[0], context.now));
    context.wake();
    return true;
  });
  REQUIRE(reopened.has_value());
  settle(region);
  check_matches(region);
  REQUIRE(matches(region[0]).size() == 1);
  CHECK(matches(region[0])[0].id == id);
  CHECK(matches(region[0])[0].peer_notice.has_value());
}

TEST_CASE("an involvement that ends by its date is withdrawn the next day") {
  Region region(6, three);
  put(region[0], "S1", sanne, {2026, 11, 4});
  put(region[1], "B1", sanne);
  settle(region);
  CHECK(matches(region[1]).size() == 1);
  region.run_for(std::chrono::hours{72});
  settle(region);
  CHECK(matches(region[0]).empty());
  CHECK(matches(region[1]).empty());
}

TEST_CASE("R2.10: a withdrawal passes and ends the match under an expired convenant too") {
  Region region(9, three);
  put(region[0], "S1", sanne);
  put(region[1], "B1", sanne);
  settle(region);
  REQUIRE(matches(region[0]).size() == 1);
  for (const auto& node : region.nodes()) node->stop();
  region.run_for(std::chrono::hours{24 * 62});  // the convenant ends on 1 January 2027
  for (const auto& node : region.nodes()) node->start();
  put(region[2], "C1", sanne);  // finds nobody any more
  close(region[1], "B1");
  region.run_for(std::chrono::minutes{10});
  CHECK(matches(region[0]).empty());
  CHECK(matches(region[1]).empty());
  CHECK(matches(region[2]).empty());
  check_healthy(region);  // acknowledged, and nothing was sent that may not be
}

TEST_CASE("R2.5: the convenant switches family matching off and on, and may let an address stand alone") {
  Region region(11, three);
  put(region[0], "S1", sanne);
  put(region[1], "B1", joris);  // her brother, of her name
  Child stepsister = without_bsn(fatima);
  stepsister.postcode = sanne.postcode;
  stepsister.number = sanne.number;
  put(region[2], "C1", stepsister);
  settle(region);
  const auto brother = std::tuple<std::string, std::string, Verdict>{"S1", "bjz-twee", Verdict::family};
  const auto sister = std::tuple<std::string, std::string, Verdict>{"S1", "cjg-drie", Verdict::family};
  using Listed = std::multiset<std::tuple<std::string, std::string, Verdict>>;
  CHECK(verdicts(region, region[0]) == Listed{brother});

  region.amend([](Convenant& convenant) { convenant.address_alone = true; });
  settle(region);
  CHECK(verdicts(region, region[0]) == Listed{brother, sister});
  region.amend([](Convenant& convenant) { convenant.family_matching = false; });
  settle(region);
  CHECK(verdicts(region, region[0]).empty());
  CHECK(matches(region[1]).empty());
  check_healthy(region);
  region.amend([](Convenant& convenant) {
    convenant.family_matching = true;
    convenant.address_alone = false;
  });
  settle(region);
  CHECK(verdicts(region, region[0]) == Listed{brother});
  check_matches(region);
}

TEST_CASE("R2.5: a client marked geheim leaves every match") {
  Region region(7, three);
  put(region[0], "S1", sanne);
  put(region[1], "B1", sanne);
  settle(region);
  const auto marked = region[0].command<bool>([&](Context& context) -> Result<bool> {
    KNOOP_LET(client, storage::find_client(context.tx, "S1"));
    KNOOP_TRY(
        storage::set_marks(context.tx, client->id, {.secret = true, .institutional = false}, context.now));
    context.wake();
    return true;
  });
  REQUIRE(marked.has_value());
  settle(region);
  CHECK(matches(region[0]).empty());
  CHECK(matches(region[1]).empty());
}

void set_address(SimNode& node, const std::string& ref, const records::Address& address) {
  const auto done = node.command<bool>([&](Context& context) -> Result<bool> {
    KNOOP_LET(client, storage::find_client(context.tx, ref));
    client->client.address = address;
    KNOOP_TRY(storage::put_client(context.tx, client->client, context.now));
    context.wake();
    return true;
  });
  REQUIRE(done.has_value());
}

void set_marks(SimNode& node, const std::string& ref, const records::ClientMarks& marks) {
  const auto done = node.command<bool>([&](Context& context) -> Result<bool> {
    KNOOP_LET(client, storage::find_client(context.tx, ref));
    KNOOP_TRY(storage::set_marks(context.tx, client->id, marks, context.now));
    context.wake();
    return true;
  });
  REQUIRE(done.has_value());
}

const records::Address at_home{sanne.postcode, sanne.number, ""};

TEST_CASE("R2.5: a seventh client takes an address out of matching, and brings it back by leaving") {
  Region region(9, three);
  put(region[0], "S1", sanne);
  for (int i = 2; i <= 6; ++i) {
    Child neighbour = without_bsn(fatima);
    neighbour.first_name = "Buur" + std::string(static_cast<std::size_t>(i), 'a');
    neighbour.postcode = sanne.postcode;
    neighbour.number = sanne.number;
    put(region[0], "S" + std::to_string(i), neighbour);
  }
  put(region[1], "B1", joris);
  settle(region);
  const auto family = [&] { return verdicts(region, region[0]); };
  const std::multiset<std::tuple<std::string, std::string, Verdict>> brother{
      {"S1", "bjz-twee", Verdict::family}};
  REQUIRE(family() == brother);
  const MatchId id = matches(region[0])[0].id;

  // One more in the files, without any involvement, is enough: it may be a home of many.
  const auto added = region[0].command<bool>([&](Context& context) -> Result<bool> {
    records::Client client;
    client.ref = "S7";
    client.given_names = "Bewoner";
    client.surname = "Zeven";
    client.birth_date = {2011, 1, 1};
    client.address = at_home;
    KNOOP_TRY(storage::put_client(context.tx, client, context.now));
    context.wake();
    return true;
  });
  REQUIRE(added.has_value());
  settle(region);
  CHECK(family().empty());
  CHECK(matches(region[1]).empty());
  check_healthy(region);  // the withdrawal was acknowledged

  set_address(region[0], "S7", {"9999ZZ", "1", ""});
  settle(region);
  CHECK(family() == brother);
  CHECK(matches(region[0])[0].id == id);
  check_matches(region);
  check_healthy(region);
}

TEST_CASE("R2.5: who lives with a client marked geheim, or in an institution, has no address key either") {
  Region region(10, three);
  put(region[0], "S1", sanne);
  Child hidden = without_bsn(fatima);
  hidden.postcode = sanne.postcode;
  hidden.number = sanne.number;
  put(region[0], "S2", hidden);
  put(region[1], "B1", joris);
  settle(region);
  REQUIRE(matches(region[0]).size() == 1);

  for (const records::ClientMarks marks : {records::ClientMarks{.secret = true, .institutional = false},
                                           records::ClientMarks{.secret = false, .institutional = true}}) {
    set_marks(region[0], "S2", marks);
    settle(region);
    CHECK(matches(region[0]).empty());
    CHECK(matches(region[1]).empty());
    check_healthy(region);

    set_address(region[0], "S2", {});
    settle(region);
    CHECK(matches(region[0]).size() == 1);
    set_address(region[0], "S2", at_home);
    settle(region);
    CHECK(matches(region[0]).empty());

    set_marks(region[0], "S2", {});
    settle(region);
    CHECK(matches(region[0]).size() == 1);
    CHECK(matches(region[1]).size() == 1);
  }
}

TEST_CASE("updates cost what changed: a second client is one small batch") {
  Region region(8, three);
  put(region[0], "S1", sanne);
  settle(region);
  const auto registered = [&] {
    return region[0]
        .command<std::vector<MatchingStatus>>(
            [&](Context& context) { return region[0].node().service<MatchingService>().status(context); })
        .value()[0]
        .registered;
  };
  const auto before = registered();
  put(region[0], "S1", sanne);  // nothing new
  settle(region);
  CHECK(registered() == before);
  put(region[0], "S2", fatima);
  settle(region);
  CHECK(registered() <= before + 20);
}

TEST_CASE("R9.4: whatever the network and the machines do, both sides end with the same matches") {
  for (std::size_t seed = 1; seed <= seeds(6); ++seed) {
    CAPTURE(seed);
    Region region(100 + seed, three);
    region.network.faults = {100, 50, 10, Milliseconds{1}, Milliseconds{300}};
    const std::vector<Child> children{
        sanne, joris, fatima, without_bsn(sanne), without_bsn(joris), without_bsn(fatima)};
    std::map<std::pair<std::size_t, std::string>, std::size_t> open;  // (node, ref) → child
    std::map<std::size_t, int> put_at;
    for (int step = 0; step < 40; ++step) {
      const std::size_t at = region.dice() % 3;
      SimNode& node = region[at];
      switch (region.dice() % 9) {
        case 0:
          node.crash();
          region.run_for(Milliseconds{static_cast<std::int64_t>(region.dice() % 20'000)});
          node.start();
          break;
        case 1:
          region.network.cut(node.member(), region[(at + 1) % 3].member());
          break;
        case 2:
          region.network.heal(node.member(), region[(at + 1) % 3].member());
          break;
        case 3: {
          if (open.empty()) break;
          auto some = open.begin();
          std::advance(some, static_cast<std::ptrdiff_t>(region.dice() % open.size()));
          close(region[some->first.first], some->first.second);
          open.erase(some);
          break;
        }
        case 4: {
          // Refused where the last one is not answered yet.
          static_cast<void>(node.command<matching::Epoch>([&](Context& context) {
            return node.node().service<MatchingService>().open_epoch(context, region[(at + 1) % 3].member());
          }));
          break;
        }
        default: {
          // Six at one address at most: a seventh would end the address keys of all (R2.5).
          if (++put_at[at] > 6) break;
          const std::string ref = "R" + std::to_string(step);
          const std::size_t child = region.dice() % children.size();
          put(node, ref, children[child]);
          open[{at, ref}] = child;
        }
      }
      region.run_for(Milliseconds{static_cast<std::int64_t>(region.dice() % 3000)});
    }
    for (const auto& a : region.nodes())
      for (const auto& b : region.nodes())
        if (a != b) region.network.heal(a->member(), b->member());
    region.network.faults = {};
    settle(region);
    check_matches(region);
    check_healthy(region);
    // And with all of them: every pair of open involvements of two organisations, by what its children are.
    for (std::size_t one = 0; one < 3; ++one) {
      std::multiset<std::tuple<std::string, std::string, Verdict>> expected;
      for (const auto& [mine, child] : open) {
        if (mine.first != one) continue;
        for (const auto& [theirs, other] : open) {
          if (theirs.first == one) continue;
          const bool same = child % 3 == other % 3;
          const bool family = child % 3 != 2 && other % 3 != 2;
          if (!same && !family) continue;
          const bool bsn = child < 3 && other < 3;
          expected.insert({mine.second, region[theirs.first].id(),
                           !same ? Verdict::family
                           : bsn ? Verdict::certain
                                 : Verdict::possible});
        }
      }
      CHECK(verdicts(region, region[one]) == expected);
    }
  }
}

}  // namespace knoop
