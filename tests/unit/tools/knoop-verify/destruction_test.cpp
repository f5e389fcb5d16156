// Proofs of destruction (bewijs van vernietiging), off line (R8.4).
#include "tools/knoop-verify/destruction.h"

#include <catch2/catch.hpp>

#include "tests/unit/tools/knoop-verify/watched_office.h"

using namespace knoop;
using namespace knoop::verifier;
using knoop::test::WatchedOffice;

namespace {

/// A client whose fragments one member was given and another too, who never answered.
struct Archive : WatchedOffice {
  erasure::DestructionRecord record;
  SigningKeyPair receiver = new_signing_key(entropy);

  Archive() {
    record.destruction = audit::testing::id<DestructionId>(5);
    record.ground = "bewaartermijn";
    record.done = log.time;
    record.log = origin;
    record.fields_erased = 3;
    const auto& done = log.add({.event = audit::Event::destruction_done,
                                .bases = {BasisId::from(record.destruction.view()).value()},
                                .action = audit::Action::erase});
    record.entry = done.index;
    record.leaf = done.leaf;
    watchers[0].organisation.card.number = 2;
    watchers[0].organisation.card.signing_key = receiver.public_key;
    watchers[0].card = write_card(watchers[0].organisation, "receiver.card");
    for (const std::size_t i : {0UL, 1UL})
      record.recipients.push_back(
          {watchers[i].organisation.card.member, audit::testing::id<ExchangeId>(1), 2, {}});
    erasure::DestructionRecipient& one = record.recipients[0];
    const erasure::Statement said{record.destruction, one.exchange, origin.member, one.member, 1, 1, {},
                                  record.done};
    one.answer = {1, 1, erasure::sign_statement(said, receiver.secret_key)};
  }
  erasure::DestructionFile file(std::initializer_list<std::size_t> by = {0, 1}) {
    erasure::DestructionFile out{{record.text(), {}}, proof(record.entry, log.entries.size(), by)};
    REQUIRE(sign_note(out.note, origin.text(), signing.secret_key));
    return out;
  }
  DestructionRequest asked() {
    DestructionRequest out{{}, watcher_cards(), {convenant_file}, {}};
    out.cards.push_back(write_card(us, "own.card"));
    return out;
  }
  Result<DestructionReport> check(const erasure::DestructionFile& file, DestructionRequest request) {
    request.file = write("destruction.proof", file.text());
    return verify_destruction(request);
  }
};

}  // namespace

TEST_CASE(
    "R8.4: a proof of destruction is accepted, with who answered and who did not, and the entry that says "
    "so") {
  Archive archive;
  auto request = archive.asked();
  request.exported = archive.write("log.audit.jsonl", archive.lines());
  const auto report = archive.check(archive.file(), request);
  REQUIRE(report);
  CHECK(report->accepted());
  CHECK(report->confirmed);
  CHECK(report->shown);
  CHECK(report->member == "smw-een");
  REQUIRE(report->recipients.size() == 2);
  CHECK(report->recipients[0].name == "bjz-twee");
  CHECK(report->recipients[0].checked);
  CHECK_FALSE(report->recipients[0].broken);
  CHECK_FALSE(report->recipients[1].checked);
  // Without the receiver's card its signature is not checked, and the report says so.
  request.cards.erase(request.cards.begin());
  const auto less = archive.check(archive.file({1, 2}), request);
  REQUIRE(less);
  CHECK(less->accepted());
  CHECK_FALSE(less->recipients[0].checked);
}

TEST_CASE("R8.4 hostile: a proof of destruction that does not hold is refused") {
  Archive archive;
  SECTION("numbers that the receiver did not sign") {
    archive.record.recipients[0].answer->destroyed = 2;
    archive.record.recipients[0].answer->kept = 0;
    const auto report = archive.check(archive.file(), archive.asked());
    REQUIRE(report);
    CHECK_FALSE(report->accepted());
    REQUIRE(report->recipients[0].broken);
    CHECK(report->recipients[0].broken->code == ErrorCode::bad_value);
  }
  SECTION("an entry that tells of something else") {
    archive.record.entry = 2;
    archive.record.leaf = archive.log.entries[2].leaf;
    auto request = archive.asked();
    CHECK(archive.check(archive.file(), request)->accepted());  // nobody looked into the entry
    request.exported = archive.write("log.audit.jsonl", archive.lines());
    CHECK(archive.check(archive.file(), request).error().code == ErrorCode::bad_proof);
  }
  SECTION("an entry about another destruction") {
    archive.record.destruction = audit::testing::id<DestructionId>(6);
    auto request = archive.asked();
    request.exported = archive.write("log.audit.jsonl", archive.lines());
    CHECK(archive.check(archive.file(), request).error().code == ErrorCode::bad_proof);
  }
  SECTION("too few witnesses") {
    const auto report = archive.check(archive.file({2}), archive.asked());
    REQUIRE(report);
    CHECK_FALSE(report->accepted());
  }
  SECTION("signed by another than the log's member") {
    auto file = archive.file();
    file.note.signatures.clear();
    REQUIRE(sign_note(file.note, archive.origin.text(), archive.receiver.secret_key));
    CHECK(archive.check(file, archive.asked()).error().code == ErrorCode::bad_signature);
  }
  SECTION("another network") {
    archive.record.log.network = audit::testing::id<NetworkId>(9);
    CHECK(archive.check(archive.file(), archive.asked()).error().code == ErrorCode::wrong_network);
  }
  SECTION("no proof at all") {
    auto request = archive.asked();
    request.file = archive.write("text", "of iets");
    CHECK(verify_destruction(request).error().code == ErrorCode::bad_format);
    request.file = archive.dir / "absent";
    CHECK(verify_destruction(request).error().code == ErrorCode::io_failed);
  }
}
