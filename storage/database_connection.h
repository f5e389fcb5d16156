// Behind database.h: SQLCipher's handle and statements, with its error codes turned into Errors. Nobody but
// storage/database*.cpp includes this.
#pragma once

#include <sqlite3.h>

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "storage/client_vault.h"
#include "storage/process_lock.h"
#include "storage/value.h"

namespace knoop::storage {

/// An Error for a result code of SQLite. SQLite's own text names tables and columns, never values.
[[nodiscard]] Error error_of(sqlite3* db, int code);

/// The handle, its idle statements, and how far the open group is.
class Connection {
 public:
  explicit Connection(sqlite3* handle) : db(handle) {}
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection();

  /// Keeps the lock until the handle is closed.
  void hold(ProcessLock lock) { lock_.emplace(std::move(lock)); }

  /// Statements without values or rows, compiled for this once.
  [[nodiscard]] Result<void> script(const std::string& sql);
  /// One statement without values or rows, kept compiled: BEGIN, SAVEPOINT and the like.
  [[nodiscard]] Result<void> control(std::string_view sql);
  /// Turns a result code into an Error, and notes when SQLite undid the group by itself (a full disk does that).
  [[nodiscard]] tl::unexpected<Error> refuse(int code);

  sqlite3* db;
  bool group_open = false;
  int depth = 0;            ///< Open savepoints.
  std::size_t pending = 0;  ///< Events committed into the open group.
  int schema = 0;
  std::function<bool(std::string_view)> refuse_call;  ///< OpenOptions::refuse_call.
  std::optional<Error> lost;                          ///< Why the open group can no longer be committed.
  std::optional<Error> dead;                          ///< Why nothing may be done any more.
  std::unique_ptr<ClientVault> vault;                 ///< Of a database of records.

 private:
  friend class Statement;
  [[nodiscard]] Result<sqlite3_stmt*> lease(std::string_view sql);
  void give_back(std::string_view sql, sqlite3_stmt* statement);

  std::optional<ProcessLock> lock_;
  /// By their SQL; looked up without a copy of it.
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  std::unordered_map<std::string, std::vector<sqlite3_stmt*>, TextHash, std::equal_to<>> idle_;
  std::size_t idle_count_ = 0;
};

/// A statement for one run; it borrows its SQL and values. Two runs of the same SQL at a time get two statements.
class Statement {
 public:
  [[nodiscard]] static Result<Statement> prepare(Connection& connection, std::string_view sql,
                                                 std::span<const Value> values);
  Statement(Statement&& other) noexcept;
  Statement& operator=(Statement&&) = delete;
  ~Statement();

  /// True when there is a row, false at the end.
  [[nodiscard]] Result<bool> step();
  /// Steps to the end.
  [[nodiscard]] Result<void> finish();
  /// The current row, borrowed until the next step.
  [[nodiscard]] Row row() const;

 private:
  Statement(Connection& connection, std::string_view sql, sqlite3_stmt* statement)
      : connection_(connection), sql_(sql), statement_(statement) {}

  [[nodiscard]] int bind(int index, const Value& value);
  [[nodiscard]] Value column(int i) const;

  Connection& connection_;
  std::string_view sql_;
  sqlite3_stmt* statement_;
};

}  // namespace knoop::storage
