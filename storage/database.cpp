#include "storage/database.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <unordered_map>

#include "storage/private_file.h"

namespace knoop::storage {
namespace {

constexpr std::int64_t kApplicationId = 0x4B4E4F50;  // "KNOP"
/// Idle prepared statements kept. Our SQL is a fixed set of literals well below this; the bound is for
/// safety.
constexpr std::size_t kMaxCachedStatements = 1024;
/// Longest single value. The largest fragment and export slice stay far below it.
constexpr int kMaxValueBytes = 64 * 1024 * 1024;

std::string os_reason(int error) {
  return std::strerror(error);
}  // one thread uses a Database

/// An Error for a result code of SQLite. The message names tables and columns, never values.
Error error_of(sqlite3* db, int code) {
  const std::string message = db == nullptr ? sqlite3_errstr(code) : sqlite3_errmsg(db);
  const auto error = [](ErrorCode what, std::string sentence) {
    return Error{what, Side::ours, std::move(sentence)};
  };
  switch (code & 0xff) {
    case SQLITE_FULL:
      return error(ErrorCode::disk_full,
                   "no room for the database; free disk space or raise its limit, nothing was stored");
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return error(ErrorCode::database_busy,
                   "the database is in use by another process; stop it and try again");
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return error(ErrorCode::damaged_database,
                   "the database is damaged (" + message + "); restore it from a backup");
    case SQLITE_CONSTRAINT:
      return error(ErrorCode::conflict,
                   "the database refused a record that breaks its rules (" + message + ")");
    case SQLITE_TOOBIG:
      return error(ErrorCode::over_limit, "a value is larger than the database takes");
    case SQLITE_ERROR:
      // SQLCipher reports a page that fails its authentication as a plain error of the whole file layer,
      // without text of its own; a mistake in our SQL always has one.
      if (message == sqlite3_errstr(SQLITE_ERROR))
        return error(ErrorCode::damaged_database,
                     "a page of the database fails its check; restore it from a backup");
      return error(ErrorCode::io_failed, "the database refused a statement (" + message + ")");
    default:
      return error(ErrorCode::io_failed,
                   fmt::format("the database cannot be read or written ({}, code {}); check the "
                               "disk and its permissions",
                               message, code));
  }
}

/// A file descriptor that holds the process lock; closing it, also by dying, gives the lock back.
class LockFile {
 public:
  static Result<LockFile> take(const std::filesystem::path& path) {
    const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
      return fail(ErrorCode::io_failed, Side::ours, "cannot open the lock file {}: {}", path.string(),
                  os_reason(errno));
    LockFile lock(fd);
    if (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
      if (errno == EWOULDBLOCK)
        return fail(ErrorCode::database_busy, Side::ours,
                    "another process holds {}: a node runs once on its database; stop the other one first",
                    path.string());
      return fail(ErrorCode::io_failed, Side::ours, "cannot lock {}: {}", path.string(), os_reason(errno));
    }
    return lock;
  }
  LockFile(LockFile&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  LockFile& operator=(LockFile&&) = delete;
  ~LockFile() {
    if (fd_ >= 0) ::close(fd_);
  }

 private:
  explicit LockFile(int fd) : fd_(fd) {}
  int fd_;
};

/// The two conditions on what is at `path` before SQLite sees it.
Result<void> check_path(const std::filesystem::path& path, OpenMode mode) {
  struct stat info {};
  const bool there = ::stat(path.c_str(), &info) == 0;
  if (!there && errno != ENOENT)
    return fail(ErrorCode::io_failed, Side::ours, "cannot look at {}: {}", path.string(), os_reason(errno));
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

}  // namespace

/// The handle, its idle statements, and how far the group is.
class Connection {
 public:
  Connection(sqlite3* handle, LockFile lock) : db(handle), lock_(std::move(lock)) {}
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() {
    for (auto& [sql, statement] : idle_) sqlite3_finalize(statement);
    if (!sqlite3_get_autocommit(db)) sqlite3_exec(db, "ROLLBACK", nullptr, nullptr, nullptr);
    sqlite3_close(db);
  }

  [[nodiscard]] Result<void> script(const std::string& sql) {
    const int code = sqlite3_exec(db, sql.c_str(), nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) return refuse(code);
    return {};
  }

