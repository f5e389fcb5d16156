#include "tools/knoop-verify/verify.h"

#include <rapidcheck.h>

#include <catch2/catch.hpp>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/unit/tools/knoop-verify/office.h"
#include "tools/knoop-verify/export_file.h"
#include "tools/knoop-verify/page.h"
#include "tools/knoop-verify/plain_line.h"

using namespace knoop;
using namespace knoop::audit;
using namespace knoop::verifier;
using knoop::audit::testing::WrittenLog;
using knoop::test::Office;
using Json = nlohmann::ordered_json;

namespace {

void replace(std::string& text, std::string_view from, std::string_view to) {
  const auto at = text.find(from);
  REQUIRE(at != std::string::npos);
  text.replace(at, from.size(), to);
}

}  // namespace

TEST_CASE("an honest export is accepted, redacted or not, and says how far it was confirmed (R8.2)") {
  Office office;
  const Report open = office.verify(office.lines(false));
  CHECK(open.accepted());
  CHECK(open.entries == office.log.entries.size());
  CHECK(open.disclosures == 2);
  CHECK_FALSE(open.member_confirmed);
  Request asked;
  asked.member = office.us.card.member;
  const Report redacted = office.verify(office.lines(true), asked);
  CHECK(redacted.accepted());
  CHECK(redacted.member_confirmed);
}

TEST_CASE("R8.2: a restored node's next log holds the last head of the one before, or that is named") {
  Office office;
  const auto first = office.write("1.audit.jsonl", office.lines());
  const std::string last = office.head(office.log.entries.size());
  const auto next = [&](const std::string& reference,
                        const std::vector<std::filesystem::path>& of_the_first) {
    Office later;
    later.us = test::Organisation{signing_key_from_seed(SigningSeed{}), office.us.card};
    later.card = office.card;
    later.origin = office.origin;
    later.origin.incarnation = 2;
    later.log = WrittenLog(9);
    later.log.entries.clear();
    later.log.add({.event = Event::log_opened, .reference = reference});
    later.log.add({.event = Event::client_read});
    std::vector<std::string> lines = later.lines();
    Checkpoint head = later.log.head();
    head.origin = later.origin.text();
    Note note{head.text(), {}};
    REQUIRE(sign_note(note, later.origin.text(), office.signing.secret_key));
    lines.back() = Json{{"checkpoint", note.encode()}}.dump();
    Request request;
    request.exports = of_the_first;
    request.exports.push_back(office.write("2.audit.jsonl", lines));
    return verify_exports(request).value();
  };
  const auto good = next(last, {first});
  CHECK(good[0].accepted());
  CHECK(good[1].accepted());
  CHECK(good[1].before->lost() == 0);
  CHECK_FALSE(good[0].before.has_value());

  // The copy had fewer entries than the head that the next log goes on from: what a restore cost is no lie, and is said.
  const auto size = office.log.entries.size();
  const auto copy = next(last, {office.write("copy.audit.jsonl", office.lines(4, true))});
  CHECK(copy[0].accepted());
  CHECK(copy[1].accepted());
  CHECK(copy[1].before->known == size);
  CHECK(copy[1].before->lost() == size - 4);
  CHECK(copy[1].before->left_out() == 0);
  CHECK(sentence(*copy[1].before).find(fmt::format("{} were lost", size - 4)) != std::string::npos);
  for (const std::string& page : {page_text(copy, Timestamp{}), page_html(copy, Timestamp{})})
    CHECK(page.find(fmt::format("logboek 1, dat minstens {} regels had; daarvan zijn er {} verloren gegaan",
                                size, size - 4)) != std::string::npos);
  // Without the log before nobody knows what of it is there.
  const auto alone = next(last, {});
  REQUIRE(alone[0].before.has_value());
  CHECK_FALSE(alone[0].before->lost().has_value());
  CHECK(page_text(alone, Timestamp{}).find("geen uitvoer gegeven") != std::string::npos);
  // What is passed over although it is known is another thing.
  CHECK(next(office.head(4), {first})[1].before->left_out() == size - 4);
  const auto names_it = [&](const std::string& reference) {
    const auto reports = next(reference, {first});
    CHECK(reports[0].accepted());
    REQUIRE(reports[1].first_bad() != nullptr);
    CHECK(reports[1].first_bad()->code == FindingCode::incarnation_broken);
    CHECK(reports[1].first_bad()->entry == 0);
  };
  names_it("");
  names_it("a restore");
  names_it(office.head(4));  // older than what the first log is known to hold
  Note unsigned_by_us = parse_note(last, 4096).value();
  TestEntropy entropy(3);
  unsigned_by_us.signatures.clear();
  REQUIRE(sign_note(unsigned_by_us, office.origin.text(), new_signing_key(entropy).secret_key));
  names_it(unsigned_by_us.encode());
  // A head of another history: then the first log is not the one that was gone on from.
  Office forked;
  forked.log = WrittenLog(31);
  Checkpoint other = forked.log.head();
  other.origin = office.origin.text();
  other.size = office.log.entries.size();
  Note fork{other.text(), {}};
  REQUIRE(sign_note(fork, office.origin.text(), office.signing.secret_key));
  CHECK(next(fork.encode(), {first})[0].first_bad()->code == FindingCode::forked);
}

