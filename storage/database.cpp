#include "storage/database.h"

#include <sys/stat.h>

#include <cerrno>
#include <cstring>

#include "storage/database_connection.h"
#include "storage/private_file.h"

namespace knoop::storage {
namespace {

constexpr std::int64_t application_id = 0x4B4E4F50;  // "KNOP"
/// Longest single value. The largest fragment and export slice stay far below it.
constexpr int max_value_bytes = 64 * 1024 * 1024;
/// Pages kept decrypted. Every other read costs a decryption and an HMAC of 4 KiB: with SQLite's 2 MiB an import of
/// 300,000 clients took three times as long. Memory grows only as pages are used.
constexpr std::int64_t page_cache_kib = 64 * 1024;
// Pages in the WAL before they are copied into the file (16 MiB). Pages that many commits change, as indexes of random
// tokens do, are copied once for all of them; journal_size_limit is four times this.
constexpr std::int64_t checkpoint_pages = 4096;

/// The two conditions on what is at `path` before SQLite sees it.
Result<void> check_path(const std::filesystem::path& path, OpenMode mode) {
  struct stat info {};
  const bool there = ::stat(path.c_str(), &info) == 0;
  if (!there && errno != ENOENT)
    return fail(ErrorCode::io_failed, Side::ours, "cannot look at {}: {}", path.string(),
                std::strerror(errno));
  if (there && !S_ISREG(info.st_mode))
    return fail(ErrorCode::bad_value, Side::user, "{} is not a file; name the database file", path.string());
  if (mode == OpenMode::open) {
    if (!there)
      return fail(ErrorCode::not_found, Side::user, "there is no database at {}; make one with `knoop init`",
                  path.string());
    if (info.st_size == 0)
      return fail(ErrorCode::damaged_database, Side::ours,
                  "the database {} is empty: its creation was cut off or it was overwritten; restore it from "
                  "a backup, or "
                  "make a new one with `knoop init`",
                  path.string());
    return {};
  }
  if (!there) return write_private_file(path, {});  // SQLite would make it readable to all
  if (info.st_size > 0)
    return fail(ErrorCode::conflict, Side::user, "there is already a database at {}; it is left as it is",
                path.string());
  return {};
}

Result<void> use_key(sqlite3* db, const SymmetricKey& key) {
  // x'…' is SQLCipher's form of a raw key: no derivation runs.
  constexpr std::string_view digits = "0123456789abcdef";
  std::array<char, 2 * SymmetricKey::size + 3> text{};
  text[0] = 'x';
  text[1] = '\'';
  std::size_t at = 2;
  for (const Byte byte : key.expose()) {
    text[at++] = digits[byte >> 4U];
    text[at++] = digits[byte & 15U];
  }
  text[at] = '\'';
  const int code = sqlite3_key(db, text.data(), static_cast<int>(text.size()));
  wipe(text.data(), text.size());
  if (code != SQLITE_OK) return fail(error_of(db, code));
  return {};
}

Result<std::int64_t> read_integer(Connection& connection, std::string_view sql) {
  KNOOP_LET(statement, Statement::prepare(connection, sql, {}));
  KNOOP_LET(found, statement.step());
  KNOOP_ASSERT(found, "a PRAGMA that returns its value");
  return statement.row().get<std::int64_t>(0);
}

/// How many pages fail their authentication, and how many there are.
Result<std::pair<std::int64_t, std::int64_t>> count_bad_pages(Connection& connection,
                                                              const std::filesystem::path& path) {
  std::int64_t bad = 0;
  KNOOP_LET(statement, Statement::prepare(connection, "PRAGMA cipher_integrity_check", {}));
  for (;;) {
    KNOOP_LET(more, statement.step());
    if (!more) break;
    ++bad;
  }
  std::error_code ignored;
  const auto bytes = std::filesystem::file_size(path, ignored);
  return std::pair{bad, ignored ? 0 : static_cast<std::int64_t>(bytes / 4096)};
}

/// Reads the first page. When it does not decrypt, either the key is another or the page is damaged: with the
/// right key the other pages still pass.
Result<void> check_key(Connection& connection, const std::filesystem::path& path) {
  const auto readable = read_integer(connection, "SELECT count(*) FROM sqlite_schema");
  if (readable) return {};
  if (readable.error().code != ErrorCode::damaged_database) return fail(readable.error());
  const auto pages = count_bad_pages(connection, path);
  if (pages && pages->first < pages->second)
    return fail(ErrorCode::damaged_database, Side::ours,
                "the database {} is damaged: {} of its {} pages fail their check; restore it from a backup",
                path.string(), pages->first, pages->second);
  return fail(ErrorCode::bad_key, Side::ours,
              "the key does not open {}: it belongs to another database, or the beginning of the file is "
              "damaged; check "
              "that the key file stands beside its own database, else restore a backup",
              path.string());
}

Result<void> configure(Connection& connection, const OpenOptions& options) {
  sqlite3* db = connection.db;
  sqlite3_limit(db, SQLITE_LIMIT_LENGTH, max_value_bytes);
  sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
  sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DDL, 0, nullptr);
  return connection.script(
      fmt::format("PRAGMA synchronous = FULL;"
                  "PRAGMA foreign_keys = ON;"
                  "PRAGMA secure_delete = ON;"
                  "PRAGMA cell_size_check = ON;"
                  "PRAGMA temp_store = MEMORY;"
                  "PRAGMA cache_size = -{};"
                  "PRAGMA journal_size_limit = 67108864;"
                  "PRAGMA wal_autocheckpoint = {};"
                  "PRAGMA max_page_count = {};",
                  page_cache_kib, checkpoint_pages, options.max_pages > 0 ? options.max_pages : 4294967294));
}

/// Whether the file is Knoop's, and not newer than this program.
Result<void> check_version(Connection& connection, const std::filesystem::path& path,
                           const OpenOptions& options) {
  KNOOP_LET(application, read_integer(connection, "PRAGMA application_id"));
  if (application != application_id)
    return fail(ErrorCode::bad_format, Side::user, "{} is not the database of a Knoop node", path.string());
  KNOOP_LET(version, read_integer(connection, "PRAGMA user_version"));
  const int newest = options.migrations.empty() ? 0 : options.migrations.back().number;
  if (version > newest)
    return fail(
        ErrorCode::newer_schema, Side::ours,
        "{} has schema {}, made by a newer program; this one knows up to {}: install the newer program again",
        path.string(), version, newest);
  return {};
}

std::filesystem::path beside(std::filesystem::path path, std::string_view suffix) {
  return path += suffix;
}

}  // namespace

