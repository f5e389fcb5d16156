// Heads of logs: signed by themselves, told with Hello, and compared (protocol.md section 6).
#include "node/core/heads.h"

#include <catch2/catch.hpp>

#include "crypto/checkpoint.h"
#include "crypto/note.h"
#include "node/core/audit_log.h"
#include "storage/head_repository.h"
#include "tests/sim/matching_scene.h"

namespace knoop {
namespace {

using namespace sim;

const std::vector<Region::Organisation> three{{"smw-een", "smw"}, {"bjz-twee", "bjz"}, {"jgz-drie", "jgz"}};

struct Held {
  std::uint64_t entries = 0;
  std::optional<storage::OwnHead> own;
};
Held own(SimNode& node) {
  return ask<Held>(node, [](MatchingService&, Context& context) -> Result<Held> {
    KNOOP_LET(state, context.audit_log().state(context.tx));
    KNOOP_LET(head, storage::newest_own_head(context.tx, 1));
    return Held{state.size, std::move(head)};
  });
}

std::vector<storage::MemberHead> heard(SimNode& node, SimNode& about) {
  return ask<std::vector<storage::MemberHead>>(node, [&](MatchingService&, Context& context) {
    return storage::heads_of(context.tx, about.member());
  });
}

std::int64_t logged(SimNode& node, audit::Event event) {
  return ask<std::int64_t>(node, [&](MatchingService&, Context& context) -> Result<std::int64_t> {
    KNOOP_LET(row, context.tx.one("SELECT count(*) FROM audit_entries WHERE event = ?", event));
    return row->get<std::int64_t>(0);
  });
}

/// A new connection, so that both say Hello.
void reconnect(Region& region, std::size_t a, std::size_t b) {
  region.network.cut(region[a].member(), region[b].member());
  region.run_for(Milliseconds{60'000});
  region.network.heal(region[a].member(), region[b].member());
  REQUIRE(region.run_until([&] { return region.all_ready(); }, Milliseconds{600'000}));
}

/// A head of `of`'s log that nobody's log has, signed with the real key, as `node` might hear it.
void hear(SimNode& node, SimNode& of, std::uint64_t size, Byte root, bool by_itself, SimNode& from) {
  const auto note = of.command<std::string>([&](Context& context) -> Result<std::string> {
    KNOOP_LET(origin, context.audit_log().origin(context.tx));
    Hash256 hash;
    hash.data()[0] = root;
    Note out{Checkpoint{origin.text(), size, hash, {}}.text(), {}};
    KNOOP_TRY(sign_note(out, origin.text(), context.keys().signing.secret_key));
    return out.encode();
  });
  REQUIRE(note.has_value());
  const auto taken = node.command<bool>([&](Context& context) -> Result<bool> {
    Hello hello;
    if (by_itself)
      hello.own_head = *note;
    else
      hello.heads = {*note};
    KNOOP_TRY(take_heads(context, from.member(), hello));
    return true;
  });
  REQUIRE(taken.has_value());
}

}  // namespace

TEST_CASE("R8.2: a head is signed by itself, at most a minute behind, and only when the log grew") {
  Region region(61, three);
  put(region[0], "S1", sanne);
  put(region[1], "B1", sanne);
  settle(region);
  region.run_for(Milliseconds{60'000});
  const Held first = own(region[0]);
  REQUIRE(first.own.has_value());
  CHECK(first.own->size == first.entries);
  region.run_for(Milliseconds{3'600'000});
  const Held later = own(region[0]);
  CHECK(later.entries == first.entries);  // telling heads makes no entries
  CHECK(later.own->note == first.own->note);
  CHECK(later.own->signed_at == first.own->signed_at);

  put(region[0], "S2", fatima);
  settle(region);
  region.run_for(Milliseconds{60'000});
  const Held grown = own(region[0]);
  CHECK(grown.own->size == grown.entries);
  CHECK(grown.own->size > first.own->size);
}

TEST_CASE("R8.2: Hello tells heads, also those of others, and members keep the newest") {
  Region region(62, three);
  put(region[0], "S1", sanne);
  put(region[1], "B1", sanne);
  settle(region);
  region.run_for(Milliseconds{60'000});
  reconnect(region, 0, 1);
  const auto newest = own(region[0]);
  auto known = heard(region[1], region[0]);
  REQUIRE(known.size() == 1);
  CHECK(known[0].note == newest.own->note);
  // The third hears it from the second.
  region.network.cut(region[0].member(), region[2].member());
  region.run_for(Milliseconds{60'000});
  region.network.cut(region[1].member(), region[2].member());
  region.run_for(Milliseconds{60'000});
  region.network.heal(region[1].member(), region[2].member());
  REQUIRE(region.run_until(
      [&] {
        const auto heads = heard(region[2], region[0]);
        return heads.size() == 1 && heads[0].note == known[0].note;
      },
      Milliseconds{600'000}));
  for (std::size_t at = 0; at < 3; ++at) {
    CHECK(logged(region[at], audit::Event::log_fork_seen) == 0);
    CHECK(logged(region[at], audit::Event::log_rollback_seen) == 0);
  }
}

TEST_CASE("R8.2 hostile: a member that shows two histories is kept with both and logged once") {
  Region region(63, three);
  REQUIRE(region.run_until([&] { return region.all_ready(); }, Milliseconds{600'000}));
  hear(region[0], region[1], 5000, 1, true, region[1]);
  hear(region[0], region[1], 5000, 2, false, region[2]);
  CHECK(logged(region[0], audit::Event::log_fork_seen) == 1);
  hear(region[0], region[1], 5000, 2, false, region[2]);
  CHECK(logged(region[0], audit::Event::log_fork_seen) == 1);
  const auto kept = heard(region[0], region[1]);
  REQUIRE(kept.size() == 2);
  CHECK(kept[0].root != kept[1].root);
  // The evidence stays when the log grows.
  hear(region[0], region[1], 6000, 3, true, region[1]);
  hear(region[0], region[1], 7000, 3, true, region[1]);
  CHECK(heard(region[0], region[1]).size() == 3);
}

TEST_CASE(
    "R8.2 hostile: a log that was set back is seen when its member says so, not when others are behind") {
  Region region(64, three);
  REQUIRE(region.run_until([&] { return region.all_ready(); }, Milliseconds{600'000}));
  hear(region[0], region[1], 5000, 1, true, region[1]);
  hear(region[0], region[1], 4000, 2, false, region[2]);
  CHECK(logged(region[0], audit::Event::log_rollback_seen) == 0);
  CHECK(heard(region[0], region[1]).size() == 1);
  hear(region[0], region[1], 4000, 2, true, region[1]);
  CHECK(logged(region[0], audit::Event::log_rollback_seen) == 1);
  CHECK(heard(region[0], region[1]).size() == 2);
}

TEST_CASE("hostile: heads that nobody signed, of strangers or without end fill no disk") {
  Region region(65, three);
  REQUIRE(region.run_until([&] { return region.all_ready(); }, Milliseconds{600'000}));
  const std::size_t before = heard(region[0], region[1]).size();
  const auto taken = region[0].command<bool>([&](Context& context) -> Result<bool> {
    Hello hello;
    hello.own_head = "nonsense";
    // The third signs a head of the second's log: its key is not the log's.
    KNOOP_LET(origin, context.audit_log().origin(context.tx));
    audit::LogOrigin other = origin;
    other.member = region[1].member();
    Note note{Checkpoint{other.text(), 9000, Hash256(), {}}.text(), {}};
    KNOOP_TRY(sign_note(note, other.text(), context.keys().signing.secret_key));
    hello.heads = {note.encode(), "", "x"};
    KNOOP_TRY(take_heads(context, region[2].member(), hello));
    return true;
  });
  REQUIRE(taken.has_value());
  CHECK(heard(region[0], region[1]).size() == before);
  for (Byte root = 1; root < 60; ++root) hear(region[0], region[1], 8000, root, true, region[1]);
  CHECK(heard(region[0], region[1]).size() <= 20);
}

}  // namespace knoop
