// Epochs that follow each other (protocol.md section 3): new keys, the same matches, at every moment.
#include <catch2/catch.hpp>

#include "protocol/matching/pair.h"
#include "tests/sim/matching_scene.h"

namespace knoop {
namespace {

using matching::Epoch;
using matching::Verdict;
using namespace sim;

const std::vector<Region::Organisation> two{{"smw-een", "smw"}, {"bjz-twee", "bjz"}};

std::vector<storage::MatchingPair> epochs(SimNode& node, SimNode& peer) {
  return ask<std::vector<storage::MatchingPair>>(node, [&](MatchingService&, Context& context) {
    std::vector<storage::MatchingPair> out;
    return [&]() -> Result<std::vector<storage::MatchingPair>> {
      for (Epoch epoch = 1;; ++epoch) {
        KNOOP_LET(pair, storage::find_pair(context.tx, peer.member(), epoch));
        if (!pair) return out;
        out.push_back(std::move(*pair));
      }
    }();
  });
}

std::int64_t count(SimNode& node, const std::string& table, storage::PairId pair) {
  return ask<std::int64_t>(node, [&](MatchingService&, Context& context) -> Result<std::int64_t> {
    KNOOP_LET(row, context.tx.one("SELECT count(*) FROM " + table + " WHERE pair = ?", pair));
    return row->get<std::int64_t>(0);
  });
}

std::int64_t logged(SimNode& node, audit::Event event) {
  return ask<std::int64_t>(node, [&](MatchingService&, Context& context) -> Result<std::int64_t> {
    KNOOP_LET(row, context.tx.one("SELECT count(*) FROM audit_entries WHERE event = ?", event));
    return row->get<std::int64_t>(0);
  });
}

/// Runs, and looks each second: what both sides show never changes.
void run_unchanged(Region& region, Milliseconds duration) {
  const Shown before = shown(region[0], region[1]);
  REQUIRE_FALSE(before.empty());
  for (const Timestamp end = region.agenda.now() + duration; region.agenda.now() < end;) {
    region.run_for(Milliseconds{100});
    REQUIRE(shown(region[0], region[1]) == before);
    REQUIRE(shown(region[1], region[0]) == before);
  }
}

void fill(Region& region) {
  put(region[0], "S1", sanne);
  put(region[0], "S2", without_bsn(fatima));
  put(region[1], "B1", sanne);
  put(region[1], "B2", fatima);
  put(region[1], "B3", joris);
  settle(region);
  check_matches(region);
}

/// What an administrator says at a node that was off for more than a day, when no two members can agree with it.
void confirm_clock(SimNode& node) {
  if (!node.node().clock_watch().doubt()) return;
  const auto done = node.command<bool>([](Context& context) -> Result<bool> {
    KNOOP_TRY(context.confirm_clock());
    return true;
  });
  REQUIRE(done.has_value());
}

/// Days in which both nodes are switched off, so that they cost no time here.
void pass(Region& region, std::chrono::days days) {
  for (const auto& node : region.nodes()) node->stop();
  region.run_for(days);
  for (const auto& node : region.nodes()) {
    node->start();
    confirm_clock(*node);
  }
  region.run_for(Milliseconds{10'000});
}

/// Epoch `old` is over at both sides: nothing is left of it but its number.
void check_gone(Region& region, Epoch old) {
  for (const std::size_t at : {0UL, 1UL}) {
    const auto pair = epochs(region[at], region[1 - at]).at(old - 1);
    CHECK(pair.ended_why == matching::EndReason::complete);
    CHECK(pair.moved.has_value());
    CHECK_FALSE(pair.has_key);
    for (const auto& table :
         {"own_handles", "matched_handles", "peer_tokens", "peer_handles", "answer_handles",
          "withdrawn_tokens", "register_queue", "own_batches", "peer_batches"})
      CHECK(count(region[at], table, pair.id) == 0);
  }
}

}  // namespace

TEST_CASE("R2.10: the next epoch takes over without a gap, and nothing is left of the old one") {
  for (const std::size_t opener : {0UL, 1UL}) {
    Region region(20 + opener, two);
    fill(region);
    const auto possible = [&] {
      for (const auto& match : matches(region[0]))
        if (match.verdict == Verdict::possible) return match;
      throw std::runtime_error("no possible match");
    };
    const auto id = possible().id;
    for (const auto& node : region.nodes())
      ask<bool>(*node, [&](MatchingService& service, Context& context) {
        return service.choose(context, id, storage::Choice::contact).map([] { return true; });
      });
    settle(region);
    ask<bool>(region[0], [&](MatchingService& service, Context& context) {
      return service.record_outcome(context, id, matching::Outcome::same_youth).map([] { return true; });
    });
    settle(region);
    const auto found = logged(region[0], audit::Event::match_found);
    const auto notices = logged(region[1], audit::Event::match_notice_received);

    CHECK(open_epoch(region[opener], region[1 - opener]) == 2);
    run_unchanged(region, Milliseconds{20'000});
    settle(region);
    check_matches(region);
    check_healthy(region);
    check_gone(region, 1);
    CHECK(possible().id == id);
    CHECK(possible().own_choice == storage::Choice::contact);
    CHECK(possible().peer_notice.has_value());
    CHECK(possible().outcome == matching::Outcome::same_youth);
    CHECK(matches(region[1])[0].ended == std::nullopt);
    CHECK(logged(region[0], audit::Event::match_found) == found);
    CHECK(logged(region[1], audit::Event::match_notice_received) == notices);
    CHECK(logged(region[0], audit::Event::match_withdrawn) == 0);
    CHECK(status(region[0])[0].epoch == 2);
    CHECK_FALSE(status(region[0])[0].ending.has_value());
  }
}

TEST_CASE(
    "R9.4: through faults and crashes in the middle of an epoch change no match is gone for a moment, and "
    "none is twice") {
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    CAPTURE(seed);
    Region region(200 + seed, two);
    fill(region);
    const Shown before = shown(region[0], region[1]);
    const auto found =
        logged(region[0], audit::Event::match_found) + logged(region[1], audit::Event::match_found);
    region.network.faults = {250, 100, 10, Milliseconds{1}, Milliseconds{700}};
    open_epoch(region[seed % 2], region[1 - seed % 2]);
    if (seed % 3 == 0) open_epoch(region[1 - seed % 2], region[seed % 2]);
    for (int step = 0; step < 150; ++step) {
      region.run_for(Milliseconds{200});
      if (region.dice() % 12 == 0) {
        SimNode& victim = region[region.dice() % 2];
        victim.crash();
        region.run_for(Milliseconds{static_cast<std::int64_t>(region.dice() % 2000)});
        victim.start();
      }
      for (const std::size_t at : {0UL, 1UL}) REQUIRE(shown(region[at], region[1 - at]) == before);
    }
    region.network.faults = {};
    settle(region);
    check_healthy(region);
    check_gone(region, 1);
    CHECK(shown(region[0], region[1]) == before);
    for (const std::size_t at : {0UL, 1UL}) CHECK(logged(region[at], audit::Event::match_withdrawn) == 0);
    CHECK(logged(region[0], audit::Event::match_found) + logged(region[1], audit::Event::match_found) ==
          found);
  }
}

TEST_CASE("both sides may open the same epoch at one moment, and each epoch has other keys") {
  Region region(23, two);
  fill(region);
  CHECK(open_epoch(region[0], region[1]) == 2);
  CHECK(open_epoch(region[1], region[0]) == 2);
  settle(region);
  check_matches(region);
  check_healthy(region);
  check_gone(region, 1);
  CHECK(open_epoch(region[1], region[0]) == 3);
  settle(region);
  check_gone(region, 2);
  const auto all = epochs(region[0], region[1]);
  REQUIRE(all.size() == 3);
  CHECK(all[0].commitment != all[1].commitment);
  CHECK(all[1].commitment != all[2].commitment);
  CHECK(all[0].draw != all[1].draw);
}

TEST_CASE("during the overlap identifiers and withdrawals go into both epochs") {
  Region region(24, two);
  fill(region);
  // The answers of node 1 take their time: epoch 2 is open and stays incomplete for a while.
  open_epoch(region[0], region[1]);
  region.run_for(Milliseconds{100});
  region.network.faults = {700, 0, 0, Milliseconds{500}, Milliseconds{5'000}};
  put(region[0], "S3", joris);
  close(region[1], "B1");
  region.run_for(Milliseconds{5'000});
  region[0].crash();
  region.run_for(Milliseconds{5'000});
  region[0].start();
  put(region[1], "B4", sanne);
  region.network.faults = {};
  settle(region);
  check_matches(region);
  check_healthy(region);
  check_gone(region, 1);
}

TEST_CASE("an epoch is not left while the other side is away, and ends after 14 days with all its matches") {
  Region region(25, two);
  fill(region);
  region.network.cut(region[0].member(), region[1].member());
  open_epoch(region[0], region[1]);
  run_unchanged(region, Milliseconds{10'000});
  pass(region, std::chrono::days{15});
  // The peer never opened it, so the old one goes on.
  CHECK_FALSE(epochs(region[0], region[1])[0].ended.has_value());
  CHECK_FALSE(matches(region[0]).empty());
  region.network.heal(region[0].member(), region[1].member());
  REQUIRE(region.run_until(
      [&] {
        return epochs(region[0], region[1])[1].agreed.has_value() &&
               epochs(region[1], region[0])[1].agreed.has_value();
      },
      Milliseconds{120'000}));
  // Now both have it, and cannot fill it.
  region.network.cut(region[0].member(), region[1].member());
  const Shown before = shown(region[0], region[1]);
  pass(region, std::chrono::days{15});
  for (const std::size_t at : {0UL, 1UL}) {
    const auto old = epochs(region[at], region[1 - at])[0];
    CHECK(old.ended_why == matching::EndReason::overdue);
    CHECK(status(region[at])[0].incomplete);
    REQUIRE_FALSE(status(region[at])[0].hints.empty());
    CHECK(status(region[at])[0].hints[0].hint == matching::Hint::epoch);
    CHECK(shown(region[at], region[1 - at]) == before);  // no match is lost with the keys
  }
  CHECK(logged(region[0], audit::Event::match_epoch_ended) == 1);
  // A withdrawal reaches matches that rest on the ended epoch; what comes back is the same match.
  close(region[1], "B1");
  region.network.heal(region[0].member(), region[1].member());
  settle(region);
  check_matches(region);
  check_healthy(region);
  CHECK_FALSE(epochs(region[0], region[1])[0].has_key);
  CHECK_FALSE(status(region[0])[0].ending.has_value());
}

TEST_CASE("a match that ended in an old epoch comes back in the new one under its name") {
  Region region(26, two);
  fill(region);
  const auto before = shown(region[0], region[1]);
  close(region[1], "B1");
  settle(region);
  open_epoch(region[1], region[0]);
  settle(region);
  check_gone(region, 1);
  reopen(region[1], "B1");
  settle(region);
  check_matches(region);
  CHECK(shown(region[0], region[1]) == before);
}

TEST_CASE("an identifier that several clients share lives until the last of them, also over epochs") {
  Region region(29, two);
  put(region[0], "S1", sanne);
  put(region[0], "S2", sanne);
  put(region[1], "B1", sanne);
  settle(region);
  CHECK(matches(region[1]).size() == 2);
  open_epoch(region[0], region[1]);
  region.run_for(Milliseconds{500});
  close(region[0], "S1");
  settle(region);
  CHECK(matches(region[1]).size() == 1);
  check_gone(region, 1);
  open_epoch(region[1], region[0]);
  region.run_for(Milliseconds{700});
  reopen(region[0], "S1");
  close(region[0], "S2");
  settle(region);
  CHECK(matches(region[1]).size() == 1);
  close(region[0], "S1");
  settle(region);
  CHECK(matches(region[1]).empty());
  check_healthy(region);
}

TEST_CASE("a client whose identifiers change in the overlap is found by the new ones, in both epochs") {
  for (const int pause : {1, 300, 900, 2'000, 5'000}) {
    CAPTURE(pause);
    Region region(30, two);
    fill(region);
    open_epoch(region[0], region[1]);
    region.run_for(Milliseconds{pause});
    put(region[0], "S1", joris);               // was Sanne
    put(region[1], "B2", without_bsn(sanne));  // was Fatima
    settle(region);
    check_healthy(region);
    check_gone(region, 1);
  }
}

TEST_CASE("the pairs of a region open their next epochs on days of their own, and both sides agree when") {
  const std::vector<Region::Organisation> three{{"smw-een", "smw"}, {"bjz-twee", "bjz"}, {"cjg-drie", "cjg"}};
  Region region(33, three, make_services, [](Convenant& convenant) {
    convenant.valid_from = test::at("2026-11-01T00:00:00Z");
    convenant.expires = test::at("2027-11-01T00:00:00Z");
  });
  for (const auto& node : region.nodes()) put(*node, node->id(), sanne);
  settle(region);
  const auto due = [&](std::size_t a, std::size_t b) {
    return Milliseconds{std::chrono::days{matching::epoch_days}} -
           matching::spread(region[0].node().membership().network(), region[a].member(), region[b].member(),
                            1);
  };
  const std::array pairs{std::pair{0UL, 1UL}, std::pair{0UL, 2UL}, std::pair{1UL, 2UL}};
  std::vector<std::pair<Milliseconds, std::pair<std::size_t, std::size_t>>> order;
  for (const auto& [a, b] : pairs) order.push_back({due(a, b), {a, b}});
  std::ranges::sort(order);
  const Timestamp opened = epochs(region[0], region[1]).at(0).opened;
  const auto newest = [&](std::size_t a, std::size_t b) { return epochs(region[a], region[b]).size(); };
  for (const auto& [when, pair] : order) {
    CAPTURE(when.count());
    // An hour before it is due nothing has moved at either side; an hour after, both have opened the next.
    const Milliseconds hour{3'600'000};
    for (const auto& node : region.nodes()) node->stop();
    region.run_for(opened + when - hour - region.agenda.now());
    for (const auto& node : region.nodes()) {
      node->start();
      confirm_clock(*node);
    }
    region.run_for(Milliseconds{60'000});
    CHECK(newest(pair.first, pair.second) == 1);
    for (const auto& node : region.nodes()) node->stop();
    region.run_for(2 * hour);
    for (const auto& node : region.nodes()) {
      node->start();
      confirm_clock(*node);
    }
    settle(region);
    CHECK(newest(pair.first, pair.second) == 2);
    CHECK(newest(pair.second, pair.first) == 2);
    CHECK(epochs(region[pair.first], region[pair.second]).at(1).agreed.has_value());
  }
  CHECK(order.front().first < order.back().first);
  check_healthy(region);
}

TEST_CASE("tokens expire by month, also when their owner is gone and an epoch opened meanwhile") {
  for (const bool overlap : {false, true}) {
    Region region(31, two);
    put(region[0], "S1", sanne);
    put(region[1], "B1", sanne, {2026, 11, 20});
    settle(region);
    REQUIRE(matches(region[0]).size() == 1);
    if (overlap) {
      open_epoch(region[0], region[1]);
      region.run_for(Milliseconds{100});
      CHECK(status(region[0])[0].ending == 1);
    }
    for (const auto& node : region.nodes()) node->stop();
    region.run_for(std::chrono::days{35});  // 7 December
    region[0].start();                      // the other side is never seen again
    confirm_clock(region[0]);
    region.run_for(Milliseconds{60'000});
    CHECK(matches(region[0]).empty());
    const auto pair = epochs(region[0], region[1])[0].id;
    CHECK(count(region[0], "peer_tokens", pair) == 0);
    CHECK(count(region[0], "matched_handles", pair) == 0);
  }
}

TEST_CASE("of what was withdrawn nothing stays but hashes, and those until the epoch's end") {
  Region region(32, two);
  fill(region);
  close(region[1], "B1");
  settle(region);
  const auto pair = epochs(region[0], region[1])[0].id;
  const auto hashes = count(region[0], "withdrawn_tokens", pair);
  CHECK(hashes > 5);
  CHECK(count(region[0], "peer_handles", pair) == count(region[0], "peer_tokens", pair));
  const auto left =
      ask<std::int64_t>(region[0], [&](MatchingService&, Context& context) -> Result<std::int64_t> {
        KNOOP_LET(row, context.tx.one("SELECT count(*) FROM matches WHERE ended IS NULL AND verdict = ?",
                                      Verdict::certain));
        return row->get<std::int64_t>(0);
      });
  CHECK(left == 0);
  open_epoch(region[1], region[0]);
  settle(region);
  CHECK(count(region[0], "withdrawn_tokens", pair) == 0);
}

TEST_CASE("the next epoch is opened once, the second time somebody must wait") {
  Region region(27, two);
  fill(region);
  region.network.cut(region[0].member(), region[1].member());
  open_epoch(region[0], region[1]);
  const auto again = region[0].command<Epoch>([&](Context& context) {
    return region[0].node().service<MatchingService>().open_epoch(context, region[1].member());
  });
  REQUIRE_FALSE(again.has_value());
  CHECK(again.error().code == ErrorCode::wrong_state);
}

}  // namespace knoop
