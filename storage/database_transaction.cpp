#include <filesystem>

#include "storage/database.h"
#include "storage/database_connection.h"

namespace knoop::storage {

Transaction::Transaction(Transaction&& other) noexcept
    : connection_(std::exchange(other.connection_, nullptr)), depth_(other.depth_) {}

Transaction::~Transaction() {
  if (connection_ == nullptr) return;
  Connection& c = *connection_;
  KNOOP_ASSERT(c.depth == depth_, "the innermost transaction ends first");
  --c.depth;
  if (c.lost) return;  // SQLite already undid it all
  // A rollback to a savepoint needs no disk space; if it fails all the same, the group cannot be kept.
  Result<void> undone = c.control(fmt::format("ROLLBACK TO s{}", depth_));
  if (undone) undone = c.control(fmt::format("RELEASE s{}", depth_));
  if (!undone) c.lost = undone.error();
}

Result<void> Transaction::commit() {
  KNOOP_ASSERT(connection_ != nullptr, "a transaction is committed once");
  Connection& c = *connection_;
  KNOOP_ASSERT(c.depth == depth_, "the innermost transaction ends first");
  if (c.lost) return fail(*c.lost);
  if (Result<void> released = c.control(fmt::format("RELEASE s{}", depth_)); !released) {
    // The caller may have told its own memory that this happened: nothing of the group can be kept.
    if (!c.lost) c.lost = released.error();
    return released;
  }
  --c.depth;
  if (depth_ == 1) ++c.pending;
  connection_ = nullptr;
  return {};
}

Result<Transaction> Transaction::nested() {
  Connection& c = *connection_;
  KNOOP_ASSERT(c.depth == depth_, "only the innermost transaction is used");
  if (c.lost) return fail(*c.lost);
  KNOOP_TRY(c.control(fmt::format("SAVEPOINT s{}", depth_ + 1)));
  ++c.depth;
  return Transaction(c, depth_ + 1);
}

ClientVault& Transaction::vault() const {
  KNOOP_ASSERT(connection_ != nullptr && connection_->vault, "a database of records has its erasure keys");
  return *connection_->vault;
}

Result<std::uint64_t> Transaction::room() {
  constexpr std::uint64_t page = 4096;
  std::uint64_t left = 0;
  for (const auto& [sql, sign] : {std::pair{"PRAGMA max_page_count", true},
                                  {"PRAGMA page_count", false},
                                  {"PRAGMA freelist_count", true}}) {
    KNOOP_LET(row, one(sql));
    const auto pages = row->get<std::uint64_t>(0);
    left = sign ? left + pages : left - std::min(left, pages);
  }
  std::error_code unknown;
  const char* file = sqlite3_db_filename(connection_->db, nullptr);
  const auto disk = std::filesystem::space(std::filesystem::path(file).parent_path(), unknown);
  return unknown ? left * page : std::min<std::uint64_t>(left * page, disk.available);
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
  KNOOP_TRY(statement.finish());
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
  KNOOP_TRY(statement.finish());
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
