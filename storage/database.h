// The node's encrypted database, and the only file that knows SQLCipher.
//
// Everything a node knows lives in one SQLCipher file (R1.1): AES-256 pages, each with an HMAC-SHA512, under
// a random 32-byte key that key_file.h wraps. The key goes in raw, so SQLCipher derives nothing from a
// passphrase. Page nonces and the file's salt come from SQLCipher's own generator (OpenSSL): they are no
// state of the node, so a simulation stays repeatable. What is deleted is overwritten, temporary data stays
// in memory, extensions cannot be loaded.
//
// One process, one thread: open() takes a lock on `<path>.lock`, so a second start says what is wrong instead
// of working beside the first. One thread at a time may use a Database and everything made from it.
//
// The unit of durability is a *group*, the unit of an event is a *savepoint* in it (architecture.md, "One
// thread decides"):
//
//   KNOOP_LET(tx, database.begin());          // opens the group when none is open, then a savepoint
//   KNOOP_TRY(tx.exec("INSERT INTO t(a, b) VALUES (?, ?)", 1, "two"));
//   KNOOP_TRY(tx.commit());                   // the event is in the group; without this line it never
//   happened KNOOP_TRY(database.flush());              // the group is on disk (fsync); only now may answers
//   and messages go out
//
// When the loop flushes is its own affair (idle, 5 ms, 256 events). When flush() fails, *no* event of the
// group happened: the loop drops the group's answers and outgoing messages with it.
//
// What a hostile peer can do here: nothing directly. Values are bound, never put into SQL text; a statement
// is a literal of ours. Peers fill tables, so every table that they fill has a limit in the service that
// writes it.
//
// Errors, all Side::ours:
//   bad_key           the key is not this database's        damaged_database  a page fails its check, or not
//   a database newer_schema      made by a newer program               bad_format        decrypts, but is no
//   Knoop database database_busy     another process has it                disk_full         no room; the
//   group is undone io_failed         the disk said no                      conflict          a UNIQUE, CHECK
//   or REFERENCES rule refused not_found / conflict from open(): nothing there to open / already there to
//   create
#pragma once

#include <array>
#include <filesystem>
#include <functional>
#include <memory>
#include <tuple>

#include "crypto/base/entropy.h"
#include "crypto/keys.h"
#include "storage/migrations.h"
#include "storage/value.h"

namespace knoop::storage {

class Transaction;
class ClientVault;
class Connection;  // the SQLCipher handle, its statements and the state of the group; database.cpp

/// Whether an error says something about our own disk, and nothing about what was to be stored: trying again later may
/// work, and nobody else is to blame.
[[nodiscard]] constexpr bool is_about_the_disk(ErrorCode code) {
  return code == ErrorCode::disk_full || code == ErrorCode::io_failed ||
         code == ErrorCode::damaged_database || code == ErrorCode::database_busy;
}

enum class OpenMode {
  create,  ///< The file must not exist (or be empty, as a creation that was cut off leaves it).
  open,    ///< The file must exist.
};

struct OpenOptions {
  std::string
      vfs;  ///< SQLite's name of the file layer; empty is the system's. tests/sim injects faults here.
  Milliseconds busy_timeout{250};  ///< Only ever spent on a second connection of our own, such as a backup.
  std::int64_t max_pages =
      0;  ///< Refuse to grow over this many pages of 4096 bytes; 0 is SQLite's own limit.
  std::span<const Migration> migrations = all_migrations();
  /// For tests of what a fault at any one call would do: asked before each statement runs, true makes it fail with
  /// io_failed. Production leaves it empty.
  std::function<bool(std::string_view sql)> refuse_call{};
};

class Database {
 public:
  /// Opens, checks that the key fits, and brings the schema up to date in one transaction. On any error
  /// nothing on disk has changed, except that `create` may leave an empty file behind.
  [[nodiscard]] static Result<std::unique_ptr<Database>> open(const std::filesystem::path& path,
                                                              const SymmetricKey& key, OpenMode mode,
                                                              const OpenOptions& options = {});

  ~Database();  ///< An open group is undone.
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  /// A savepoint for one event. Fails when the group is already lost (see flush) or the disk refuses.
  [[nodiscard]] Result<Transaction> begin();
  /// Events committed since the last flush.
  [[nodiscard]] std::size_t pending() const;
  /// Makes the group durable. On an error the whole group is undone. After io_failed it is unknown whether
  /// the group is on disk (a failed fsync cannot be asked twice), so the Database refuses all further work:
  /// stop and start anew.
  [[nodiscard]] Result<void> flush();
  /// Undoes the group, as if its events had never come.
  void discard();

