// A clock that steps (protocol.md section 2): nothing is disclosed, nothing expires, nothing is destroyed, until it is
// believed again; and everything that waits for a time goes on.
#include <catch2/catch.hpp>

#include "node/core/clock_watch.h"
#include "node/core/matching_service.h"
#include "storage/match_repository.h"
#include "storage/matching_repository.h"
#include "storage/records_repository.h"
#include "tests/sim/region.h"

using namespace knoop;
using namespace knoop::sim;
using namespace std::chrono_literals;

namespace {

const std::vector<Region::Organisation> two{{"smw-een", "smw"}, {"bjz-twee", "bjz"}};
const std::vector<Region::Organisation> three{{"smw-een", "smw"}, {"bjz-twee", "bjz"}, {"cjg-drie", "cjg"}};
constexpr Milliseconds patience{300'000};

std::optional<ClockStep> doubt(SimNode& node) {
  const auto& doubt = node.node().clock_watch().doubt();
  return doubt ? std::optional(doubt->step) : std::nullopt;
}

ErrorCode refused(SimNode& node) {
  const auto allowed = node.command<bool>([](Context& context) -> Result<bool> {
    KNOOP_TRY(context.require_clock());
    return true;
  });
  return allowed ? ErrorCode{} : allowed.error().code;
}

Result<bool> confirm(SimNode& node) {
  return node.command<bool>([](Context& context) -> Result<bool> {
    KNOOP_TRY(context.confirm_clock());
    return true;
  });
}

Timestamp time_of(SimNode& node) {
  return node.command<Timestamp>([](Context& context) -> Result<Timestamp> { return context.now; }).value();
}

std::vector<std::string> logged(SimNode& node) {
  std::vector<std::string> out;
  const auto read = node.command<bool>([&](Context& context) -> Result<bool> {
    KNOOP_TRY(storage::each_audit_entry(
        context.tx, 1, 0, 100'000, [&](const audit::ExportedEntry& entry) -> Result<void> {
          const auto& event = std::get<audit::Opening>(entry.fields[slot(audit::Field::event)]);
          if (event.value.starts_with("clock.")) out.push_back(event.value);
          return {};
        }));
    return true;
  });
  REQUIRE(read.has_value());
  return out;
}

void client(SimNode& node, const std::string& ref, const std::string& bsn, Date until = {2027, 1, 15}) {
  const auto done = node.command<bool>([&](Context& context) -> Result<bool> {
    records::Client client;
    client.ref = ref;
    client.bsn = *records::Bsn::parse(bsn);
    client.given_names = ref;
    client.surname = "Lubbers";
    client.birth_date = {2015, 2, 6};
    KNOOP_LET(written, storage::put_client(context.tx, client, context.now));
    records::Involvement involvement;
    involvement.from = {2026, 1, 15};
    involvement.until = until;
    involvement.professional = {"P. Rofessional", "jeugdarts", "023-5550100", "p@een.example"};
    KNOOP_LET(id, storage::add_involvement(context.tx, written.id, involvement, context.now));
    static_cast<void>(id);
    context.wake();
    return true;
  });
  REQUIRE(done.has_value());
}

/// Live matches, and those of them for which the peer's contact data came.
std::pair<std::size_t, std::size_t> matches(SimNode& node) {
  std::pair<std::size_t, std::size_t> out;
  const auto read = node.command<bool>([&](Context& context) -> Result<bool> {
    KNOOP_LET(all, storage::list_matches(context.tx, {}));
    for (const auto& match : all) {
      ++out.first;
      if (match.peer_notice) ++out.second;
    }
    return true;
  });
  REQUIRE(read.has_value());
  return out;
}

}  // namespace

TEST_CASE(
    "a clock that is 4 minutes wrong is believed, one set back by 6 minutes is not, until it is confirmed") {
  Region region(1, three);
  REQUIRE(region.run_until([&] { return region.all_ready(); }, patience));
  region[0].set_clock(4min);
  region.run_for(1min);
  region[0].set_clock(0min);
  region.run_for(1min);
  CHECK_FALSE(doubt(region[0]));
  region.run_for(10min);

  const Timestamp before = time_of(region[0]);
  region[0].set_clock(-6min);
  CHECK(doubt(region[0]) == ClockStep::back);
  CHECK(refused(region[0]) == ErrorCode::clock_unsure);
  CHECK(time_of(region[0]) >= before);
  // Members may agree as they like, a clock set back is for a person to judge; also over a crash.
  region[0].set_clock(-6min);
  region.run_for(10min);
  region[0].crash();
  region[0].start();
  REQUIRE(region.run_until([&] { return region.all_ready(); }, patience));
  CHECK(doubt(region[0]) == ClockStep::back);
  region[0].set_clock(0min);
  CHECK(doubt(region[0]) == ClockStep::back);

  REQUIRE(confirm(region[0]));
  CHECK_FALSE(doubt(region[0]));
  CHECK(refused(region[0]) == ErrorCode{});
  CHECK(confirm(region[0]).error().code == ErrorCode::wrong_state);
  CHECK(logged(region[0]) == std::vector<std::string>{"clock.stepped", "clock.confirmed"});
  region[0].crash();
  region[0].start();
  CHECK_FALSE(doubt(region[0]));
}

