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

/// A database with a log of so many entries, about clients and about none, and heads in between and at the end.
struct Stored : test::MemberLog {
  std::uint64_t size;
  std::uint64_t every;
  std::string last;

  explicit Stored(std::uint64_t size_, std::uint64_t every_, std::uint64_t clients = 50)
      : size(size_), every(every_) {
    join(now);
    auto tx = begin();
    for (std::uint64_t i = 1; i < size; ++i) {
      const bool of_none = i % (clients + 3) == 0;
      REQUIRE(log.append(tx, now, entropy, person,
                         {.event = of_none ? audit::Event::match_read : audit::Event::client_read,
                          .client = of_none ? "" : fmt::format("C-{}", i % clients)}));
      if ((i + 1) % every == 0) REQUIRE(log.head(tx, now));
    }
    last = log.head(tx, now).value();
    REQUIRE(tx.commit());
    REQUIRE(database->flush());
  }
  DiskLog check(storage::Transaction& tx, const std::vector<std::string>& heads = {}) const {
    return check_log_on_disk(tx, membership, heads).value().front();
  }
};

}  // namespace

TEST_CASE("R8.2: the log on disk is accepted with every head, and says how much no head covers yet") {
  Stored stored(entries, head_every);
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

namespace {

enum class Tampering : int {
  change,           ///< One bit of what was sealed in the open.
  change_personal,  ///< Of what is sealed under the client's key.
  change_client,    ///< The column under which it is found.
  change_time,
  drop,
  swap,
  insert,    ///< A copy of another entry, and the later ones move up.
  replay,    ///< A copy of it at the end.
  truncate,  ///< It and all later ones.
  fork,      ///< Another entry, with leaf and state that fit: another history under the signed heads.
  set_back,  ///< The whole database, heads and state too, as it was before it: only a head elsewhere tells.
  last = set_back
};

/// Does it, and gives the entry that must be named; nothing when there is no such thing to do here. `other` is a later entry,
/// `bit` any.
std::optional<std::uint64_t> tamper(storage::Transaction& tx, const Stored& stored, Tampering how,
                                    std::uint64_t at, std::uint64_t other, std::size_t bit,
                                    std::vector<std::string>& heads) {
  const auto run = [&](std::string_view sql, const auto&... args) {
    if (!tx.exec(sql, args...)) throw std::runtime_error("the log cannot be edited");
  };
  const auto flip = [&](std::string_view select, std::string_view update) {
    const auto row = tx.one(select, at).value();
    if (row->is_null(0)) return false;
    Bytes bytes = to_bytes(row->get<ByteView>(0));
    bytes[bit / 8 % bytes.size()] ^= static_cast<Byte>(1U << bit % 8);
    run(update, bytes, at);
    return true;
  };
  const auto copy_to = [&](std::uint64_t from, std::uint64_t number) {
    run("INSERT INTO audit_entries(incarnation, number, time, event, client, leaf, fields, personal) "
        "SELECT incarnation, ?, time, event, client, leaf, fields, personal FROM audit_entries WHERE number "
        "= ?",
        number, from);
  };
  const auto tree_of = [&](std::uint64_t size, const std::optional<Hash256>& instead) {
    const auto leaves = storage::audit_leaves(tx, 1, size).value();
    CompactTree tree;
    for (std::uint64_t i = 0; i < size; ++i) tree.append(i == at && instead ? *instead : leaves[i]);
    return tree;
  };
  switch (how) {
    case Tampering::change:
      flip("SELECT fields FROM audit_entries WHERE number = ?",
           "UPDATE audit_entries SET fields = ? WHERE number = ?");
      return at;
    case Tampering::change_personal:
      if (!flip("SELECT personal FROM audit_entries WHERE number = ?",
                "UPDATE audit_entries SET personal = ? WHERE number = ?"))
        return std::nullopt;
      return at;
    case Tampering::change_client:
      run("UPDATE audit_entries SET client = 'C-none' WHERE number = ?", at);
      return at;
    case Tampering::change_time:
      run("UPDATE audit_entries SET time = time + 1 WHERE number = ?", at);
      return at;
    case Tampering::drop:
      run("DELETE FROM audit_entries WHERE number = ?", at);
      return at;
    case Tampering::swap:
      if (other == at) return std::nullopt;
      run("UPDATE audit_entries SET number = 1000000 WHERE number = ?", at);
      run("UPDATE audit_entries SET number = ? WHERE number = ?", at, other);
      run("UPDATE audit_entries SET number = ? WHERE number = 1000000", other);
      return at;
    case Tampering::insert:
      if (other == at) return std::nullopt;
      copy_to(other, 1'000'000);
      run("UPDATE audit_entries SET number = number + 2000000 WHERE number >= ? AND number < 1000000", at);
      run("UPDATE audit_entries SET number = ? WHERE number = 1000000", at);
      run("UPDATE audit_entries SET number = number - 1999999 WHERE number >= 2000000");
      return at;
    case Tampering::replay:
      copy_to(at, stored.size);
      return stored.size;
    case Tampering::truncate:
      run("DELETE FROM audit_entries WHERE number >= ?", at);
      return at;
    case Tampering::fork: {
      TestEntropy entropy(bit);
      auto sealed =
          audit::seal(at, now, {.event = at == 0 ? audit::Event::log_opened : audit::Event::client_searched},
                      entropy)
              .value();
      auto state = storage::audit_state(tx).value();
      state.tree = tree_of(stored.size, sealed.leaf);
      run("DELETE FROM audit_entries WHERE number = ?", at);
      if (!storage::append_audit_entry(tx, sealed, state, {}))
        throw std::runtime_error("the log cannot be edited");
      return at / stored.every * stored.every;
    }
    case Tampering::set_back: {
      if (at == 0) return std::nullopt;  // a database without a log is another matter
      const CompactTree tree = tree_of(at, {});
      run("DELETE FROM audit_entries WHERE number >= ?", at);
      run("DELETE FROM audit_heads WHERE size > ?", at);
      run("UPDATE audit_logs SET tree = ?", tree.encode());
      if (!stored.check(tx).findings.empty()) throw std::runtime_error("an older state must look whole");
      heads = {stored.last};
      return at;
    }
  }
  return std::nullopt;
}

/// The least entry that any finding names.
std::optional<std::uint64_t> first_named(const DiskLog& log) {
  std::optional<std::uint64_t> first;
  for (const audit::Finding& finding : log.findings)
    if (finding.entry && (!first || *finding.entry < *first)) first = finding.entry;
  return first;
}

}  // namespace

TEST_CASE("R8.2: rows that were edited through SQL are found, and the entry is named") {
  static Stored stored(entries, head_every);
  CHECK(rc::check("tampered on disk", [] {
    auto outer = stored.begin();
    auto tx = std::move(outer.nested().value());  // undone at the end: each try edits a fresh copy
    const auto how = static_cast<Tampering>(*rc::gen::inRange(0, static_cast<int>(Tampering::last) + 1));
    const auto at = *rc::gen::inRange<std::uint64_t>(0, entries - 1);
    const auto other = *rc::gen::inRange<std::uint64_t>(at + 1, entries);
    std::vector<std::string> heads;
    const auto named = tamper(tx, stored, how, at, other, *rc::gen::inRange<std::size_t>(0, 100'000), heads);
    RC_PRE(named.has_value());
    const DiskLog log = stored.check(tx, heads);
    RC_ASSERT(!log.findings.empty());
    RC_ASSERT(first_named(log) == named);
  }));
}

TEST_CASE(
    "R8.2: thousands of logs on disk, each edited at another entry in another way: all found, all named") {
  std::size_t tampered = 0;
  for (std::uint64_t shape = 1; shape <= 12; ++shape) {
    Stored stored(12 + shape, 3 + shape % 5, 1 + shape % 4);
    auto outer = stored.begin();
    for (int how = 0; how <= static_cast<int>(Tampering::last); ++how)
      for (std::uint64_t at = 0; at < stored.size; ++at) {
        auto tx = std::move(outer.nested().value());
        std::vector<std::string> heads;
        const std::uint64_t other =
            at + 1 == stored.size ? at : at + 1 + (shape * 7 + at) % (stored.size - at - 1);
        const auto named = tamper(tx, stored, static_cast<Tampering>(how), at, other,
                                  static_cast<std::size_t>(shape * 1009 + at * 37), heads);
        if (!named) continue;
        ++tampered;
        const DiskLog log = stored.check(tx, heads);
        CAPTURE(shape, how, at, other);
        for (const audit::Finding& finding : log.findings) UNSCOPED_INFO(finding.sentence);
        REQUIRE_FALSE(log.findings.empty());
        REQUIRE(first_named(log) == named);
      }
  }
  CHECK(tampered > 2000);
}

TEST_CASE("R8.2: a head that this node did not sign is no head, in its database or given") {
  Stored stored(entries, head_every);
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