TEST_CASE("the page says in Dutch what was found, for one sheet, and a name on it is text") {
  Office office;
  office.us.card.name = "<b>Bureau</b> & zn";
  office.card = sign_card(office.us.card, office.us.key.secret_key).value();
  const Timestamp now = test::at("2026-11-22T09:30:00Z");
  const Report good = office.verify(office.lines());
  CHECK(page_text({good}, now).find("Het logboek is in orde.") != std::string::npos);
  auto lines = office.lines();
  lines.erase(lines.begin() + 4);
  const Report bad = office.verify(lines);
  const std::string html = page_html({good, bad}, now);
  CHECK(html.find("Van de 2 logboeken zijn er 1 niet in orde.") != std::string::npos);
  CHECK(html.find("regel 3: Deze regel ontbreekt.") != std::string::npos);
  CHECK(html.find("&lt;b&gt;Bureau&lt;/b&gt; &amp; zn") != std::string::npos);
  CHECK(html.find("<b>") == std::string::npos);
  CHECK(html.find("<script") == std::string::npos);
  CHECK(html.find("://") == std::string::npos);  // nothing is fetched
  const std::string many = page_text(std::vector<Report>(200, bad), now);
  CHECK(std::ranges::count(many, '\n') < 90);
#define KNOOP_SAID(name, text) CHECK(dutch(FindingCode::name).size() > 10);
  KNOOP_FINDINGS(KNOOP_SAID)
#undef KNOOP_SAID
}

TEST_CASE("the quick reader of lines takes what the other takes, and nothing else") {
  Office office;
  for (const bool redacted : {true, false})
    for (const SealedEntry& entry : office.log.entries) {
      const std::string line = Office::line(export_entry(entry, redacted));
      const auto plain = read_plain_entry(line);
      const auto any = parse_any_entry(line);
      REQUIRE(any);
      if (entry.value(Field::user) == "Zoë" && !redacted) {
        CHECK_FALSE(plain);  // beyond ASCII: left to the other
        continue;
      }
      REQUIRE(plain);
      CHECK(plain->fields == any->fields);
      CHECK(plain->leaf == any->leaf);
    }
  const std::string line = Office::line(export_entry(office.log.entries[1], true));
  for (std::size_t at = 0; at < line.size(); ++at) {
    std::string bad = line;
    bad[at] = static_cast<char>(bad[at] ^ 0x40);
    const auto plain = read_plain_entry(bad);
    if (!plain) continue;
    const auto any = parse_any_entry(bad);
    REQUIRE(any);
    CHECK(plain->fields == any->fields);
  }
  for (const char* index : {"01", "-1", "1.0", "99999999999999999999", "1e3", ""}) {
    std::string bad = line;
    replace(bad, "\"index\":1", std::string("\"index\":") + index);
    CHECK_FALSE(read_plain_entry(bad));
  }
}

TEST_CASE("an older head or export binds: rewriting what it covered is found (R8.2)") {
  Office office;
  const auto early = office.write("early.audit.jsonl", office.lines(4, true));
  const auto early_head = office.write("head.txt", office.head(4));
  Office other;  // the same keys, other salts: a second history
  other.log = WrittenLog(77);
  other.log.add_disclosure(1);
  other.log.add({.event = Event::client_read});
  const auto later = other.write("later.audit.jsonl", other.lines());

  Request request;
  request.exports = {early, later};
  auto reports = verify_exports(request).value();
  REQUIRE(reports.size() == 2);
  CHECK(reports[0].accepted());  // by itself; the two together are not one log
  CHECK_FALSE(reports[1].accepted());
  CHECK(reports[1].findings.front().code == FindingCode::root_differs);

  request.exports = {later};
  request.heads = {early_head};
  CHECK(verify_exports(request)->front().findings.front().code == FindingCode::root_differs);
  request.exports = {office.write("honest.audit.jsonl", office.lines())};
  const auto honest = verify_exports(request)->front();
  CHECK(honest.accepted());
  CHECK(honest.heads == 2);
}

