// The database's form, as numbered steps that are applied in order and never twice. A step is one file,
// storage/migrations/mNNNN_<name>.cpp, that defines one Migration; migrations.cpp lists them. Once released a
// step is never edited: what is wrong is mended by a new one.
//
// All missing steps run in one transaction, so a database is of the old form or of the new, never between.
// The table `schema_migration` names what was applied; `user_version` repeats the highest number and
// `application_id` says that the file is Knoop's. A database that holds a number above our newest was made by
// a newer program and is refused.
//
// Rules for the SQL: tables are STRICT; a blob of fixed length has CHECK(length(x) = n); foreign keys are
// immediate (a deferred one would fail the whole group of events at its commit instead of the one event that
// is wrong); times are INTEGER milliseconds, dates INTEGER days.
#pragma once

#include <span>
#include <string_view>

#include "crypto/base/result.h"

namespace knoop::storage {

struct Migration {
  int number;
  std::string_view name;  ///< For people: what the step brings.
  std::string_view sql;
};

class Transaction;

/// Every step this program knows, in ascending order.
[[nodiscard]] std::span<const Migration> all_migrations();

/// Applies the steps that are missing and returns the resulting version. Called by Database::open only.
[[nodiscard]] Result<int> migrate(Transaction& tx, std::span<const Migration> migrations);

}  // namespace knoop::storage
