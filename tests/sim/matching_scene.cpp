#include "tests/sim/matching_scene.h"

#include <catch2/catch.hpp>

namespace knoop::sim {

using matching::MatchId;
using matching::Verdict;

const Child sanne{"999999011", "Sanne", "Lubbers", {2015, 2, 6}, "7606YI", "193"};
const Child joris{"999999023", "Joris", "Lubbers", {2017, 5, 9}, "7606YI", "193"};
const Child fatima{"999999035", "Fatima", "Yılmaz", {2012, 11, 30}, "3484SO", "246"};

Child without_bsn(Child child) {
  child.bsn.clear();
  return child;
}

void put(SimNode& node, const std::string& ref, const Child& child, Date until) {
  const auto done = node.command<bool>([&](Context& context) -> Result<bool> {
    records::Client client;
    client.ref = ref;
    if (!child.bsn.empty()) client.bsn = *records::Bsn::parse(child.bsn);
    client.given_names = child.first_name;
    client.surname = child.surname;
    client.birth_date = child.birth;
    client.address = {child.postcode, child.number, ""};
    KNOOP_LET(written, storage::put_client(context.tx, client, context.now));
    KNOOP_LET(known, storage::involvements_of(context.tx, written.id));
    if (known.empty()) {
      records::Involvement involvement;
      involvement.from = {2026, 1, 15};
      involvement.until = until;
      involvement.professional = {"Prof. van " + ref, "maatschappelijk werker", "023-5550100",
                                  ref + "@een.example"};
      KNOOP_LET(id, storage::add_involvement(context.tx, written.id, involvement, context.now));
      static_cast<void>(id);
    }
    context.wake();
    return true;
  });
  REQUIRE(done.has_value());
}

void close(SimNode& node, const std::string& ref) {
  const auto done = node.command<bool>([&](Context& context) -> Result<bool> {
    KNOOP_LET(client, storage::find_client(context.tx, ref));
    KNOOP_LET(involvements, storage::involvements_of(context.tx, client->id));
    for (auto& involvement : involvements) {
      involvement.involvement.closed_on = Date::of(context.now);
      KNOOP_TRY(storage::update_involvement(context.tx, involvement, context.now));
    }
    context.wake();
    return true;
  });
  REQUIRE(done.has_value());
}

void reopen(SimNode& node, const std::string& ref, Date until) {
  const auto done = node.command<bool>([&](Context& context) -> Result<bool> {
    KNOOP_LET(client, storage::find_client(context.tx, ref));
    KNOOP_LET(involvements, storage::involvements_of(context.tx, client->id));
    for (auto& involvement : involvements) {
      involvement.involvement.closed_on.reset();
      involvement.involvement.until = until;
      KNOOP_TRY(storage::update_involvement(context.tx, involvement, context.now));
    }
    context.wake();
    return true;
  });
  REQUIRE(done.has_value());
}

std::vector<storage::StoredMatch> matches(SimNode& node) {
  return ask<std::vector<storage::StoredMatch>>(
      node, [](MatchingService&, Context& context) { return storage::list_matches(context.tx, {}); });
}

std::vector<MatchingStatus> status(SimNode& node) {
  return ask<std::vector<MatchingStatus>>(
      node, [](MatchingService& service, Context& context) { return service.status(context); });
}

matching::Epoch open_epoch(SimNode& node, SimNode& peer) {
  return ask<matching::Epoch>(node, [&](MatchingService& service, Context& context) {
    return service.open_epoch(context, peer.member());
  });
}

namespace {
bool idle(SimNode& node) {
  return node
      .command<bool>([&](Context& context) { return node.node().service<MatchingService>().idle(context); })
      .value();
}

}  // namespace

bool quiet(Region& region) {
  for (const auto& a : region.nodes()) {
    if (!a->running() || !idle(*a)) return false;
    for (const auto& b : region.nodes()) {
      if (a == b) continue;
      const auto state = a->command<PeerState>(
          [&](Context& context) { return a->node().channel().state(context.tx, b->member()); });
      if (!state) {
        if (a->node().membership().standing(b->member()) == Standing::member) return false;
        continue;
      }
      if (state->queued > 0) return false;
    }
  }
  return true;
}

Shown shown(SimNode& node, SimNode& peer) {
  Shown out;
  for (const auto& match : matches(node))
    if (match.peer == peer.member()) out[match.id] = {match.verdict, match.kinds.bits()};
  return out;
}

namespace {

using matching::Identifier;

/// What one side knows in the clear: the identifiers of each client.
std::map<std::int64_t, std::set<Identifier>> identifiers(SimNode& node) {
  std::map<std::int64_t, std::set<Identifier>> out;
  const auto read = node.command<bool>([&](Context& context) -> Result<bool> {
    KNOOP_TRY(context.tx.each(
        "SELECT c.client, i.kind, i.hash, i.sealed FROM client_identifiers AS c JOIN own_identifiers AS i ON "
        "i.id = "
        "c.identifier",
        [&](const storage::Row& row) -> Result<void> {
          KNOOP_LET(identifier,
                    storage::open_identifier(context.tx, row.get<matching::Kind>(1),
                                             row.get<storage::LookupHash>(2), row.get<ByteView>(3)));
          out[row.get<std::int64_t>(0)].insert(*identifier);
          return {};
        }));
    return true;
  });
  REQUIRE(read.has_value());
  return out;
}

using Truth = std::multiset<std::tuple<std::int64_t, std::int64_t, Verdict, std::uint32_t>>;

Truth truth(SimNode& one, SimNode& other) {
  Truth out;
  const auto bsn = [](const std::set<Identifier>& all) {
    const bool has = std::ranges::any_of(all, [](const auto& it) { return it.kind == matching::Kind::bsn; });
    return has ? matching::BsnStatus::registered : matching::BsnStatus::none;
  };
  const auto theirs = identifiers(other);
  for (const auto& [client, mine] : identifiers(one)) {
    for (const auto& [peer_client, both] : theirs) {
      matching::KindSet kinds;
      for (const auto& identifier : mine)
        if (both.contains(identifier)) kinds.add(identifier.kind);
      const Verdict verdict = matching::verdict_of(kinds, bsn(mine), bsn(both));
      if (verdict != Verdict::none) out.insert({client, peer_client, verdict, kinds.bits()});
    }
  }
  return out;
}

Truth held(SimNode& one, SimNode& other) {
  std::map<MatchId, std::int64_t> theirs;
  for (const auto& match : matches(other))
    if (match.peer == one.member()) theirs[match.id] = static_cast<std::int64_t>(match.client);
  Truth out;
  for (const auto& match : matches(one)) {
    if (match.peer != other.member()) continue;
    const auto there = theirs.find(match.id);
    out.insert({static_cast<std::int64_t>(match.client), there == theirs.end() ? -1 : there->second,
                match.verdict, match.kinds.bits()});
  }
  return out;
}

}  // namespace

void check_matches(Region& region) {
  for (const auto& a : region.nodes()) {
    for (const auto& b : region.nodes()) {
      if (!(a->member() < b->member())) continue;
      INFO(a->id() << " and " << b->id());
      CHECK(shown(*a, *b) == shown(*b, *a));
      // Who is no member has no match, whatever both know.
      const bool members = a->node().membership().standing(b->member()) == Standing::member &&
                           b->node().membership().standing(a->member()) == Standing::member;
      CHECK(held(*a, *b) == (members ? truth(*a, *b) : Truth{}));
    }
  }
}

void settle(Region& region, Milliseconds limit) {
  // Twice: what was quiet may have been a message about to be answered.
  for (int i = 0; i < 2; ++i) {
    REQUIRE(region.run_until([&] { return quiet(region); }, limit));
    region.run_for(Milliseconds{10'000});
  }
  check_matches(region);
}

void check_healthy(Region& region) {
  for (const auto& node : region.nodes()) {
    const auto status = node->command<std::vector<MatchingStatus>>(
        [&](Context& context) { return node->node().service<MatchingService>().status(context); });
    for (const auto& row : status.value()) {
      CHECK(row.trouble.value_or("") == "");
      CHECK(row.withdrawals == 0);
    }
    for (const auto& peer : region.nodes()) {
      if (peer == node) continue;
      const auto state = node->command<PeerState>(
          [&](Context& context) { return node->node().channel().state(context.tx, peer->member()); });
      if (state) CHECK(state.value().dead_letters == 0);
    }
    // Frames that the network bent are refused and noted; rows that contradict each other are a mistake of ours.
    for (const auto& trouble : node->node().troubles())
      if (trouble.code == ErrorCode::conflict || trouble.code == ErrorCode::damaged_database)
        FAIL_CHECK(trouble.sentence);
  }
}

}  // namespace knoop::sim