Database::Database(std::unique_ptr<Connection> connection) : connection_(std::move(connection)) {}
Database::~Database() = default;

Result<std::unique_ptr<Database>> Database::open(const std::filesystem::path& path_given,
                                                 const SymmetricKey& key, OpenMode mode,
                                                 const OpenOptions& options) {
  if (path_given.empty() || path_given == ":memory:")
    return fail(ErrorCode::bad_value, Side::user,
                "a database needs a file: one in memory would not be encrypted");
  // Absolute, so that no name can mean anything but a file to SQLite.
  const std::filesystem::path path = std::filesystem::absolute(path_given);

  // Looked at before and after the lock: the first for its clear error, the second because it counts.
  if (mode == OpenMode::open) KNOOP_TRY(check_path(path, mode));
  KNOOP_LET(lock, ProcessLock::take(beside(path, ".lock")));
  KNOOP_TRY(check_path(path, mode));
  const bool records = options.migrations.data() == all_migrations().data();
  std::unique_ptr<ClientVault> vault;
  // A new database has its keys first: one without them would be of no use.
  if (records && mode == OpenMode::create) {
    KNOOP_LET(made, ClientVault::open(path, key, mode, options));
    vault = std::move(made);
  }
  auto database = open_file(path, key, mode, options);
  if (!database) {
    vault.reset();
    // What was begun is of no use, and would stand in the way of the next attempt. It was empty when we came.
    std::error_code ignored;
    if (mode == OpenMode::create)
      for (const char* suffix : {"", "-wal", "-shm"}) {
        std::filesystem::remove(beside(path, suffix), ignored);
        if (records) std::filesystem::remove(beside(ClientVault::keys_path(path), suffix), ignored);
      }
    return database;
  }
  (*database)->connection_->hold(std::move(lock));
  if (records && mode == OpenMode::open) {
    KNOOP_LET(found, ClientVault::open(path, key, mode, options));
    vault = std::move(found);
  }
  if (!records) return database;
  (*database)->connection_->vault = std::move(vault);
  // A crash may have come between an erasure and the end of its key; and key file or records may be older than the journal.
  KNOOP_LET(journal, (*database)->vault().journal());
  KNOOP_TRY((*database)->vault().destroy(journal));
  KNOOP_TRY((*database)->destroy_erased());
  return database;
}

void Database::use_entropy(Entropy& entropy) {
  if (connection_->vault) connection_->vault->use_entropy(entropy);
}

ClientVault& Database::vault() {
  KNOOP_ASSERT(connection_->vault != nullptr, "a database of records has its erasure keys");
  return *connection_->vault;
}

Result<void> Database::truncate_log() {
  Connection& c = *connection_;
  KNOOP_ASSERT(!c.group_open, "a log is cut when nothing is under way");
  return c.script("PRAGMA wal_checkpoint(TRUNCATE)");
}

