// What waits without a client of its own: old copies of the records give none of it back.
#include "storage/waiting.h"

#include <catch2/catch.hpp>

#include <filesystem>

#include "storage/dead_letter_repository.h"
#include "storage/erasure_repository.h"
#include "storage/private_file.h"
#include "storage/records_repository.h"
#include "tests/support/must.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test_entropy.h"

namespace knoop::storage {
namespace {

namespace fs = std::filesystem;
using test::must;

constexpr Timestamp now{1'000'000};
constexpr std::string_view words = "Noor woont nu bij haar oma.";
const MemberId peer(std::array<Byte, 32>{7});
const MemberId another(std::array<Byte, 32>{8});

struct Office {
  Office() { open(OpenMode::create); }
  void open(OpenMode mode) {
    database = must(Database::open(path(), key, mode));
    database->use_entropy(entropy);
  }
  template <typename F>
  auto event(F&& f) {
    auto tx = must(database->begin());
    auto out = must(f(tx));
    must(tx.commit());
    must(database->flush());
    return out;
  }
  void put_client_named(const std::string& ref) {
    event([&](Transaction& tx) {
      records::Client client;
      client.ref = ref;
      client.surname = "Voorbeeld";
      client.birth_date = {2015, 6, 1};
      return put_client(tx, client, now);
    });
  }
  void queue(MessageType type, std::string_view body) {
    event([&](Transaction& tx) -> Result<int> {
      KNOOP_LET(kept, seal_waiting(tx, {"outbox", peer, type}, view(body)));
      KNOOP_TRY(tx.exec("INSERT INTO outbox(peer, stream, type, queued_at, body) VALUES (?, ?, ?, ?, ?)",
                        peer, stream_of(type), type, now, kept));
      KNOOP_LET(dead, seal_waiting(tx, {"dead_letter", peer, type}, view(body)));
      KNOOP_TRY(tx.exec(
          "INSERT INTO dead_letter(peer, stream, number, type, sent_at, received_at, body, code, sentence) "
          "VALUES (?, ?, 1, ?, ?, ?, ?, 'bad-value', 'x')",
          peer, stream_of(type), type, now, now, dead));
      return 0;
    });
  }
  std::vector<std::optional<Bytes>> opened() {
    return event([&](Transaction& tx) -> Result<std::vector<std::optional<Bytes>>> {
      std::vector<std::optional<Bytes>> out;
      for (const std::string_view table : {"outbox", "dead_letter"})
        KNOOP_TRY(tx.each(fmt::format("SELECT type, body FROM {} WHERE length(body) > 0 ORDER BY id", table),
                          [&](const Row& row) -> Result<void> {
                            const auto type = static_cast<MessageType>(row.get<std::uint16_t>(0));
                            KNOOP_LET(body, open_waiting(tx, {table, peer, type}, row.get<ByteView>(1)));
                            out.push_back(std::move(body));
                            return {};
                          }));
      return out;
    });
  }
  std::int64_t in_the_clear() {
    return event([&](Transaction& tx) -> Result<std::int64_t> {
      KNOOP_LET(row,
                tx.one("SELECT (SELECT count(*) FROM outbox WHERE instr(body, ?1) > 0) + (SELECT count(*) "
                       "FROM dead_letter WHERE instr(body, ?1) > 0)",
                       view(words)));
      return row->get<std::int64_t>(0);
    });
  }
  void destroy(const std::string& ref) {
    event([&](Transaction& tx) -> Result<int> {
      KNOOP_TRY(erase_client(tx, ref, now));
      return 0;
    });
  }
  Bytes records() {
    database.reset();
    Bytes out = must(read_small_file(path(), 1U << 24U, Readers::anyone));
    open(OpenMode::open);
    return out;
  }
  /// The records of another time, with the erasure keys as they are.
  void put_back(const Bytes& old) {
    database.reset();
    for (const char* suffix : {"", "-wal", "-shm"}) fs::remove(fs::path(path()) += suffix);
    must(write_private_file(path(), old));
    open(OpenMode::open);
  }
  [[nodiscard]] fs::path path() const { return dir.path() / "knoop.db"; }

