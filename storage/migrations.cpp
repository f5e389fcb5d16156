#include "storage/migrations.h"

#include <array>
#include <string>

#include "storage/database.h"

namespace knoop::storage {

extern const Migration m0001_base;
extern const Migration m0002_records;
extern const Migration m0003_matching;
extern const Migration m0004_consent;
extern const Migration m0005_audit;
extern const Migration m0006_channel;
extern const Migration m0007_handover;
extern const Migration m0008_openings;
extern const Migration m0009_heads;
extern const Migration m0010_membership;
extern const Migration m0011_attachments;
extern const Migration m0014_erasure;
extern const Migration m0015_hints;
extern const Migration m0016_incarnations;
extern const Migration m0017_match_tasks;
extern const Migration m0018_follow_up;
extern const Migration m0020_accounts;
extern const Migration m0024_request_keys;
extern const Migration m0025_uploads;

std::span<const Migration> all_migrations() {
  static const std::array all{
      m0001_base,        m0002_records,  m0003_matching,     m0004_consent,      m0005_audit,
      m0006_channel,     m0007_handover, m0008_openings,     m0009_heads,        m0010_membership,
      m0011_attachments, m0014_erasure,  m0015_hints,        m0016_incarnations, m0017_match_tasks,
      m0018_follow_up,   m0020_accounts, m0024_request_keys, m0025_uploads,
  };
  return all;
}

Result<int> migrate(Transaction& tx, std::span<const Migration> migrations) {
  KNOOP_TRY(
      tx.exec("CREATE TABLE IF NOT EXISTS schema_migration("
              "number INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT"));
  int newest = 0;
  bool changed = false;
  for (const Migration& migration : migrations) {
    KNOOP_ASSERT(migration.number > newest, "migrations in ascending order");
    newest = migration.number;
    KNOOP_LET(applied, tx.one("SELECT 1 FROM schema_migration WHERE number = ?", migration.number));
    if (applied) continue;
    changed = true;
    KNOOP_TRY(tx.script(std::string(migration.sql)));
    KNOOP_TRY(tx.exec("INSERT INTO schema_migration(number, name) VALUES (?, ?)", migration.number,
                      migration.name));
  }
  if (changed) KNOOP_TRY(tx.script(fmt::format("PRAGMA user_version = {}", newest)));
  return newest;
}

}  // namespace knoop::storage