  /// Turns a result code into an Error, and notes when SQLite undid the group by itself (a full disk does
  /// that).
  [[nodiscard]] tl::unexpected<Error> refuse(int code) {
    Error error = error_of(db, code);
    if (group_open && sqlite3_get_autocommit(db)) {
      if (!lost) lost = error;
    }
    return fail(std::move(error));
  }

  [[nodiscard]] Result<sqlite3_stmt*> lease(std::string_view sql) {
    if (const auto found = idle_.find(std::string(sql)); found != idle_.end()) {
      sqlite3_stmt* statement = found->second;
      idle_.erase(found);
      return statement;
    }
    sqlite3_stmt* statement = nullptr;
    const char* rest = nullptr;
    const int code = sqlite3_prepare_v3(db, sql.data(), static_cast<int>(sql.size()),
                                        SQLITE_PREPARE_PERSISTENT, &statement, &rest);
    if (code != SQLITE_OK) return refuse(code);
    KNOOP_ASSERT(statement != nullptr && rest == sql.data() + sql.size(), "exactly one SQL statement");
    return statement;
  }
  void give_back(std::string_view sql, sqlite3_stmt* statement) {
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);  // values must not outlive their call
    if (idle_.size() >= kMaxCachedStatements)
      sqlite3_finalize(statement);
    else
      idle_.emplace(sql, statement);
  }

  sqlite3* db;
  bool group_open = false;
  int depth = 0;            ///< Open savepoints.
  std::size_t pending = 0;  ///< Events committed into the open group.
  int schema = 0;
  std::optional<Error> lost;  ///< Why the open group can no longer be committed.
  std::optional<Error> dead;  ///< Why nothing may be done any more.

 private:
  LockFile lock_;
  std::unordered_multimap<std::string, sqlite3_stmt*> idle_;
};

namespace {

/// A statement for one run. Two runs of the same SQL at a time get two statements.
class Statement {
 public:
  static Result<Statement> prepare(Connection& connection, std::string_view sql,
                                   std::span<const Value> values) {
    KNOOP_LET(leased, connection.lease(sql));
    Statement statement(connection, sql, leased);
    KNOOP_ASSERT(sqlite3_bind_parameter_count(leased) == static_cast<int>(values.size()),
                 "a value for every ? in the SQL");
    for (std::size_t i = 0; i < values.size(); ++i) {
      const int code = statement.bind(static_cast<int>(i + 1), values[i]);
      if (code == SQLITE_MISMATCH)
        return fail(ErrorCode::bad_value, Side::ours, "a number is above 2^63 - 1 and cannot be stored");
      if (code != SQLITE_OK) return connection.refuse(code);
    }
    return statement;
  }
  Statement(Statement&& other) noexcept
      : connection_(other.connection_),
        sql_(other.sql_),
        statement_(std::exchange(other.statement_, nullptr)) {}
  Statement& operator=(Statement&&) = delete;
  ~Statement() {
    if (statement_ != nullptr) connection_.give_back(sql_, statement_);
  }

  /// True when there is a row, false at the end.
  [[nodiscard]] Result<bool> step() {
    const int code = sqlite3_step(statement_);
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) return false;
    return connection_.refuse(code);
  }

  /// The current row, borrowed until the next step.
  [[nodiscard]] Row row() const {
    const int count = sqlite3_column_count(statement_);
    std::vector<Value> cells;
    cells.reserve(static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i) cells.push_back(column(i));
    return Row(std::move(cells));
  }

 private:
  Statement(Connection& connection, std::string_view sql, sqlite3_stmt* statement)
      : connection_(connection), sql_(sql), statement_(statement) {}

  [[nodiscard]] int bind(int index, const Value& value) {
    // SQLITE_STATIC: the caller's values live until the statement is given back. SQLite takes a null pointer
    // for NULL, so an empty value gets an address.
    if (const auto* number = std::get_if<std::int64_t>(&value))
      return sqlite3_bind_int64(statement_, index, *number);
    if (const auto* text = std::get_if<std::string_view>(&value))
      return sqlite3_bind_text64(statement_, index, text->empty() ? "" : text->data(), text->size(),
                                 SQLITE_STATIC, SQLITE_UTF8);
    if (const auto* blob = std::get_if<ByteView>(&value))
      return sqlite3_bind_blob64(statement_, index,
                                 blob->empty() ? static_cast<const void*>("") : blob->data(), blob->size(),
                                 SQLITE_STATIC);
    if (std::holds_alternative<TooLarge>(value)) return SQLITE_MISMATCH;
    return sqlite3_bind_null(statement_, index);
  }

