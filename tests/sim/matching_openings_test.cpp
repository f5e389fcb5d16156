// The opening audit after an epoch (R2.6, docs/spec/openings.md), from the nodes' side to the auditor's program.
#include <catch2/catch.hpp>
#include <fstream>

#include "node/files/openings_export.h"
#include "tests/sim/matching_scene.h"
#include "tools/knoop-verify/openings.h"

namespace knoop {
namespace {

using namespace sim;

const std::vector<Region::Organisation> two{{"smw-een", "smw"}, {"bjz-twee", "bjz"}};
constexpr std::uint32_t everything = 1000;

/// Two nodes under a convenant with an auditor.
struct Audited {
  TestEntropy entropy{77};
  SigningKeyPair signing = new_signing_key(entropy);
  SealingKeyPair sealing = new_sealing_key(entropy);
  Region region;

  explicit Audited(std::uint64_t seed, std::uint32_t sample = everything)
      : region(seed, two, make_services, [&](Convenant& convenant) {
          convenant.auditor = ConvenantAuditor{"Auditor", signing.public_key, sealing.public_key, sample};
        }) {
    put(region[0], "S1", sanne);
    put(region[0], "S2", without_bsn(fatima));
    put(region[1], "B1", sanne);
    put(region[1], "B2", fatima);
    put(region[1], "B3", joris);
    settle(region);
    check_matches(region);
  }

