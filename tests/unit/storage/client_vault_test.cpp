// The erasure keys: nothing is lost and nothing returns, whatever happens between the two files.
#include "storage/client_vault.h"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>

#include "storage/audit_repository.h"
#include "storage/erasure_repository.h"
#include "storage/private_file.h"
#include "storage/records_repository.h"
#include "tests/support/must.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test_entropy.h"

namespace knoop::storage {
namespace {

namespace fs = std::filesystem;
using records::Client;
using test::must;

constexpr Timestamp now{1'000'000};

Client a_client(std::string ref) {
  Client client;
  client.ref = std::move(ref);
  client.bsn = *records::Bsn::parse("123456782");
  client.given_names = "Noor";
  client.surname = "Voorbeeld";
  client.birth_date = {2015, 6, 1};
  return client;
}

/// A database whose n-th commit, of either file, can be made to fail, and that can be opened anew.
struct Office {
  Office() { open(OpenMode::create); }
  explicit Office(const fs::path& copy_of) {
    for (const auto& entry : fs::directory_iterator(copy_of))
      if (entry.path().extension() != ".lock") fs::copy(entry.path(), dir.path() / entry.path().filename());
    open(OpenMode::open);
  }
  void open(OpenMode mode) {
    database.reset();
    OpenOptions options;
    options.refuse_call = [this](std::string_view sql) {
      return sql == "COMMIT" && refuse_commit > 0 && --refuse_commit == 0;
    };
    database = must(Database::open(path(), key, mode, options));
    database->use_entropy(entropy);
  }
  /// As after a crash: a copy of the files as they lie.
  void crash() {
    Office after(dir.path());
    database.reset();
    for (const auto& entry : fs::directory_iterator(dir.path())) fs::remove(entry.path());
    after.database.reset();
    for (const auto& entry : fs::directory_iterator(after.dir.path()))
      fs::copy(entry.path(), dir.path() / entry.path().filename());
    open(OpenMode::open);
  }
  Result<void> add(const std::string& ref) {
    {
      KNOOP_LET(tx, database->begin());
      KNOOP_TRY(put_client(tx, a_client(ref), now));
      KNOOP_TRY(tx.commit());
    }
    return database->flush();
  }
  Result<void> erase(const std::string& ref) {
    {
      KNOOP_LET(tx, database->begin());
      KNOOP_TRY(erase_client(tx, ref, now));
      KNOOP_TRY(tx.commit());
    }
    return database->flush();
  }
  [[nodiscard]] bool has(const std::string& ref) {
    auto tx = must(database->begin());
    const auto listed = must(list_clients(tx, {.bsn = records::Bsn::parse("123456782").value()}));
    const auto found = must(find_client(tx, ref));
    const bool in_list = std::ranges::any_of(listed, [&](const auto& one) { return one.client.ref == ref; });
    CHECK(found.has_value() == in_list);
    if (found) CHECK(found->client == a_client(ref));
    return found.has_value();
  }
  [[nodiscard]] std::int64_t keys() {
    std::int64_t count = 0;
    auto tx = must(database->begin());
    for (const char* ref : {"A", "B", "C"}) count += must(tx.vault().find_key(ref)) ? 1 : 0;
    return count;
  }
  [[nodiscard]] fs::path path() const { return dir.path() / "knoop.db"; }