TEST_CASE("who signed counts: other keys, other members, other networks are refused") {
  Office office;
  TestEntropy entropy(6);
  const auto stranger = test::organisation(entropy, "vreemd", "bjz");

  SECTION("a head signed by another key") {
    auto lines = office.lines();
    Note note = parse_note(office.head(office.log.entries.size()), 4096).value();
    note.signatures.clear();
    REQUIRE(sign_note(note, office.origin.text(), new_signing_key(entropy).secret_key));
    lines.back() = Json{{"checkpoint", note.encode()}}.dump();
    REQUIRE(office.verify(lines).unreadable);
    CHECK(office.verify(lines).unreadable->code == ErrorCode::bad_signature);
  }
  SECTION("a card that the member did not sign") {
    office.card = sign_card(stranger.card, stranger.key.secret_key).value();
    CHECK(office.verify(office.lines()).unreadable);
  }
  SECTION("another member than asked for") {
    Request request;
    request.member = stranger.card.member;
    CHECK(office.verify(office.lines(), request).unreadable->code == ErrorCode::not_a_member);
  }
  SECTION("a convenant of another network") {
    std::vector<SigningKeyPair> managers;
    managers.push_back(new_signing_key(entropy));
    const auto text =
        test::signed_convenant(test::convenant({office.us.card, stranger.card}, managers), managers);
    Request request;
    request.convenants = {office.write("convenant.txt", text)};
    CHECK(office.verify(office.lines(), request).unreadable->code == ErrorCode::wrong_network);
    office.origin.network = network_id(text).value();
    const Report report = office.verify(office.lines(), request);
    CHECK(report.accepted());
    CHECK(report.member_confirmed);
  }
  SECTION("a verifier key instead of a card") {
    Request request;
    request.keys = {NoteVerifier{office.origin.text(), office.signing.public_key}};
    office.card = "no card at all";
    CHECK(office.verify(office.lines(), request).accepted());
    request.keys = {NoteVerifier{office.origin.text(), stranger.card.signing_key}};
    CHECK(office.verify(office.lines(), request).unreadable->code == ErrorCode::bad_signature);
  }
  SECTION("cards given by hand") {
    Request request;
    request.cards = {office.write("own.card", office.card)};
    CHECK(office.verify(office.lines(), request).accepted());
    request.cards = {office.write("other.card", sign_card(stranger.card, stranger.key.secret_key).value())};
    CHECK(office.verify(office.lines(), request).unreadable->code == ErrorCode::bad_signature);
    request.cards = {office.dir / "absent.card"};
    request.exports = {office.write("log.audit.jsonl", office.lines())};
    CHECK_FALSE(verify_exports(request));
  }
}

TEST_CASE("what is no export is said to be unreadable, never accepted") {
  Office office;
  const auto refused = [&](auto change) {
    auto lines = office.lines();
    change(lines);
    CHECK(office.verify(lines).unreadable);
  };
  refused([](auto& lines) { lines.clear(); });
  refused([](auto& lines) { lines.pop_back(); });
  refused([](auto& lines) { lines.push_back(lines[1]); });
  refused([](auto& lines) { lines.push_back(lines.back()); });
  refused([](auto& lines) { lines[1].clear(); });
  refused([](auto& lines) { lines[1].pop_back(); });
  refused([](auto& lines) { lines[0] = "{}"; });
  refused([](auto& lines) { replace(lines[0], "export/v1", "export/v2"); });
  refused([](auto& lines) { replace(lines[0], "\"redacted\":true", "\"redacted\":1"); });
  refused([](auto& lines) { replace(lines[1], "\"index\":0", "\"index\":-1"); });
  refused([](auto& lines) { replace(lines[1], "\"index\":0", "\"index\":0,\"index\":0"); });
  refused([](auto& lines) { replace(lines[1], "\"index\":0", "\"index\":0,\"more\":0"); });
  refused([](auto& lines) { replace(lines[1], "\"salt\"", "\"sult\""); });
  refused([](auto& lines) { replace(lines[1], "\"leaf\":\"", "\"leaf\":\"0"); });
  refused([](auto& lines) { replace(lines[1], "\"detail\"", "\"bsn\""); });
  refused([](auto& lines) { lines[1] = std::string(max_line + 1, ' '); });
  refused([](auto& lines) { lines[1] = std::string(100'000, '['); });
  CHECK(verify_exports({.exports = {office.dir / "absent"}})->front().unreadable);
}

TEST_CASE("a closed field says commitment, and erased only with an erasure behind it") {
  Office office;
  auto line = Office::line(export_entry(office.log.entries[1], true));
  CHECK(parse_entry(line));
  auto erased = line;
  replace(erased, "\"}}}", "\",\"erased\":true}}}");
  REQUIRE(parse_entry(erased));
  CHECK(std::get<Closed>(parse_entry(erased)->fields[slot(Field::detail)]).erased);
  auto lines = office.lines();
  lines[2] = erased;
  CHECK(office.verify(lines).findings.front().code == FindingCode::erased_without_entry);
  replace(erased, "\"erased\":true", "\"erased\":false");
  CHECK_FALSE(parse_entry(erased));
}
