#include "storage/database_connection.h"

namespace knoop::storage {
namespace {

/// Idle prepared statements kept. Our SQL is a fixed set of literals well below this; the bound is for safety.
constexpr std::size_t max_cached_statements = 1024;

}  // namespace

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

Connection::~Connection() {
  for (auto& [sql, statements] : idle_)
    for (sqlite3_stmt* statement : statements) sqlite3_finalize(statement);
  if (db != nullptr && !sqlite3_get_autocommit(db)) sqlite3_exec(db, "ROLLBACK", nullptr, nullptr, nullptr);
  sqlite3_close(db);
}

Result<void> Connection::script(const std::string& sql) {
  const int code = sqlite3_exec(db, sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return refuse(code);
  return {};
}

Result<void> Connection::control(std::string_view sql) {
  KNOOP_LET(statement, Statement::prepare(*this, sql, {}));
  return statement.finish();
}

tl::unexpected<Error> Connection::refuse(int code) {
  Error error = error_of(db, code);
  if (group_open && sqlite3_get_autocommit(db) && !lost) lost = error;
  return fail(std::move(error));
}

Result<sqlite3_stmt*> Connection::lease(std::string_view sql) {
  if (const auto found = idle_.find(sql); found != idle_.end() && !found->second.empty()) {
    sqlite3_stmt* statement = found->second.back();
    found->second.pop_back();
    --idle_count_;
    return statement;
  }
  sqlite3_stmt* statement = nullptr;
  const char* rest = nullptr;
  const int code = sqlite3_prepare_v3(db, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT,
                                      &statement, &rest);
  if (code != SQLITE_OK) return refuse(code);
  KNOOP_ASSERT(statement != nullptr && rest == sql.data() + sql.size(), "exactly one SQL statement");
  return statement;
}

void Connection::give_back(std::string_view sql, sqlite3_stmt* statement) {
  sqlite3_reset(statement);
  sqlite3_clear_bindings(statement);  // values must not outlive their call
  if (idle_count_ >= max_cached_statements) {
    sqlite3_finalize(statement);
    return;
  }
  auto found = idle_.find(sql);
  if (found == idle_.end()) found = idle_.try_emplace(std::string(sql)).first;
  found->second.push_back(statement);
  ++idle_count_;
}

Result<Statement> Statement::prepare(Connection& connection, std::string_view sql,
                                     std::span<const Value> values) {
  if (connection.refuse_call && connection.refuse_call(sql))
    return fail(ErrorCode::io_failed, Side::ours, "the database cannot be read or written (a test refuses)");
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

Statement::Statement(Statement&& other) noexcept
    : connection_(other.connection_),
      sql_(other.sql_),
      statement_(std::exchange(other.statement_, nullptr)) {}

Statement::~Statement() {
  if (statement_ != nullptr) connection_.give_back(sql_, statement_);
}

Result<bool> Statement::step() {
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return connection_.refuse(code);
}

Result<void> Statement::finish() {
  for (;;) {
    KNOOP_LET(more, step());
    if (!more) return {};
  }
}

Row Statement::row() const {
  const int count = sqlite3_column_count(statement_);
  std::vector<Value> cells;
  cells.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) cells.push_back(column(i));
  return Row(std::move(cells));
}

int Statement::bind(int index, const Value& value) {
  // SQLITE_STATIC: the caller's values live until the statement is given back. SQLite takes a null pointer
  // for NULL, so an empty value gets an address.
  if (const auto* number = std::get_if<std::int64_t>(&value))
    return sqlite3_bind_int64(statement_, index, *number);
  if (const auto* text = std::get_if<std::string_view>(&value))
    return sqlite3_bind_text64(statement_, index, text->empty() ? "" : text->data(), text->size(),
                               SQLITE_STATIC, SQLITE_UTF8);
  if (const auto* blob = std::get_if<ByteView>(&value))
    return sqlite3_bind_blob64(statement_, index, blob->empty() ? static_cast<const void*>("") : blob->data(),
                               blob->size(), SQLITE_STATIC);
  if (std::holds_alternative<TooLarge>(value)) return SQLITE_MISMATCH;
  return sqlite3_bind_null(statement_, index);
}

Value Statement::column(int i) const {
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

}  // namespace knoop::storage
