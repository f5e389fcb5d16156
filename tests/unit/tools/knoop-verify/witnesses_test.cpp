// Quorums of witnesses, judged off line (R8.2).
#include "tools/knoop-verify/witnesses.h"

#include <catch2/catch.hpp>

#include "tests/unit/tools/knoop-verify/watched_office.h"
#include "tools/knoop-verify/page.h"

using namespace knoop;
using namespace knoop::verifier;
using audit::FindingCode;
using knoop::test::WatchedOffice;
using Json = nlohmann::ordered_json;

namespace {

/// Index of the n-th disclosure, from 0.
std::uint64_t disclosure(const WatchedOffice& office, int n) {
  for (const auto& entry : office.log.entries)
    if (entry.event == audit::Event::release_disclosed && n-- == 0) return entry.index;
  throw std::runtime_error("no such disclosure");
}

/// The log goes on for so long that the convenant's bound is over.
void days_later(WatchedOffice& office) {
  office.log.time.ms += 4 * 86'400'000LL;
  office.log.add({.event = audit::Event::client_read, .action = audit::Action::read});
}

}  // namespace

TEST_CASE(
    "R8.2: a log whose head two of three witnesses cosigned is witnessed, from one note or from several") {
  WatchedOffice office;
  const auto size = office.log.entries.size();
  for (const auto& heads : {std::vector{office.cosigned(size, {0, 2})},
                            std::vector{office.cosigned(size, {0}), office.cosigned(size, {2})},
                            std::vector{office.cosigned(size, {0, 1, 2})}}) {
    const Report report = office.verify(office.lines(), office.request(heads));
    CHECK(report.accepted());
    CHECK(report.witnesses.can_be_judged());
    CHECK(report.witnesses.named == 3);
    CHECK(report.witnesses.quorum == 2);
    CHECK(report.witnesses.size == size);
    CHECK(report.witnesses.too_few.empty());
    CHECK(report.witnesses.waiting == 0);
  }
}

TEST_CASE("R8.2: the last line of an export may bring the newest witnessed head") {
  WatchedOffice office;
  const auto size = office.log.entries.size();
  auto lines = office.lines();
  const auto footer = [&](const std::string& witnessed) {
    lines.back() = Json{{"checkpoint", office.head(size)}, {"witnessed", witnessed}}.dump();
    return office.verify(lines, office.request());
  };
  const Report report = footer(office.cosigned(size - 1, {0, 1}));
  CHECK(report.accepted());
  CHECK(report.witnesses.size == size - 1);
  CHECK(report.heads == 2);
  // Refused: a head that the member did not sign, and one that is not of this history.
  Note stranger = parse_note(office.cosigned(size - 1, {0, 1}), 4096).value();
  std::erase_if(stranger.signatures, [&](const auto& line) { return line.name == office.origin.text(); });
  CHECK(footer(stranger.encode()).unreadable->code == ErrorCode::bad_signature);
  CHECK(footer("no note").unreadable);
  WatchedOffice other;
  other.origin = office.origin;
  other.log = audit::testing::WrittenLog(77);
  other.log.add_disclosure(1);
  const Report forked = footer(other.cosigned(4, {0, 1}));
  REQUIRE(forked.first_bad() != nullptr);
  CHECK(forked.first_bad()->code == FindingCode::root_differs);
  lines.back() = Json{{"checkpoint", office.head(size)}, {"witness", "x"}}.dump();
  CHECK(office.verify(lines, office.request()).unreadable);
}

TEST_CASE("R8.2: a disclosure that no witnessed head covers in time is found, and named") {
  WatchedOffice office;
  const auto first = disclosure(office, 0);
  const auto second = disclosure(office, 1);
  SECTION("young: counted, not found") {
    const Report report = office.verify(office.lines(), office.request({office.cosigned(first + 1, {0, 1})}));
    CHECK(report.accepted());
    CHECK(report.witnesses.size == first + 1);
    CHECK(report.witnesses.waiting == 1);
  }
  days_later(office);
  const auto size = office.log.entries.size();
  SECTION("no head has a quorum") {
    const Report report = office.verify(office.lines(), office.request({office.cosigned(size, {1})}));
    REQUIRE(report.first_bad() != nullptr);
    CHECK(report.first_bad()->code == FindingCode::unwitnessed);
    CHECK(report.first_bad()->entry == first);
    CHECK(report.findings.size() == 2);
    REQUIRE(report.witnesses.too_few.size() == 1);
    CHECK(report.witnesses.too_few[0].size == size);
    CHECK(report.witnesses.too_few[0].by == 1);
    const std::string page = page_text({report}, test::at("2026-11-22T09:30:00Z"));
    CHECK(page.find("door te weinig getuigen bevestigd; het hoofd van") != std::string::npos);
    CHECK(page.find("de getuigen hebben dat niet op tijd bevestigd") != std::string::npos);
    CHECK(page_html({report}, test::at("2026-11-22T09:30:00Z")).find("door te weinig getuigen") !=
          std::string::npos);
  }
  SECTION("the newest witnessed head stops before the second") {
    const Report report = office.verify(
        office.lines(), office.request({office.cosigned(second, {0, 1}), office.cosigned(size, {0})}));
    REQUIRE(report.findings.size() == 1);
    CHECK(report.findings[0].entry == second);
  }
  SECTION("covered to the last of them") {
    CHECK(office.verify(office.lines(), office.request({office.cosigned(second + 1, {2, 1})})).accepted());
  }
}