Result<void> Database::destroy_erased() {
  Connection& c = *connection_;
  std::vector<VaultKeyId> ids;
  std::int64_t newest = c.vault->erased_;
  {
    const Value after = newest;
    KNOOP_LET(statement, Statement::prepare(c, "SELECT number, key FROM erased_keys WHERE number > ?",
                                            std::span<const Value>(&after, 1)));
    for (;;) {
      KNOOP_LET(more, statement.step());
      if (!more) break;
      const Row row = statement.row();
      newest = std::max(newest, row.get<std::int64_t>(0));
      ids.push_back(row.get<VaultKeyId>(1));
    }
  }
  KNOOP_TRY(c.vault->destroy(ids));
  c.vault->erased_ = newest;
  // Nor does the rest of a row stay in the log of the records.
  if (!ids.empty() && c.vault->cut_records_) KNOOP_TRY(truncate_log());
  c.vault->cut_records_ = false;
  return {};
}

Result<std::unique_ptr<Database>> Database::open_file(const std::filesystem::path& path,
                                                      const SymmetricKey& key, OpenMode mode,
                                                      const OpenOptions& options) {
  sqlite3* db = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_EXRESCODE,
                                   options.vfs.empty() ? nullptr : options.vfs.c_str());
  auto connection = std::make_unique<Connection>(db);
  if (code != SQLITE_OK) return connection->refuse(code);
  sqlite3_busy_timeout(db, static_cast<int>(options.busy_timeout.count()));
  // Until we know the file is ours, closing it must not move the write-ahead log into it.
  sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  KNOOP_TRY(use_key(db, key));
  KNOOP_TRY(check_key(*connection, path));
  KNOOP_TRY(configure(*connection, options));
  if (mode == OpenMode::open) KNOOP_TRY(check_version(*connection, path, options));
  // Cannot be changed inside a transaction; on an existing database it says what is already so.
  KNOOP_TRY(connection->script("PRAGMA journal_mode = WAL"));

  std::unique_ptr<Database> database(new Database(std::move(connection)));
  KNOOP_LET(tx, database->begin());
  KNOOP_LET(schema, migrate(tx, options.migrations));
  if (mode == OpenMode::create)
    KNOOP_TRY(tx.script(fmt::format("PRAGMA application_id = {}", application_id)));
  KNOOP_TRY(tx.commit());
  KNOOP_TRY(database->flush());
  database->connection_->schema = schema;
  database->connection_->refuse_call = options.refuse_call;
  sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, nullptr);
  return database;
}

Result<Transaction> Database::begin() {
  Connection& c = *connection_;
  if (c.dead) return fail(*c.dead);
  if (c.lost) return fail(*c.lost);
  KNOOP_ASSERT(c.depth == 0, "one event at a time");
  if (!c.group_open) {
    KNOOP_TRY(c.control("BEGIN IMMEDIATE"));
    c.group_open = true;
    c.pending = 0;
  }
  KNOOP_TRY(c.control("SAVEPOINT s1"));
  c.depth = 1;
  return Transaction(c, 1);
}

std::size_t Database::pending() const {
  return connection_->pending;
}
int Database::schema_version() const {
  return connection_->schema;
}

Result<void> Database::flush() {
  Connection& c = *connection_;
  if (c.dead) return fail(*c.dead);
  KNOOP_ASSERT(c.depth == 0, "no event is under way when its group is flushed");
  if (!c.group_open) return {};
  Result<void> committed;
  if (c.lost)
    committed = fail(*c.lost);
  else if (c.vault)
    committed = c.vault->flush();
  if (committed) committed = c.control("COMMIT");
  if (!committed && committed.error().code == ErrorCode::io_failed) c.dead = committed.error();
  if (!committed) {
    discard();
    return committed;
  }
  c.group_open = false;
  c.pending = 0;
  if (!c.vault || c.vault->erasing_.empty()) return {};
  // What was erased is so for good from here on, whatever happens to its key now: the next start redoes this.
  Result<void> destroyed = destroy_erased();
  if (!destroyed)
    c.dead = Error{ErrorCode::io_failed, Side::ours,
                   "the key of a destroyed client could not be destroyed; start the node again: " +
                       destroyed.error().sentence};
  return destroyed ? Result<void>{} : fail(*c.dead);
}

void Database::discard() {
  Connection& c = *connection_;
  KNOOP_ASSERT(c.depth == 0, "no event is under way when its group is dropped");
  if (!sqlite3_get_autocommit(c.db)) sqlite3_exec(c.db, "ROLLBACK", nullptr, nullptr, nullptr);
  c.group_open = false;
  c.pending = 0;
  c.lost.reset();
  if (c.vault) c.vault->discard();
}

Result<void> Database::check() {
  Connection& c = *connection_;
  if (c.dead) return fail(*c.dead);
  for (const char* sql : {"PRAGMA cipher_integrity_check", "PRAGMA quick_check"}) {
    KNOOP_LET(statement, Statement::prepare(c, sql, {}));
    for (;;) {
      KNOOP_LET(more, statement.step());
      if (!more) break;
      const Row row = statement.row();
      const auto finding = row.get<std::string_view>(0);
      if (finding != "ok")
        return fail(ErrorCode::damaged_database, Side::ours,
                    "the database is damaged ({}); restore it from a backup", finding);
    }
  }
  return {};
}

}  // namespace knoop::storage
