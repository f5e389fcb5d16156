// Proofs of single entries, off line (R8.2).
#include "tools/knoop-verify/proof.h"

#include <catch2/catch.hpp>

#include "tests/unit/tools/knoop-verify/watched_office.h"

using namespace knoop;
using namespace knoop::verifier;
using knoop::test::WatchedOffice;

namespace {

constexpr std::uint64_t entry_number = 5;

struct Desk : WatchedOffice {
  audit::LogProof good = proof(entry_number, log.entries.size(), {0, 1});

  ProofRequest asked() {
    ProofRequest out{{}, watcher_cards(), {convenant_file}, {}};
    out.cards.push_back(write_card(us, "own.card"));
    return out;
  }
  Result<ProofReport> check(const audit::LogProof& proof, ProofRequest request) {
    request.file = write("entry.proof", proof.text());
    return verify_proof(request);
  }
  ErrorCode refusal(const audit::LogProof& proof) {
    const auto report = check(proof, asked());
    REQUIRE_FALSE(report);
    return report.error().code;
  }
};

}  // namespace

TEST_CASE(
    "R8.2: a proof of an entry is accepted with its head and its witnesses, and an export shows the entry") {
  Desk desk;
  auto request = desk.asked();
  request.exported = desk.write("log.audit.jsonl", desk.lines());
  const auto report = desk.check(desk.good, request);
  REQUIRE(report);
  CHECK(report->accepted());
  CHECK(report->confirmed);
  CHECK(report->member == "smw-een");
  CHECK(report->witnesses.by.size() == 2);
  CHECK(report->head.checkpoint.size == desk.log.entries.size());
  REQUIRE(report->entry);
  CHECK(report->entry->index == entry_number);

  request.convenants.clear();
  request.exported.clear();
  const auto alone = desk.check(desk.good, request);
  REQUIRE(alone);
  CHECK(alone->accepted());
  CHECK_FALSE(alone->confirmed);
}

TEST_CASE("R8.2: a proof under too few witnesses is not accepted") {
  Desk desk;
  const auto report = desk.check(desk.proof(entry_number, 8, {2}), desk.asked());
  REQUIRE(report);
  CHECK_FALSE(report->accepted());
  CHECK(report->witnesses.by.size() == 1);
  auto few = desk.asked();
  few.cards = {few.cards.back()};  // no card of a witness: nothing is judged
  CHECK(desk.check(desk.proof(entry_number, 8, {2}), few)->accepted());
}

TEST_CASE("R8.2 hostile: what does not prove the entry is refused") {
  Desk desk;
  audit::LogProof bad = desk.good;
  SECTION("another leaf") {
    bad.leaf = desk.log.entries[entry_number + 1].leaf;
    CHECK(desk.refusal(bad) == ErrorCode::bad_proof);
  }
  SECTION("another entry_number") {
    bad.index = entry_number + 1;
    CHECK(desk.refusal(bad) == ErrorCode::bad_proof);
  }
  SECTION("an entry_number beyond the head") {
    bad.index = 4000;
    CHECK(desk.refusal(bad) == ErrorCode::bad_proof);
  }
  SECTION("a path that is too short or too long") {
    bad.path.pop_back();
    CHECK(desk.refusal(bad) == ErrorCode::bad_proof);
    bad = desk.good;
    bad.path.push_back(bad.leaf);
    CHECK(desk.refusal(bad) == ErrorCode::bad_proof);
  }
  SECTION("a head that another signed") {
    Note note = parse_note(desk.good.head, 4096).value();
    note.signatures.clear();
    REQUIRE(sign_note(note, desk.origin.text(), new_signing_key(desk.entropy).secret_key));
    bad.head = note.encode();
    CHECK(desk.refusal(bad) == ErrorCode::bad_signature);
  }
  SECTION("the log of another network or of no member") {
    Desk other;
    other.origin.network = audit::testing::id<NetworkId>(9);
    CHECK(desk.refusal(other.proof(entry_number, 8, {0, 1})) == ErrorCode::wrong_network);
    other.origin = {desk.origin.network, audit::testing::id<MemberId>(9), 1};
    CHECK(desk.refusal(other.proof(entry_number, 8, {0, 1})) == ErrorCode::not_a_member);
  }
  SECTION("without the card of its member") {
    auto request = desk.asked();
    request.cards.pop_back();
    CHECK(desk.check(bad, request).error().code == ErrorCode::not_found);
  }
  SECTION("an export whose entry is another, or that has none") {
    auto request = desk.asked();
    auto lines = desk.lines();
    std::swap(lines[1 + entry_number], lines[2 + entry_number]);
    request.exported = desk.write("swapped", lines);
    CHECK(desk.check(bad, request).error().code == ErrorCode::bad_proof);
    request.exported = desk.write("short", desk.lines(entry_number, true));
    CHECK(desk.check(bad, request).error().code == ErrorCode::not_found);
    desk.origin.incarnation = 2;
    request.exported = desk.write("next", desk.lines());
    CHECK(desk.check(bad, request).error().code == ErrorCode::bad_proof);
  }
}
