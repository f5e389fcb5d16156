// Rows of the log that somebody edits in the database itself (R8.2).
#include "node/core/log_on_disk.h"

#include <rapidcheck.h>

#include <catch2/catch.hpp>

#include "crypto/note.h"
#include "tests/support/member_log.h"

using namespace knoop;
using audit::FindingCode;

namespace {

const Timestamp now = test::at("2026-11-21T09:30:00Z");
const Actor person{Role::professional, "c.jansen", "", std::nullopt, "console"};
constexpr std::uint64_t entries = 2500;
constexpr std::uint64_t head_every = 800;

/// A database with a log of some thousands of entries, and heads at 800, 1600, 2400 and the end.
struct Stored : test::MemberLog {
  std::string last;

  Stored() {
    join(now);
    auto tx = begin();
    for (std::uint64_t i = 1; i < entries; ++i) {
      REQUIRE(log.append(tx, now, entropy, person,
                         {.event = audit::Event::client_read, .client = fmt::format("C-{}", i % 50)}));
      if ((i + 1) % head_every == 0) REQUIRE(log.head(tx, now));
    }
    last = log.head(tx, now).value();
    REQUIRE(tx.commit());
    REQUIRE(database->flush());
  }
  DiskLog check(storage::Transaction& tx, const std::vector<std::string>& heads = {}) const {
    return check_log_on_disk(tx, membership, heads).value().front();
  }
};

Bytes fields_of(storage::Transaction& tx, std::uint64_t number) {
  const auto row = tx.one("SELECT fields FROM audit_entries WHERE number = ?", number).value();
  return to_bytes(row->get<ByteView>(0));
}

}  // namespace

TEST_CASE("R8.2: the log on disk is accepted with every head, and says how much no head covers yet") {
  Stored stored;
  auto tx = stored.begin();
  const DiskLog whole = stored.check(tx);
  for (const audit::Finding& finding : whole.findings) UNSCOPED_INFO(finding.sentence);
  CHECK(whole.findings.empty());
  CHECK(whole.entries == entries);
  CHECK(whole.heads == entries / head_every + 1);
  CHECK(whole.uncovered == 0);
  REQUIRE(stored.log.append(tx, now, stored.entropy, person, {.event = audit::Event::match_read}));
  const DiskLog grown = stored.check(tx, {stored.last});
  CHECK(grown.findings.empty());
  CHECK(grown.uncovered == 1);
}

TEST_CASE("R8.2: rows that were edited through SQL are found, and the entry is named") {
  static Stored stored;
  CHECK(rc::check("tampered on disk", [] {
    auto outer = stored.begin();
    auto tx = std::move(outer.nested().value());  // undone at the end: each try edits a fresh copy
    const auto at = *rc::gen::inRange<std::uint64_t>(1, entries - 1);
    std::optional<std::uint64_t> named = at;
    std::vector<std::string> heads;
    const auto run = [&](std::string_view sql, const auto&... args) {
      RC_ASSERT(tx.exec(sql, args...).has_value());
    };
    switch (*rc::gen::inRange(0, 10)) {
      case 0: {  // any byte of what was sealed
        Bytes fields = fields_of(tx, at);
        fields[*rc::gen::inRange<std::size_t>(0, fields.size())] ^= 1;
        run("UPDATE audit_entries SET fields = ? WHERE number = ?", fields, at);
        break;
      }
      case 9: {  // what is sealed under the client's own key
        const auto row = tx.one("SELECT personal FROM audit_entries WHERE number = ?", at).value();
        Bytes personal = to_bytes(row->get<ByteView>(0));
        personal[*rc::gen::inRange<std::size_t>(0, personal.size())] ^= 1;
        run("UPDATE audit_entries SET personal = ? WHERE number = ?", personal, at);
        break;
      }
      case 1:
        run("DELETE FROM audit_entries WHERE number = ?", at);
        break;
      case 2: {
        const auto other = *rc::gen::inRange<std::uint64_t>(at + 1, entries);
        run("UPDATE audit_entries SET number = 1000000 WHERE number = ?", at);
        run("UPDATE audit_entries SET number = ? WHERE number = ?", at, other);
        run("UPDATE audit_entries SET number = ? WHERE number = 1000000", other);
        break;
      }
      case 3:  // replayed at the end
        run("INSERT INTO audit_entries(incarnation, number, time, event, client, leaf, fields, personal) "
            "SELECT incarnation, ?, time, event, client, leaf, fields, personal FROM audit_entries "
            "WHERE number = ?",
            entries, at);
        named = entries;
        break;
      case 4:
        run("DELETE FROM audit_entries WHERE number >= ?", at);
        break;
      case 5:
        run("UPDATE audit_entries SET client = 'C-none' WHERE number = ?", at);
        break;
      case 6:
        run("UPDATE audit_entries SET time = time + 1 WHERE number = ?", at);
        break;
      case 7: {  // another history with leaves and state that fit: a fork under the signed heads
        auto sealed = audit::seal(at, now, {.event = audit::Event::client_searched}, stored.entropy).value();
        auto state = storage::audit_state(tx).value();
        const auto leaves = storage::audit_leaves(tx, 1, entries).value();
        CompactTree tree;
        for (std::uint64_t i = 0; i < entries; ++i) tree.append(i == at ? sealed.leaf : leaves[i]);
        run("DELETE FROM audit_entries WHERE number = ?", at);
        state.tree = tree;
        RC_ASSERT(storage::append_audit_entry(tx, sealed, state, {}).has_value());
        named = at / head_every * head_every;
        break;
      }
      default: {  // set back to an older state, with everything that says otherwise: only a head elsewhere can tell
        const auto leaves = storage::audit_leaves(tx, 1, at).value();
        CompactTree tree;
        for (const Hash256& leaf : leaves) tree.append(leaf);
        run("DELETE FROM audit_entries WHERE number >= ?", at);
        run("DELETE FROM audit_heads WHERE size > ?", at);
        run("UPDATE audit_logs SET tree = ?", tree.encode());
        RC_ASSERT(stored.check(tx).findings.empty());
        heads = {stored.last};
        break;
      }
    }
    const DiskLog log = stored.check(tx, heads);
    RC_ASSERT(!log.findings.empty());
    std::uint64_t first = UINT64_MAX;
    for (const audit::Finding& finding : log.findings)
      first = std::min(first, finding.entry.value_or(UINT64_MAX));
    RC_ASSERT(first == *named);
  }));
}

TEST_CASE("R8.2: a head that this node did not sign is no head, in its database or given") {
  Stored stored;
  auto tx = stored.begin();
  TestEntropy entropy(9);
  Note note = parse_note(stored.last, 4096).value();
  note.signatures.clear();
  REQUIRE(sign_note(note, stored.log.origin(tx)->text(), new_signing_key(entropy).secret_key));
  CHECK_FALSE(check_log_on_disk(tx, stored.membership, {note.encode()}));
  CHECK_FALSE(check_log_on_disk(tx, stored.membership, {std::string("no note")}));
  REQUIRE(tx.exec("UPDATE audit_heads SET note = ? WHERE size = ?", note.encode(), entries));
  CHECK_FALSE(stored.check(tx).findings.empty());
}
