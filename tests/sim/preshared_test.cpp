// The preshared key of a pair: while it differs nothing passes and both sides say so; once it is the same everything
// goes on, without a restart and without a loss.
#include <catch2/catch.hpp>

#include "node/core/matching_service.h"
#include "node/core/preshared.h"
#include "protocol/channel/preshared_file.h"
#include "storage/audit_repository.h"
#include "storage/match_repository.h"
#include "storage/matching_repository.h"
#include "storage/records_repository.h"
#include "tests/sim/region.h"

using namespace knoop;
using namespace knoop::sim;

namespace {

const std::vector<Region::Organisation> two{{"smw-een", "smw"}, {"bjz-twee", "bjz"}};
const std::vector<Region::Organisation> three{{"smw-een", "smw"}, {"bjz-twee", "bjz"}, {"cjg-drie", "cjg"}};
constexpr Milliseconds patience{300'000};

Bytes key_file(Region& region, std::uint64_t seed) {
  TestEntropy entropy(seed);
  return preshared_file(entropy.draw<PresharedKey>(), region[0].node().membership().network(),
                        region[0].member(), region[1].member());
}

Result<PresharedKeyId> install(SimNode& at, SimNode& with, const Bytes& file) {
  return at.command<PresharedKeyId>(
      [&](Context& context) { return install_preshared(context, with.member(), file); });
}

Result<bool> remove(SimNode& at, SimNode& with) {
  return at.command<bool>([&](Context& context) -> Result<bool> {
    KNOOP_TRY(remove_preshared(context, with.member()));
    return true;
  });
}

PeerState state(SimNode& at, SimNode& of) {
  return at
      .command<PeerState>(
          [&](Context& context) { return at.node().channel().state(context.tx, of.member()); })
      .value();
}

bool differs(SimNode& at, SimNode& of) {
  const PeerState now = state(at, of);
  return !now.ready && now.trouble && now.trouble->code == ErrorCode::psk_differs;
}

bool both_differ(Region& region) {
  return differs(region[0], region[1]) && differs(region[1], region[0]);
}

/// Both sides of the pair are ready to register.
bool open(Region& region) {
  for (const std::size_t i : {0U, 1U}) {
    const auto ok = region[i].command<bool>([&](Context& context) -> Result<bool> {
      KNOOP_LET(pair, storage::newest_pair(context.tx, region[1 - i].member()));
      return pair && pair->commitment && !pair->trouble &&
             pair->preshared == context.preshared_id(region[1 - i].member());
    });
    if (!ok.value()) return false;
  }
  return state(region[0], region[1]).ready && state(region[1], region[0]).ready;
}

void client(SimNode& node) {
  const auto done = node.command<bool>([&](Context& context) -> Result<bool> {
    records::Client client;
    client.ref = "S1";
    client.bsn = *records::Bsn::parse("999999011");
    client.given_names = "Sanne";
    client.surname = "Lubbers";
    client.birth_date = {2015, 2, 6};
    KNOOP_LET(written, storage::put_client(context.tx, client, context.now));
    records::Involvement involvement;
    involvement.from = {2026, 1, 15};
    involvement.until = {2027, 1, 15};
    involvement.professional = {"P. Rofessional", "jeugdarts", "023-5550100", "p@een.example"};
    KNOOP_LET(id, storage::add_involvement(context.tx, written.id, involvement, context.now));
    static_cast<void>(id);
    context.wake();
    return true;
  });
  REQUIRE(done.has_value());
}

std::size_t matches(SimNode& node) {
  return node
      .command<std::size_t>([&](Context& context) -> Result<std::size_t> {
        KNOOP_LET(all, storage::list_matches(context.tx, {}));
        return all.size();
      })
      .value();
}

}  // namespace

TEST_CASE(
    "a preshared key on one side stops the pair, both say psk-differs, and it mends without a restart") {
  Region region(1, three);
  REQUIRE(region.run_until([&] { return region.all_ready(); }, patience));
  REQUIRE(region.run_until([&] { return open(region); }, patience));
  const Bytes file = key_file(region, 1);
  const PresharedKeyId id = install(region[0], region[1], file).value();
  REQUIRE(region.run_until([&] { return both_differ(region); }, patience));
  CHECK(state(region[0], region[1]).preshared == id);
  CHECK_FALSE(state(region[1], region[0]).preshared);
  // Others go on.
  CHECK(state(region[0], region[2]).ready);
  CHECK(state(region[1], region[2]).ready);
  region.run_for(std::chrono::hours{2});
  CHECK(both_differ(region));

  CHECK(install(region[1], region[0], file).value() == id);
  REQUIRE(region.run_until([&] { return open(region); }, patience));
  CHECK_FALSE(state(region[0], region[1]).trouble);
  CHECK_FALSE(state(region[1], region[0]).trouble);
  client(region[0]);
  client(region[1]);
  REQUIRE(region.run_until([&] { return matches(region[0]) == 1 && matches(region[1]) == 1; }, patience));
  CHECK(matches(region[2]) == 0);
}

TEST_CASE("different preshared keys are seen at both sides, removing both goes on without one") {
  Region region(2, two);
  REQUIRE(region.run_until([&] { return open(region); }, patience));
  REQUIRE(install(region[0], region[1], key_file(region, 1)));
  REQUIRE(install(region[1], region[0], key_file(region, 2)));
  REQUIRE(region.run_until([&] { return both_differ(region); }, patience));
  REQUIRE(remove(region[0], region[1]));
  region.run_for(Milliseconds{120'000});
  CHECK(both_differ(region));
  REQUIRE(remove(region[1], region[0]));
  REQUIRE(region.run_until([&] { return open(region); }, patience));
  CHECK(remove(region[1], region[0]).error().code == ErrorCode::not_found);
}

TEST_CASE("the preshared key is swapped before anything is registered, also over faults and restarts") {
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    CAPTURE(seed);
    Region region(seed, two);
    region.network.faults = {200, 150, 20, Milliseconds{1}, Milliseconds{2000}};
    REQUIRE(region.run_until([&] { return region.all_ready(); }, patience));
    const Bytes first = key_file(region, 1);
    const Bytes second = key_file(region, 2);
    REQUIRE(install(region[0], region[1], first));
    region.run_for(Milliseconds{static_cast<std::int64_t>(region.dice() % 5000)});
    REQUIRE(install(region[1], region[0], first));
    region.run_for(Milliseconds{static_cast<std::int64_t>(region.dice() % 20'000)});
    REQUIRE(install(region[1], region[0], second));
    region[0].crash();
    region.run_for(Milliseconds{static_cast<std::int64_t>(region.dice() % 5000)});
    region[0].start();
    REQUIRE(install(region[0], region[1], second));
    region.network.faults = {};
    REQUIRE(region.run_until([&] { return open(region); }, Milliseconds{900'000}));
    region[1].crash();
    region[1].start();
    REQUIRE(region.run_until([&] { return open(region); }, Milliseconds{900'000}));
    client(region[0]);
    client(region[1]);
    REQUIRE(region.run_until([&] { return matches(region[0]) == 1 && matches(region[1]) == 1; }, patience));
  }
}

TEST_CASE("a preshared key that changes after registration begins the next epoch, and no match is lost") {
  Region region(3, two);
  REQUIRE(region.run_until([&] { return open(region); }, patience));
  const Bytes file = key_file(region, 1);
  REQUIRE(install(region[0], region[1], file));
  REQUIRE(install(region[1], region[0], file));
  REQUIRE(region.run_until([&] { return open(region); }, patience));
  client(region[0]);
  client(region[1]);
  REQUIRE(region.run_until([&] { return matches(region[0]) == 1 && matches(region[1]) == 1; }, patience));
  for (const std::size_t i : {0U, 1U}) CHECK(install(region[i], region[1 - i], file));  // the same again
  region.run_for(Milliseconds{60'000});
  const auto epoch = [&](std::size_t i) {
    return region[i]
        .command<matching::Epoch>([&](Context& context) -> Result<matching::Epoch> {
          KNOOP_LET(pair, storage::newest_pair(context.tx, region[1 - i].member()));
          return pair->epoch;
        })
        .value();
  };
  CHECK(epoch(0) == 1);
  for (const std::size_t i : {0U, 1U}) {
    REQUIRE(install(region[i], region[1 - i], key_file(region, 2)));
    region.run_for(Milliseconds{60'000});
    CHECK((matches(region[0]) == 1 && matches(region[1]) == 1));
  }
  REQUIRE(region.run_until([&] { return open(region); }, patience));
  for (int second = 0; second < 120; ++second) {
    region.run_for(Milliseconds{1000});
    CHECK((matches(region[0]) == 1 && matches(region[1]) == 1));
  }
  CHECK((epoch(0) == 2 && epoch(1) == 2));
  for (const std::size_t i : {0U, 1U}) REQUIRE(remove(region[i], region[1 - i]));
  REQUIRE(region.run_until([&] { return epoch(0) == 3 && epoch(1) == 3 && open(region); }, patience));
  CHECK((matches(region[0]) == 1 && matches(region[1]) == 1));
}

TEST_CASE("a preshared key is refused for whoever is no other member") {
  Region region(3, two);
  const Bytes file = key_file(region, 1);
  CHECK(install(region[0], region[0], file).error().code == ErrorCode::not_a_member);
  TestEntropy entropy(9);
  const auto stranger = entropy.draw<MemberId>();
  CHECK(region[0]
            .command<PresharedKeyId>(
                [&](Context& context) { return install_preshared(context, stranger, file); })
            .error()
            .code == ErrorCode::not_a_member);
}

TEST_CASE("R8.1: installing and removing a preshared key is logged, by its id and never by itself") {
  Region region(4, two);
  const Bytes file = key_file(region, 1);
  const PresharedKeyId id = install(region[0], region[1], file).value();
  REQUIRE(install(region[0], region[1], file));
  REQUIRE(remove(region[0], region[1]));
  const std::string key = to_text(file).substr(to_text(file).find("key: ") + 5, 64);
  std::vector<std::string> logged;
  const auto read = region[0].command<bool>([&](Context& context) -> Result<bool> {
    const auto value = [](const audit::ExportedEntry& entry, audit::Field field) {
      return std::get<audit::Opening>(entry.fields[slot(field)]).value;
    };
    KNOOP_TRY(storage::each_audit_entry(
        context.tx, 1, 0, 1000, [&](const audit::ExportedEntry& entry) -> Result<void> {
          if (!value(entry, audit::Field::event).starts_with("preshared-key.")) return {};
          CHECK(value(entry, audit::Field::peer) == region[1].member().hex());
          logged.push_back(value(entry, audit::Field::event) + " " + value(entry, audit::Field::object));
          return {};
        }));
    return true;
  });
  REQUIRE(read.has_value());
  CHECK(logged == std::vector<std::string>{"preshared-key.installed preshared key " + id.hex(),
                                           "preshared-key.removed preshared key " + id.hex()});
  for (const std::string& each : logged) CHECK(each.find(key) == std::string::npos);
}

TEST_CASE("frames of a pair with a preshared key name it and do not open without it") {
  Region region(5, two);
  const Bytes file = key_file(region, 1);
  const PresharedKeyId id = install(region[0], region[1], file).value();
  REQUIRE(install(region[1], region[0], file));
  std::size_t seen = 0;
  region.network.tap = [&](const MemberId& from, const MemberId&, ByteView frame) {
    const FrameExpectations expectations{
        region[0].node().membership().network(),
        from == region[0].member() ? region[1].member() : region[0].member(), from, id,
        [&](std::uint32_t) -> Result<SigningPublicKey> {
          return (from == region[0].member() ? region[0] : region[1]).card().signing_key;
        }};
    CHECK(check_frame(frame, expectations).has_value());
    ++seen;
  };
  REQUIRE(region.run_until([&] { return open(region); }, patience));
  CHECK(seen > 4);
}