  testing::TempDir dir;
  TestEntropy entropy;
  SymmetricKey key;
  int refuse_commit = 0;
  std::unique_ptr<Database> database;
};

TEST_CASE("a sealed value opens in its own place only, and not when it was changed") {
  Office office;
  auto tx = must(office.database->begin());
  ClientVault& vault = tx.vault();
  const auto a = must(vault.key_of("A"));
  const auto b = must(vault.key_of("B"));
  CHECK(must(vault.key_of("A")) == a);
  const Bytes row{1};
  const Bytes sealed = must(vault.seal(a, {"consents", row}, view("woorden")));
  CHECK(must(vault.open({"consents", row}, sealed)) == to_bytes("woorden"));

  const auto refused = [&](const Place& place, const Bytes& value) {
    const auto opened = vault.open(place, value);
    REQUIRE_FALSE(opened);
    CHECK(opened.error().code == ErrorCode::damaged_database);
  };
  refused({"grounds", row}, sealed);
  refused({"consents", Bytes{2}}, sealed);
  Bytes others = sealed;  // a row passed off as another client's
  std::ranges::copy(b.view(), others.begin());
  refused({"consents", row}, others);
  for (std::size_t i = VaultKeyId::size; i < sealed.size(); ++i) {
    Bytes changed = sealed;
    changed[i] = static_cast<Byte>(changed[i] ^ 1U);
    refused({"consents", row}, changed);
  }
  refused({"consents", row}, Bytes(sealed.begin(), sealed.begin() + 20));
}

TEST_CASE("look-up hashes are of one kind of thing, and of one database") {
  Office office;
  Office other;
  std::ignore = other.entropy.draw<VaultKeyId>();  // so that its keys differ
  auto tx = must(office.database->begin());
  auto elsewhere = must(other.database->begin());
  CHECK(must(tx.vault().lookup("bsn", view("1"))) == must(tx.vault().lookup("bsn", view("1"))));
  CHECK(must(tx.vault().lookup("bsn", view("1"))) != must(tx.vault().lookup("address", view("1"))));
  CHECK(must(tx.vault().lookup("bsn", view("1"))) != must(elsewhere.vault().lookup("bsn", view("1"))));
}

TEST_CASE("R8.4 destroying a client destroys its key, and no other's") {
  Office office;
  must(office.add("A"));
  must(office.add("B"));
  must(office.erase("A"));
  CHECK_FALSE(office.has("A"));
  CHECK(office.has("B"));
  CHECK(office.keys() == 1);
  CHECK(fs::file_size(fs::path(ClientVault::keys_path(office.path())) += "-wal") == 0);
  office.open(OpenMode::open);
  CHECK_FALSE(office.has("A"));
  CHECK(office.has("B"));
  must(office.add("A"));  // the reference may come back, for a client of its own
  CHECK(office.has("A"));
  office.crash();
  CHECK(office.has("A"));
}

TEST_CASE("an erasure that was undone destroys nothing") {
  Office office;
  must(office.add("A"));
  {
    auto tx = must(office.database->begin());
    must(erase_client(tx, "A", now));
    // In the same group nothing is written under a key that is about to go.
    const auto refused = tx.vault().key_of("A");
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == ErrorCode::wrong_state);
  }
  {
    auto tx = must(office.database->begin());
    must(put_client(tx, a_client("B"), now));
    must(tx.commit());
  }
  must(office.database->flush());
  CHECK(office.has("A"));
  office.open(OpenMode::open);
  CHECK(office.has("A"));
  CHECK(office.has("B"));
}

TEST_CASE("crash: a new key is durable and its first row is not") {
  Office office;
  office.refuse_commit = 2;  // keys, then records
  REQUIRE_FALSE(office.add("A"));
  office.crash();
  CHECK_FALSE(office.has("A"));
  CHECK(office.keys() == 1);
  must(office.add("A"));
  office.crash();
  CHECK(office.has("A"));
}

TEST_CASE("crash: neither the new key nor its first row is durable") {
  Office office;
  must(office.add("B"));
  office.refuse_commit = 1;
  REQUIRE_FALSE(office.add("A"));
  office.crash();
  CHECK_FALSE(office.has("A"));
  CHECK(office.has("B"));
  CHECK(office.keys() == 1);
  must(office.add("A"));
  CHECK(office.has("A"));
}

TEST_CASE("crash: the erasure is not durable, so the client is there as before") {
  Office office;
  must(office.add("A"));
  office.refuse_commit = 1;  // no new key: the records come first
  REQUIRE_FALSE(office.erase("A"));
  office.crash();
  CHECK(office.has("A"));
  CHECK(office.keys() == 1);
}

TEST_CASE("crash: the erasure is durable and the key still there, the next start destroys it") {
  Office office;
  must(office.add("A"));
  office.refuse_commit = 2;
  const auto failed = office.erase("A");
  REQUIRE_FALSE(failed);
  CHECK(failed.error().code == ErrorCode::io_failed);
  CHECK_FALSE(office.database->begin());  // nothing more is done before a new start
  office.crash();
  CHECK_FALSE(office.has("A"));
  CHECK(office.keys() == 0);
}

TEST_CASE("R8.4 an old copy of the records with the newer keys shows nothing of a destroyed client") {
  Office office;
  must(office.add("A"));
  must(office.add("B"));
  office.database.reset();
  const Bytes old_records = must(read_small_file(office.path(), 1U << 24U, Readers::anyone));
  office.open(OpenMode::open);
  must(office.erase("A"));
  office.database.reset();
  for (const char* suffix : {"", "-wal", "-shm"}) fs::remove(fs::path(office.path()) += suffix);
  must(write_private_file(office.path(), old_records));
  office.open(OpenMode::open);
  CHECK_FALSE(office.has("A"));
  CHECK(office.has("B"));
  auto tx = must(office.database->begin());
  CHECK(must(count_clients(tx)) == 2);
  CHECK(must(sweep_erased(tx, now)) == 1);
  CHECK(must(count_clients(tx)) == 1);
  CHECK(must(sweep_erased(tx, now)) == 0);
}

TEST_CASE("R8.4 old copies of records and keys show nothing either, where the journal is kept") {
  Office office;
  must(office.add("A"));
  must(office.add("B"));
  office.database.reset();
  Office backup(office.dir.path());
  backup.database.reset();
  office.open(OpenMode::open);
  must(office.erase("A"));
  office.database.reset();
  fs::copy(ClientVault::journal_path(office.path()), ClientVault::journal_path(backup.path()));
  backup.open(OpenMode::open);
  CHECK_FALSE(backup.has("A"));
  CHECK(backup.has("B"));
  CHECK(backup.keys() == 1);
}

TEST_CASE("records without their erasure keys are refused, and so is a journal that is none") {
  Office office;
  must(office.add("A"));
  must(office.erase("A"));
  office.database.reset();
  const auto journal = ClientVault::journal_path(office.path());
  CHECK(fs::file_size(journal) == 33);
  {
    std::ofstream(journal, std::ios::app) << "half a li";  // as a power cut leaves it
  }
  office.open(OpenMode::open);
  CHECK(must(office.database->vault().journal()).size() == 1);
  office.database.reset();
  { std::ofstream(journal, std::ios::app) << std::string(64, 'x'); }
  const auto damaged = Database::open(office.path(), office.key, OpenMode::open);
  REQUIRE_FALSE(damaged);
  CHECK(damaged.error().code == ErrorCode::damaged_database);
  fs::remove(journal);

  fs::rename(ClientVault::keys_path(office.path()), office.dir.path() / "elsewhere");
  const auto alone = Database::open(office.path(), office.key, OpenMode::open);
  REQUIRE_FALSE(alone);
  CHECK(alone.error().code == ErrorCode::not_found);
}

}  // namespace
}  // namespace knoop::storage