TEST_CASE("R8.2 hostile: what is no cosignature of a witness of this log does not count") {
  WatchedOffice office;
  days_later(office);
  const auto size = office.log.entries.size();
  Note note = parse_note(office.cosigned(size, {0}), 4096).value();
  const auto rejected = [&](const std::string& why) {
    INFO(why);
    const Report report = office.verify(office.lines(), office.request({note.encode()}));
    CHECK(report.first_bad() != nullptr);
    CHECK(report.witnesses.size == 0);
  };
  rejected("one is too few");
  SECTION("a stranger") {
    WatchedOffice::cosign_by(note, office.watcher("vreemd"));
    rejected("no witness");
  }
  SECTION("the member itself") {
    WatchedOffice::cosign_by(note, office.us.card.member, office.signing);
    rejected("nobody is witness of himself");
  }
  SECTION("the same witness twice") {
    WatchedOffice::cosign_by(note, office.watchers[0], 1'800'009'999);
    rejected("one witness counts once");
  }
  SECTION("a witness's cosignature of another head") {
    Note other = parse_note(office.cosigned(size - 1, {1}), 4096).value();
    note.signatures.push_back(other.signatures.back());
    rejected("signed another text");
  }
  SECTION("a witness with its old key besides its new one") {
    auto request = office.request();
    test::Organisation& renewed = office.watchers[0].organisation;
    const SigningKeyPair newer = new_signing_key(office.entropy);
    renewed.card.number = 2;
    renewed.card.witness_key = newer.public_key;
    request.witness_cards.push_back(office.write_card(renewed, "renewed.card"));
    WatchedOffice::cosign_by(note, renewed.card.member, newer);
    request.heads = {office.write("both", note.encode())};
    const Report report = office.verify(office.lines(), request);
    CHECK(report.witnesses.size == 0);
    CHECK(report.witnesses.too_few.back().by == 1);
    // With another witness it is enough, whichever of its keys it used.
    WatchedOffice::cosign_by(note, office.watchers[1]);
    request.heads = {office.write("enough", note.encode())};
    CHECK(office.verify(office.lines(), request).accepted());
  }
}

TEST_CASE("without the cards of a quorum nothing is judged, and the report says so, exports bring theirs") {
  WatchedOffice office;
  days_later(office);
  auto request = office.request({office.cosigned(office.log.entries.size(), {0, 1})});
  request.witness_cards = {office.watchers[0].card};
  Report report = office.verify(office.lines(), request);
  CHECK(report.accepted());
  CHECK_FALSE(report.witnesses.can_be_judged());
  CHECK(report.witnesses.known == 1);
  CHECK(sentences(report.witnesses).front().find("were not judged") != std::string::npos);
  // The export of a witness brings the second card.
  test::Office second;
  std::swap(second.us, office.watchers[1].organisation);
  second.us.card.signing_key = second.signing.public_key;
  second.card = sign_card(second.us.card, second.us.key.secret_key).value();
  second.origin = {office.origin.network, second.us.card.member, 1};
  request.exports = {office.write("own.audit.jsonl", office.lines()),
                     second.write("second.audit.jsonl", second.lines())};
  const auto both = verify_exports(request).value();
  CHECK(both[0].witnesses.can_be_judged());
  CHECK(both[0].accepted());
  CHECK(both[1].witnesses.named == 0);
  CHECK(sentences(both[1].witnesses).front().find("names no witnesses") != std::string::npos);
  request.witness_cards = {office.write("bad.card", "no card")};
  CHECK_FALSE(verify_exports(request));
}

TEST_CASE("a head that the witnesses of an earlier convenant cosigned was witnessed") {
  WatchedOffice office;
  days_later(office);
  Convenant next = office.first;
  next.number = 2;
  next.previous = convenant_hash(office.convenant).value();
  next.witness_sets[0].witnesses = {"bjz-twee"};
  const auto second = office.write("second.txt", test::signed_convenant(next, office.managers));
  auto request = office.request({office.cosigned(office.log.entries.size(), {1, 2})});
  request.convenants = {office.convenant_file, second};
  const Report report = office.verify(office.lines(), request);
  CHECK(report.accepted());
  CHECK(report.witnesses.named == 1);
  CHECK(report.witnesses.size == office.log.entries.size());
  request.convenants = {office.convenant_file};
  request.heads = {office.write("one", office.cosigned(office.log.entries.size(), {0}))};
  CHECK_FALSE(office.verify(office.lines(), request).accepted());
  request.convenants = {office.convenant_file, second};
  CHECK(office.verify(office.lines(), request).accepted());
}

TEST_CASE(
    "R8.2 fork: two heads of one size that their member signed are found, the entry since when is named") {
  WatchedOffice office;
  const auto size = office.log.entries.size();
  WatchedOffice other;
  other.origin = office.origin;
  other.log = audit::testing::WrittenLog(77);
  while (other.log.entries.size() < size) other.log.add({.event = audit::Event::client_read});
  for (const std::size_t at : {size, size - 2}) {
    const Report report = office.verify(
        office.lines(),
        office.request({office.cosigned(3, {0, 1}), office.cosigned(at, {0, 1}), other.cosigned(at, {2})}));
    REQUIRE(report.first_bad() != nullptr);
    CHECK(report.first_bad()->code == FindingCode::forked);
    CHECK(report.first_bad()->entry == 3);
  }
  // Both larger than the export: then it is cut off as well.
  WatchedOffice longer;
  longer.origin = office.origin;
  longer.log.add({.event = audit::Event::client_read});
  other.log.add({.event = audit::Event::client_read});
  const Report report =
      office.verify(office.lines(), office.request({longer.head(size + 1), other.head(size + 1)}));
  CHECK(std::ranges::count(report.findings, FindingCode::forked, &audit::Finding::code) == 1);
  CHECK(std::ranges::count(report.findings, FindingCode::truncated, &audit::Finding::code) == 1);
}