  [[nodiscard]] Value column(int i) const {
    switch (sqlite3_column_type(statement_, i)) {
      case SQLITE_INTEGER:
        return std::int64_t{sqlite3_column_int64(statement_, i)};
      case SQLITE_TEXT: {
        const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement_, i));
        return std::string_view(text, static_cast<std::size_t>(sqlite3_column_bytes(statement_, i)));
      }
      case SQLITE_BLOB: {
        const auto* bytes = static_cast<const Byte*>(sqlite3_column_blob(statement_, i));
        return ByteView(bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_, i)));
      }
      case SQLITE_NULL:
        return std::monostate{};
      default:
        KNOOP_ASSERT(false, "no floating point column");
    }
  }

  Connection& connection_;
  std::string_view sql_;
  sqlite3_stmt* statement_;
};

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
  sqlite3_limit(db, SQLITE_LIMIT_LENGTH, kMaxValueBytes);
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
                  "PRAGMA journal_size_limit = 67108864;"
                  "PRAGMA max_page_count = {};",
                  options.max_pages > 0 ? options.max_pages : 4294967294));
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
  std::filesystem::path lock_path = path;
  lock_path += ".lock";
  KNOOP_LET(lock, LockFile::take(lock_path));
  KNOOP_TRY(check_path(path, mode));

  sqlite3* db = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_EXRESCODE,
                                   options.vfs.empty() ? nullptr : options.vfs.c_str());
  if (code != SQLITE_OK) {
    Error error = error_of(db, code);
    sqlite3_close(db);
    return fail(std::move(error));
  }
  auto connection = std::make_unique<Connection>(db, std::move(lock));
  sqlite3_busy_timeout(db, static_cast<int>(options.busy_timeout.count()));
  // Until we know the file is ours, closing it must not move the write-ahead log into it.
  sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  KNOOP_TRY(use_key(db, key));
  KNOOP_TRY(check_key(*connection, path));
  KNOOP_TRY(configure(*connection, options));

  if (mode == OpenMode::open) {
    KNOOP_LET(application, read_integer(*connection, "PRAGMA application_id"));
    if (application != kApplicationId)
      return fail(ErrorCode::bad_format, Side::user, "{} is not the database of a Knoop node", path.string());
    KNOOP_LET(version, read_integer(*connection, "PRAGMA user_version"));
    const int newest = options.migrations.empty() ? 0 : options.migrations.back().number;
    if (version > newest)
      return fail(ErrorCode::newer_schema, Side::ours,
                  "{} has schema {}, made by a newer program; this one knows up to {}: install the newer "
                  "program again",
                  path.string(), version, newest);
  }
  // Cannot be changed inside a transaction; on an existing database it says what is already so.
  KNOOP_TRY(connection->script("PRAGMA journal_mode = WAL"));

  std::unique_ptr<Database> database(new Database(std::move(connection)));
  KNOOP_LET(tx, database->begin());
  KNOOP_LET(schema, migrate(tx, options.migrations));
  if (mode == OpenMode::create)
    KNOOP_TRY(tx.script(fmt::format("PRAGMA application_id = {}", kApplicationId)));
  KNOOP_TRY(tx.commit());
  KNOOP_TRY(database->flush());
  database->connection_->schema = schema;
  sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, nullptr);
  return database;
}

Result<Transaction> Database::begin() {
  Connection& c = *connection_;
  if (c.dead) return fail(*c.dead);
  if (c.lost) return fail(*c.lost);
  KNOOP_ASSERT(c.depth == 0, "one event at a time");
  if (!c.group_open) {
    KNOOP_TRY(c.script("BEGIN IMMEDIATE"));
    c.group_open = true;
    c.pending = 0;
  }
  KNOOP_TRY(c.script("SAVEPOINT s1"));
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
  if (c.lost) {
    committed = fail(*c.lost);
  } else {
    committed = c.script("COMMIT");
    if (!committed && committed.error().code == ErrorCode::io_failed) c.dead = committed.error();
  }
  if (!committed)
    discard();
  else
    c.group_open = false;
  c.pending = 0;
  return committed;
}