TEST_CASE("a step back by crumbs of 4 minutes is seen") {
  Region region(2, two);
  REQUIRE(region.run_until([&] { return region.all_ready(); }, patience));
  region[0].set_clock(-4min);
  CHECK_FALSE(doubt(region[0]));
  region[0].set_clock(-8min);
  CHECK(doubt(region[0]) == ClockStep::back);
}

TEST_CASE("a clock that jumps 25 hours with everybody's is believed once two members agree") {
  // Nodes off for a day and an hour: what the clock shows is true, and two members say so.
  Region region(3, three);
  REQUIRE(region.run_until([&] { return region.all_ready(); }, patience));
  region.run_for(2min);
  region[0].stop();
  region.run_for(25h);
  region[0].start();
  CHECK(doubt(region[0]) == ClockStep::forward);
  CHECK(refused(region[0]) == ErrorCode::clock_unsure);
  REQUIRE(region.run_until([&] { return !doubt(region[0]); }, patience));
  CHECK(logged(region[0]) == std::vector<std::string>{"clock.stepped", "clock.confirmed"});
  region[0].stop();
  region.run_for(23h);
  region[0].start();
  CHECK_FALSE(doubt(region[0]));
}

TEST_CASE("one member that agrees about a jump forward is not enough, and none is not") {
  for (const std::size_t agreeing : {0U, 1U}) {
    CAPTURE(agreeing);
    Region region(4 + agreeing, three);
    REQUIRE(region.run_until([&] { return region.all_ready(); }, patience));
    region.run_for(2min);
    // Everybody's clock but those that agree keeps the true time.
    for (std::size_t i = 1; i <= agreeing; ++i) region[i].set_clock(25h);
    region.run_for(1min);
    region[0].set_clock(25h);
    CHECK(doubt(region[0]) == ClockStep::forward);
    region.run_for(1h);
    CHECK(doubt(region[0]) == ClockStep::forward);
    region[0].crash();
    region[0].start();
    REQUIRE(region.run_until([&] { return region.all_ready(); }, patience));
    region.run_for(10min);
    CHECK(doubt(region[0]) == ClockStep::forward);
    // The node's own time went on as if nothing had happened: neither log nor convenant saw the other day.
    CHECK(time_of(region[0]) < region.agenda.now() + 5min);
    // Set right again, which is a step back; then a person confirms.
    region[0].set_clock(0h);
    CHECK(doubt(region[0]) == ClockStep::back);
    REQUIRE(confirm(region[0]));
    region.run_for(10min);
    CHECK_FALSE(doubt(region[0]));
    CHECK(time_of(region[0]) < region.agenda.now() + 5min);
  }
}

TEST_CASE(
    "in doubt no contact data leave and nothing is matched, but what a person ends is withdrawn, then all "
    "goes on") {
  Region region(6, two);
  REQUIRE(region.run_until([&] { return region.all_ready(); }, patience));
  client(region[0], "S1", "999999011");
  client(region[1], "B1", "999999011");
  REQUIRE(region.run_until([&] { return matches(region[0]).second == 1 && matches(region[1]).second == 1; },
                           patience));
  region.run_for(2min);
  region[0].set_clock(-1h);
  REQUIRE(doubt(region[0]) == ClockStep::back);
  client(region[0], "S2", "999999023");
  client(region[1], "B2", "999999023");
  region.run_for(30min);
  CHECK(matches(region[1]).first == 1);
  // Closing an involvement withdraws it at the peer all the same.
  const auto closed = region[0].command<bool>([&](Context& context) -> Result<bool> {
    KNOOP_LET(found, storage::find_client(context.tx, "S1"));
    KNOOP_LET(involvements, storage::involvements_of(context.tx, found->id));
    for (auto& each : involvements) {
      each.involvement.closed_on = Date::of(context.now);
      KNOOP_TRY(storage::update_involvement(context.tx, each, context.now));
    }
    context.wake();
    return true;
  });
  REQUIRE(closed.has_value());
  REQUIRE(region.run_until([&] { return matches(region[1]).first == 0; }, patience));

  region[0].set_clock(0h);
  REQUIRE(confirm(region[0]));
  REQUIRE(region.run_until([&] { return matches(region[0]).second == 1 && matches(region[1]).second == 1; },
                           Milliseconds{3'600'000}));
}

TEST_CASE("a year's jump forward ends no involvement and no convenant while it is in doubt") {
  Region region(7, two);
  REQUIRE(region.run_until([&] { return region.all_ready(); }, patience));
  client(region[0], "S1", "999999011", {2026, 12, 31});
  client(region[1], "B1", "999999011", {2026, 12, 31});
  REQUIRE(region.run_until([&] { return matches(region[0]).second == 1 && matches(region[1]).second == 1; },
                           patience));
  region.run_for(2min);
  region[0].set_clock(24h * 400);
  region.run_for(24h);
  CHECK(doubt(region[0]) == ClockStep::forward);
  CHECK(matches(region[0]).first == 1);
  CHECK(matches(region[1]).first == 1);
  CHECK(region[0].node().membership().in_force(time_of(region[0])));
  region[0].set_clock(0h);
  REQUIRE(confirm(region[0]));
  region.run_for(10min);
  CHECK(matches(region[0]).first == 1);
}