  void next_epoch() {
    open_epoch(region[0], region[1]);
    settle(region);
    region.run_for(Milliseconds{120'000});
    check_matches(region);
  }

  [[nodiscard]] std::vector<OpeningAuditView> audits(std::size_t at) {
    return ask<std::vector<OpeningAuditView>>(region[at], [](MatchingService& service, Context& context) {
      return service.openings().list(context);
    });
  }
  [[nodiscard]] Result<OpeningsExport> exported(std::size_t at, matching::Epoch epoch) {
    return region[at].command<OpeningsExport>([&](Context& context) {
      return region[at].node().service<MatchingService>().openings().export_openings(
          context, region[1 - at].member(), epoch);
    });
  }
  [[nodiscard]] verifier::OpeningsReport verified(const OpeningsExport& openings) {
    const auto folder = region.directory.path();
    verifier::OpeningsRequest request{folder / "openings", {folder / "convenant"}, {}};
    std::string text = openings_head_line(openings);
    for (const auto& each : openings.openings) text += opening_line(each);
    std::ofstream(request.file, std::ios::binary) << text;
    std::ofstream(request.convenants.front(), std::ios::binary) << region.convenant_note;
    request.keys.push_back({sealing.public_key, sealing.secret_key.copy()});
    auto report = verifier::verify_openings(request);
    REQUIRE(report.has_value());
    return std::move(*report);
  }
};

std::int64_t rows(SimNode& node, const std::string& table) {
  return ask<std::int64_t>(node, [&](MatchingService&, Context& context) -> Result<std::int64_t> {
    KNOOP_LET(row, context.tx.one("SELECT count(*) FROM " + table));
    return row->get<std::int64_t>(0);
  });
}

/// The records that the auditor sees, dummies left out.
std::set<std::string> references(const verifier::OpeningsReport& report) {
  std::set<std::string> out;
  for (const auto& opening : report.opened)
    if (opening.kind != 0) out.insert(opening.reference);
  return out;
}

}  // namespace

TEST_CASE("R2.6: after an epoch both sides open every drawn handle, and the auditor finds nothing") {
  Audited scene(41);
  CHECK(scene.exported(0, 1).error().code == ErrorCode::not_found);
  scene.next_epoch();
  for (const std::size_t at : {0UL, 1UL}) {
    const auto audits = scene.audits(at);
    REQUIRE(audits.size() == 1);
    CHECK(audits[0].epoch == 1);
    CHECK(audits[0].trouble.empty());
    CHECK(audits[0].done.has_value());
    const auto openings = scene.exported(at, 1);
    REQUIRE(openings.has_value());
    const auto report = scene.verified(*openings);
    for (const auto& finding : report.findings) UNSCOPED_INFO(finding.error.sentence);
    CHECK(report.accepted());
    CHECK(report.handles > 20);
    CHECK(report.opened.size() == report.handles);
    CHECK(report.dummies() > 0);
    CHECK(references(report) ==
          (at == 0 ? std::set<std::string>{"S1", "S2"} : std::set<std::string>{"B1", "B2", "B3"}));
  }
  CHECK(scene.exported(0, 2).error().code == ErrorCode::not_found);
}

TEST_CASE(
    "R2.6: openings of a member that left are there for the auditor, an epoch that ended with it has none") {
  Audited scene(49);
  scene.next_epoch();
  scene.region.amend([&](Convenant& convenant) {
    std::erase_if(convenant.members,
                  [&](const ConvenantMember& each) { return each.member == scene.region[1].member(); });
  });
  settle(scene.region);
  for (const std::size_t at : {0UL, 1UL}) {
    // What was drawn and sealed before stays.
    const auto openings = scene.exported(at, 1);
    REQUIRE(openings.has_value());
    CHECK(openings->openings.size() > 20);
    // The second epoch's audit began; the peer's statement is not protective and does not come.
    REQUIRE(scene.audits(at).size() == 2);
    CHECK(scene.exported(at, 2).error().code == ErrorCode::wrong_state);
    CHECK(rows(scene.region[at], "own_handles") > 0);
    CHECK(rows(scene.region[at], "matching_pairs WHERE epoch = 2 AND key IS NOT NULL") == 1);
  }
  scene.region[1].stop();
  scene.region[0].stop();
  scene.region.run_for(std::chrono::days{15});
  scene.region[0].start();
  if (scene.region[0].node().clock_watch().doubt())
    ask<bool>(scene.region[0], [](MatchingService&, Context& context) {
      return context.confirm_clock().map([] { return true; });
    });
  scene.region.run_for(Milliseconds{60'000});
  // Its time is up: key and handles are gone, and the log says that there was no audit.
  CHECK(rows(scene.region[0], "matching_pairs WHERE epoch = 2 AND key IS NOT NULL") == 0);
  CHECK(rows(scene.region[0], "own_handles") == 0);
  const auto audits = scene.audits(0);
  const auto second = std::ranges::find(audits, matching::Epoch{2}, &OpeningAuditView::epoch);
  REQUIRE(second != audits.end());
  CHECK(second->done.has_value());
  CHECK_FALSE(second->trouble.empty());
  CHECK(scene.exported(0, 1).has_value());
}

TEST_CASE("R2.6: handles that ended in the epoch are opened too, sealed as soon as they ended") {
  Audited scene(42);
  close(scene.region[0], "S1");
  settle(scene.region);
  scene.region.run_for(Milliseconds{120'000});
  CHECK(rows(scene.region[0], "ended_handles WHERE sealed IS NOT NULL") > 5);
  CHECK(rows(scene.region[0], "ended_handles WHERE sealed IS NULL") == 0);
  scene.next_epoch();
  const auto openings = scene.exported(0, 1);
  REQUIRE(openings.has_value());
  const auto report = scene.verified(*openings);
  CHECK(report.accepted());
  CHECK(references(report) == std::set<std::string>{"S1", "S2"});
  // Nothing is kept but the openings, of which the node itself can read none.
  for (const auto& table : {"ended_handles", "registered_points WHERE pair = 1",
                            "received_trees WHERE pair = 1", "own_handles WHERE pair = 1"})
    CHECK(rows(scene.region[0], table) == 0);
}

TEST_CASE("R2.6: no more is opened than is drawn, and the draw is the peer's") {
  Audited scene(43, 3);
  scene.next_epoch();
  const auto openings = scene.exported(0, 1);
  REQUIRE(openings.has_value());
  CHECK(openings->openings.size() == 3);
  CHECK(scene.verified(*openings).accepted());
  auto fewer = *openings;
  fewer.openings.pop_back();
  CHECK_FALSE(scene.verified(fewer).accepted());
}

namespace {

/// A's first point becomes another in A's own rows; gives all of A's points as they are then.
std::vector<PointBytes> replace_first_point(SimNode& node, const PointBytes& by) {
  return ask<std::vector<PointBytes>>(
      node, [&](MatchingService&, Context& context) -> Result<std::vector<PointBytes>> {
        KNOOP_LET(row, context.tx.one("SELECT points FROM registered_points WHERE pair = 1 AND first = 1"));
        Bytes points = row->get<Bytes>(0);
        std::ranges::copy(by.view(), points.begin());
        KNOOP_TRY(
            context.tx.exec("UPDATE registered_points SET points = ? WHERE pair = 1 AND first = 1", points));
        return storage::registered_points(context.tx, 1);
      });
}

}  // namespace

TEST_CASE("R2.6 hostile: who masked a child's BSN with another exponent is found by the audit") {
  Audited scene(44);
  // The modified node sent, as its handle 1, the BSN of a child that is nobody's client, under an exponent that it never
  // committed to. So both sides hold this point.
  const auto exponent = hash_to_scalar(to_bytes("another exponent"), "test");
  const auto masked = multiply(exponent, hash_to_group(to_bytes("999999047"), "test")).value();
  const auto points = replace_first_point(scene.region[0], masked.bytes());
  ask<bool>(scene.region[1], [&](MatchingService&, Context& context) -> Result<bool> {
    CompactTree tree;
    matching::append_points(tree, points);
    KNOOP_TRY(storage::put_received_tree(context.tx, 1, tree));
    return true;
  });
  scene.next_epoch();
  const auto openings = scene.exported(0, 1);
  REQUIRE(openings.has_value());
  const auto report = scene.verified(*openings);
  REQUIRE(report.findings.size() == 1);
  CHECK(report.findings[0].handle == matching::Handle{1});
  CHECK(report.opened.size() == report.handles - 1);
}

TEST_CASE("hostile: two sides that state different registrations open nothing, and both logs say so") {
  Audited scene(47);
  replace_first_point(scene.region[0], generator().bytes());
  scene.next_epoch();
  const auto audits = scene.audits(0);
  REQUIRE(audits.size() == 1);
  CHECK(audits[0].trouble.find("contradict") != std::string::npos);
  CHECK(scene.exported(0, 1).error().code == ErrorCode::wrong_state);
  CHECK(rows(scene.region[0], "peer_statements") == 1);  // the evidence
  CHECK(rows(scene.region[0], "opening_audits WHERE own IS NOT NULL") == 1);
}

TEST_CASE("the audit goes on after a crash at any moment") {
  for (int moment = 0; moment < 12; ++moment) {
    Audited scene(50 + static_cast<std::uint64_t>(moment), 5);
    open_epoch(scene.region[0], scene.region[1]);
    scene.region.run_for(Milliseconds{40} * (moment + 1) * (moment + 1));
    scene.region[static_cast<std::size_t>(moment % 2)].crash();
    scene.region.run_for(Milliseconds{500});
    scene.region[static_cast<std::size_t>(moment % 2)].start();
    settle(scene.region);
    scene.region.run_for(Milliseconds{400'000});
    check_matches(scene.region);
    for (const std::size_t at : {0UL, 1UL}) {
      const auto openings = scene.exported(at, 1);
      REQUIRE(openings.has_value());
      CHECK(scene.verified(*openings).accepted());
    }
  }
}

TEST_CASE("a peer that states nothing is named, and the key goes when its time is up") {
  Audited scene(45);
  open_epoch(scene.region[0], scene.region[1]);
  settle(scene.region);
  scene.region.run_for(Milliseconds{120'000});
  // As if the peer's statement had never come.
  const auto forgotten = scene.region[0].command<bool>([](Context& context) -> Result<bool> {
    KNOOP_TRY(context.tx.exec("DELETE FROM peer_statements"));
    KNOOP_TRY(context.tx.exec("DELETE FROM openings"));
    KNOOP_TRY(context.tx.exec("UPDATE opening_audits SET peers = NULL, drawn = 0, done = NULL"));
    return true;
  });
  REQUIRE(forgotten.has_value());
  scene.region.run_for(Milliseconds{60'000});
  const auto audits = scene.audits(0);
  REQUIRE(audits.size() == 1);
  CHECK(audits[0].done.has_value());
  CHECK(audits[0].trouble.find("nothing") != std::string::npos);
  CHECK(scene.exported(0, 1).error().code == ErrorCode::wrong_state);
}

TEST_CASE("without an auditor nothing is kept for one") {
  Region region(46, two);
  put(region[0], "S1", sanne);
  put(region[1], "B1", sanne);
  settle(region);
  close(region[0], "S1");
  settle(region);
  region.run_for(Milliseconds{60'000});
  CHECK(rows(region[0], "ended_handles") == 0);
  open_epoch(region[0], region[1]);
  settle(region);
  region.run_for(Milliseconds{60'000});
  CHECK(rows(region[0], "opening_audits") == 0);
  CHECK(rows(region[0], "own_handles WHERE pair = 1") == 0);
}

}  // namespace knoop
