#include "node/core/audit_log.h"

#include <catch2/catch.hpp>

#include "crypto/note.h"
#include "protocol/audit/check.h"
#include "tests/support/member_log.h"

using namespace knoop;

namespace {

const Timestamp now = test::at("2026-11-21T09:30:00Z");
const Actor person{Role::professional, "c.jansen", "b.devries", std::nullopt, "console"};

struct Bench : test::MemberLog {
  std::uint64_t add(storage::Transaction& tx, audit::Event event, Timestamp at = now) {
    return log.append(tx, at, entropy, person, {.event = event, .client = "SMW-1"}).value();
  }

  std::vector<audit::ExportedEntry> entries(storage::Transaction& tx) {
    std::vector<audit::ExportedEntry> out;
    REQUIRE(storage::each_audit_entry(tx, 1, 0, 1000, [&](const audit::ExportedEntry& entry) -> Result<void> {
      out.push_back(entry);
      return {};
    }));
    return out;
  }
};

const std::string& value(const audit::ExportedEntry& entry, audit::Field field) {
  return std::get<audit::Opening>(entry.fields[slot(field)]).value;
}

}  // namespace

TEST_CASE("the log opens itself, names who acted, and its signed head covers every entry (R8.1, R8.2)") {
  Bench bench;
  bench.join(now);
  auto tx = bench.begin();
  CHECK(bench.add(tx, audit::Event::client_read) == 1);
  CHECK(bench.add(tx, audit::Event::match_read) == 2);
  const auto entries = bench.entries(tx);
  REQUIRE(entries.size() == 3);
  CHECK(value(entries[0], audit::Field::event) == "log.opened");
  CHECK(value(entries[1], audit::Field::user) == "c.jansen");
  CHECK(value(entries[1], audit::Field::responsible) == "b.devries");
  CHECK(value(entries[1], audit::Field::role) == "professional");
  CHECK(value(entries[1], audit::Field::source) == "console");
  CHECK(value(entries[1], audit::Field::client) == "SMW-1");

  const std::string head = bench.log.head(tx, now).value();
  CHECK(bench.log.head(tx, now).value() == head);
  const auto note = parse_note(head, 4096).value();
  const auto origin = bench.log.origin(tx).value();
  CHECK(verify_note(note, NoteVerifier{origin.text(), bench.keys.signing.public_key}));
  audit::LogChecker checker(origin, {Checkpoint::parse(note.text).value()});
  for (const auto& entry : entries) checker.add(entry);
  CHECK(checker.finish().empty());
}

TEST_CASE("what is undone was never logged: the entries of a savepoint go with it (R8.1)") {
  Bench bench;
  bench.join(now);
  auto tx = bench.begin();
  bench.add(tx, audit::Event::client_read);
  {
    auto nested = std::move(tx.nested().value());
    bench.add(nested, audit::Event::client_deleted);
  }
  CHECK(bench.add(tx, audit::Event::match_read) == 2);
  const auto entries = bench.entries(tx);
  CHECK(entries.size() == 3);
  CHECK(value(entries[2], audit::Field::event) == "match.read");
}

TEST_CASE("a clock that is set back does not reorder the log (R8.2)") {
  Bench bench;
  auto tx = bench.begin();
  bench.add(tx, audit::Event::client_read, now);
  bench.add(tx, audit::Event::client_read, now - Milliseconds{3'600'000});
  const auto entries = bench.entries(tx);
  CHECK(value(entries[2], audit::Field::time) == value(entries[1], audit::Field::time));
}

TEST_CASE("the log goes on after the node was closed and opened again (R8.1)") {
  Bench bench;
  bench.join(now);
  {
    auto tx = bench.begin();
    bench.add(tx, audit::Event::client_read);
    REQUIRE(tx.commit());
  }
  REQUIRE(bench.database->flush());
  bench.database.reset();
  bench.database = storage::Database::open(bench.dir / "node.db", bench.key, storage::OpenMode::open).value();
  auto tx = bench.begin();
  CHECK(bench.add(tx, audit::Event::match_read) == 2);
  std::uint64_t of_client = 0;
  REQUIRE(storage::each_audit_entry_of_client(tx, "SMW-1", [&](const audit::ExportedEntry&) -> Result<void> {
    ++of_client;
    return {};
  }));
  CHECK(of_client == 2);
  const auto leaves = storage::audit_leaves(tx, 1, 3).value();
  CHECK(root_of(leaves) == storage::audit_state(tx)->tree.root());
}

TEST_CASE("a log without a network has entries but no name and no head") {
  Bench bench;
  auto tx = bench.begin();
  bench.add(tx, audit::Event::keys_created);
  const auto head = bench.log.head(tx, now);
  REQUIRE_FALSE(head);
  CHECK(head.error().code == ErrorCode::wrong_state);
}

TEST_CASE("a value that no entry can hold fails the event that it tells about (R8.1)") {
  Bench bench;
  auto tx = bench.begin();
  const auto result = bench.log.append(
      tx, now, bench.entropy, person,
      {.event = audit::Event::client_read, .detail = std::string(audit::max_value + 1, 'x')});
  REQUIRE_FALSE(result);
  CHECK(result.error().code == ErrorCode::over_limit);
}