void Database::discard() {
  Connection& c = *connection_;
  KNOOP_ASSERT(c.depth == 0, "no event is under way when its group is dropped");
  if (!sqlite3_get_autocommit(c.db)) sqlite3_exec(c.db, "ROLLBACK", nullptr, nullptr, nullptr);
  c.group_open = false;
  c.pending = 0;
  c.lost.reset();
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

Transaction::Transaction(Transaction&& other) noexcept
    : connection_(std::exchange(other.connection_, nullptr)), depth_(other.depth_) {}

Transaction::~Transaction() {
  if (connection_ == nullptr) return;
  Connection& c = *connection_;
  KNOOP_ASSERT(c.depth == depth_, "the innermost transaction ends first");
  --c.depth;
  if (c.lost) return;  // SQLite already undid it all
  // A rollback to a savepoint needs no disk space; if it fails all the same, the group cannot be kept.
  if (auto undone = c.script(fmt::format("ROLLBACK TO s{0}; RELEASE s{0}", depth_)); !undone)
    c.lost = undone.error();
}

Result<void> Transaction::commit() {
  KNOOP_ASSERT(connection_ != nullptr, "a transaction is committed once");
  Connection& c = *connection_;
  KNOOP_ASSERT(c.depth == depth_, "the innermost transaction ends first");
  if (c.lost) return fail(*c.lost);
  KNOOP_TRY(c.script(fmt::format("RELEASE s{}", depth_)));
  --c.depth;
  if (depth_ == 1) ++c.pending;
  connection_ = nullptr;
  return {};
}

Result<Transaction> Transaction::nested() {
  Connection& c = *connection_;
  KNOOP_ASSERT(c.depth == depth_, "only the innermost transaction is used");
  if (c.lost) return fail(*c.lost);
  KNOOP_TRY(c.script(fmt::format("SAVEPOINT s{}", depth_ + 1)));
  ++c.depth;
  return Transaction(c, depth_ + 1);
}

Result<void> Transaction::script(const std::string& sql) {
  if (connection_->lost) return fail(*connection_->lost);
  return connection_->script(sql);
}

Result<std::int64_t> Transaction::run(std::string_view sql, std::span<const Value> values) {
  KNOOP_ASSERT(connection_ != nullptr && connection_->depth == depth_,
               "only the innermost transaction is used");
  if (connection_->lost) return fail(*connection_->lost);
  KNOOP_LET(statement, Statement::prepare(*connection_, sql, values));
  for (;;) {
    KNOOP_LET(more, statement.step());
    if (!more) break;
  }
  return sqlite3_changes64(connection_->db);
}

Result<std::optional<Row>> Transaction::first(std::string_view sql, std::span<const Value> values) {
  KNOOP_ASSERT(connection_ != nullptr && connection_->depth == depth_,
               "only the innermost transaction is used");
  if (connection_->lost) return fail(*connection_->lost);
  KNOOP_LET(statement, Statement::prepare(*connection_, sql, values));
  KNOOP_LET(found, statement.step());
  if (!found) return std::nullopt;
  Row row = statement.row().detached();
  // To the end, so that an INSERT … RETURNING is complete.
  for (;;) {
    KNOOP_LET(more, statement.step());
    if (!more) break;
  }
  return row;
}

Result<void> Transaction::walk(std::string_view sql, std::span<const Value> values,
                               const std::function<Result<void>(const Row&)>& visit) {
  KNOOP_ASSERT(connection_ != nullptr && connection_->depth == depth_,
               "only the innermost transaction is used");
  if (connection_->lost) return fail(*connection_->lost);
  KNOOP_LET(statement, Statement::prepare(*connection_, sql, values));
  for (;;) {
    KNOOP_LET(more, statement.step());
    if (!more) return {};
    KNOOP_TRY(visit(statement.row()));
  }
}

std::int64_t Transaction::last_insert_id() const {
  return sqlite3_last_insert_rowid(connection_->db);
}

}  // namespace knoop::storage