  /// Reads every page and every table: for `doctor` and after an unclean stop. Slow on a large file.
  [[nodiscard]] Result<void> check();
  /// The number of the newest migration that was applied.
  [[nodiscard]] int schema_version() const;

  /// Where erasure keys and nonces come from: needed before a client is written. Node::start() gives its own.
  void use_entropy(Entropy& entropy);
  /// The erasure keys beside a database of records (client_vault.h).
  [[nodiscard]] ClientVault& vault();
  /// Moves the write-ahead log into the file and cuts it to nothing, so that nothing deleted stands in it any more.
  [[nodiscard]] Result<void> truncate_log();

 private:
  explicit Database(std::unique_ptr<Connection> connection);
  [[nodiscard]] Result<void> destroy_erased();
  [[nodiscard]] static Result<std::unique_ptr<Database>> open_file(const std::filesystem::path& path,
                                                                   const SymmetricKey& key, OpenMode mode,
                                                                   const OpenOptions& options);

  std::unique_ptr<Connection> connection_;
};

/// A savepoint: all of it happens, or none. Destroyed without commit() it is undone. Transactions nest
/// strictly: only the innermost may be used. All reads and writes of an event go through the one its handler
/// was given.
class Transaction {
 public:
  Transaction(Transaction&& other) noexcept;
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();

  /// Keeps what was done. When it fails, nothing was kept.
  [[nodiscard]] Result<void> commit();
  /// A part of this event that may fail by itself, such as one row of an import.
  [[nodiscard]] Result<Transaction> nested();

  /// Runs one statement.
  template <typename... Args>
  [[nodiscard]] Result<void> exec(std::string_view sql, const Args&... args) {
    return run(sql, std::array<Value, sizeof...(Args)>{to_value(args)...}).map([](std::int64_t) {});
  }
  /// Runs one statement and says how many rows it changed.
  template <typename... Args>
  [[nodiscard]] Result<std::int64_t> change(std::string_view sql, const Args&... args) {
    return run(sql, std::array<Value, sizeof...(Args)>{to_value(args)...});
  }
  /// Runs one INSERT and gives the row's id.
  template <typename... Args>
  [[nodiscard]] Result<std::int64_t> insert(std::string_view sql, const Args&... args) {
    KNOOP_TRY(run(sql, std::array<Value, sizeof...(Args)>{to_value(args)...}));
    return last_insert_id();
  }
  /// The first row, owned by the caller.
  template <typename... Args>
  [[nodiscard]] Result<std::optional<Row>> one(std::string_view sql, const Args&... args) {
    return first(sql, std::array<Value, sizeof...(Args)>{to_value(args)...});
  }
  /// Every row in turn: `each(sql, args..., [&](const Row& row) -> Result<void> { … })`. The first Error ends
  /// it. The row's views live until the next row. The visitor may use this transaction, but not change the
  /// rows it walks.
  template <typename... ArgsAndVisit>
  [[nodiscard]] Result<void> each(std::string_view sql, ArgsAndVisit&&... args_and_visit) {
    constexpr std::size_t count = sizeof...(ArgsAndVisit) - 1;
    const auto all = std::forward_as_tuple(args_and_visit...);
    return [&]<std::size_t... I>(std::index_sequence<I...>) {
      return walk(sql, std::array<Value, count>{to_value(std::get<I>(all))...}, std::get<count>(all));
    }
    (std::make_index_sequence<count>{});
  }
  /// The erasure keys beside this database.
  [[nodiscard]] ClientVault& vault() const;
  /// Bytes that can still be stored: what the disk has left, and not more than the database may grow. For whoever can wait
  /// before a full disk stops everything.
  [[nodiscard]] Result<std::uint64_t> room();
  /// Several statements without values: migrations.
  [[nodiscard]] Result<void> script(const std::string& sql);

 private:
  friend class Database;
  Transaction(Connection& connection, int depth) : connection_(&connection), depth_(depth) {}

  [[nodiscard]] Result<std::int64_t> run(std::string_view sql, std::span<const Value> values);
  [[nodiscard]] Result<std::optional<Row>> first(std::string_view sql, std::span<const Value> values);
  [[nodiscard]] Result<void> walk(std::string_view sql, std::span<const Value> values,
                                  const std::function<Result<void>(const Row&)>& visit);
  [[nodiscard]] std::int64_t last_insert_id() const;

  Connection* connection_;  ///< Null once committed or moved from.
  int depth_;
};

}  // namespace knoop::storage