  testing::TempDir dir;
  TestEntropy entropy;
  SymmetricKey key;
  std::unique_ptr<Database> database;
};

TEST_CASE(
    "R8.4 a message that waits is not in the records in the clear, and opens for its own peer and type "
    "only") {
  Office office;
  office.queue(MessageType::handover_event, words);
  CHECK(office.in_the_clear() == 0);
  for (const auto& body : office.opened()) CHECK(body == to_bytes(words));
  auto tx = must(office.database->begin());
  const Bytes sealed = must(seal_waiting(tx, {"outbox", peer, MessageType::handover_event}, view(words)));
  for (const WaitingBody& wrong : {WaitingBody{"outbox", another, MessageType::handover_event},
                                   WaitingBody{"outbox", peer, MessageType::handover_state},
                                   WaitingBody{"dead_letter", peer, MessageType::handover_event}}) {
    const auto opened = open_waiting(tx, wrong, sealed);
    REQUIRE_FALSE(opened);
    CHECK(opened.error().code == ErrorCode::damaged_database);
  }
}

TEST_CASE(
    "R8.4 destroying a client takes from every old copy what waited, and loses nothing that still has to "
    "go") {
  Office office;
  office.put_client_named("A");
  office.put_client_named("B");
  office.queue(MessageType::handover_event, words);
  office.queue(MessageType::register_batch, "numbers");
  const Bytes old = office.records();
  office.destroy("A");
  for (const auto& body : office.opened()) CHECK((body == to_bytes(words) || body == to_bytes("numbers")));
  const Bytes between = office.records();
  office.queue(MessageType::match_notice, words);
  CHECK(office.opened().size() == 6);

  // Neither copy opens after the next destruction, not even with the keys of today.
  office.destroy("B");
  for (const Bytes& copy : {old, between}) {
    office.put_back(copy);
    std::size_t numbers = 0;
    for (const auto& body : office.opened()) {
      CHECK((!body || body == to_bytes("numbers")));
      if (body) ++numbers;
    }
    CHECK(numbers == 2);
    // The start takes out what is no message any more, and what comes next has a key again.
    office.event([](Transaction& tx) { return sweep_erased(tx, now); });
    CHECK(office.event([](Transaction& tx) -> Result<std::int64_t> {
      KNOOP_LET(row, tx.one("SELECT count(*) FROM outbox"));
      return row->get<std::int64_t>(0);
    }) == 1);
    office.queue(MessageType::handover_event, words);
    CHECK(office.in_the_clear() == 0);
    CHECK(office.opened().at(1) == to_bytes(words));
  }
}

TEST_CASE("R8.4 a dead letter that was handled keeps its circumstances and loses its body") {
  Office office;
  office.queue(MessageType::handover_event, words);
  office.event([](Transaction& tx) -> Result<int> {
    KNOOP_LET(open, open_dead_letters(tx));
    CHECK(open.size() == 1);
    KNOOP_TRY(handle_dead_letter(tx, open[0].id, now));
    KNOOP_LET(row, tx.one("SELECT count(*) FROM dead_letter WHERE length(body) = 0 AND code = 'bad-value'"));
    CHECK(row->get<std::int64_t>(0) == 1);
    return 0;
  });
}

TEST_CASE("an erasure that was undone leaves what waits as it was") {
  Office office;
  office.put_client_named("A");
  office.queue(MessageType::handover_event, words);
  {
    auto tx = must(office.database->begin());
    must(erase_client(tx, "A", now));
  }
  must(office.database->flush());
  for (const auto& body : office.opened()) CHECK(body == to_bytes(words));
  office.queue(MessageType::match_notice, words);
  CHECK(office.opened().size() == 4);
}

}  // namespace
}  // namespace knoop::storage
