#include "storage/import_repository.h"

#include "storage/sealed_row.h"

namespace knoop::storage {
namespace {

using records::ImportFile;

/// u32 length and bytes of each field; a rejected row is staged as its problem.
Bytes encode_fields(const std::vector<std::string>& fields) {
  Bytes out;
  for (const std::string& field : fields) {
    append_u32(out, static_cast<std::uint32_t>(field.size()));
    append(out, field);
  }
  return out;
}

std::vector<std::string> decode_fields(ByteView bytes) {
  std::vector<std::string> out;
  while (!bytes.empty()) {
    KNOOP_ASSERT(bytes.size() >= 4, "staged fields as they were written");
    std::size_t size = 0;
    for (const Byte byte : bytes.first(4)) size = size << 8U | byte;
    KNOOP_ASSERT(bytes.size() - 4 >= size, "staged fields as they were written");
    out.push_back(to_text(bytes.subspan(4, size)));
    bytes = bytes.subspan(4 + size);
  }
  return out;
}

Bytes name_of(ImportId id, ImportFile file, std::uint64_t line) {
  return row_name(RowNumber(static_cast<std::int64_t>(id)), RowNumber(static_cast<std::int64_t>(file)),
                  RowNumber(static_cast<std::int64_t>(line)));
}

/// Nothing once the job ended.
Result<std::optional<VaultKeyId>> key_of_job(Transaction& tx, ImportId id) {
  KNOOP_LET(row, tx.one("SELECT key FROM import_jobs WHERE id = ?", id));
  if (!row) return std::optional<VaultKeyId>{};
  return row->get<std::optional<VaultKeyId>>(0);
}

Result<LookupHash> hash_of(Transaction& tx, std::string_view key) {
  return tx.vault().lookup("staged", view(key));
}

}  // namespace

Result<ImportId> create_import(Transaction& tx, const ImportPlan& plan, Timestamp now) {
  KNOOP_LET(key, tx.vault().make_key());
  KNOOP_LET(id, tx.insert("INSERT INTO import_jobs(state, dry_run, form, mapping, mapping_body, begun_by, "
                          "started, continued, "
                          "key) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                          ImportState::staging, plan.dry_run, plan.form, plan.mapping, plan.mapping_body,
                          plan.begun_by, now, now, key));
  for (const ImportFile file : records::all_import_files)
    KNOOP_TRY(tx.exec("INSERT INTO import_counts(job, file) VALUES (?, ?)", id, file));
  return ImportId{id};
}

Result<std::optional<ImportJob>> find_import(Transaction& tx, ImportId id) {
  KNOOP_LET(row, tx.one("SELECT state, dry_run, started, finished, file, line, failure, form, mapping, "
                        "mapping_body, begun_by, continued "
                        "FROM import_jobs WHERE id = ?",
                        id));
  if (!row) return std::nullopt;
  ImportJob job{.id = id,
                .state = row->get<ImportState>(0),
                .plan = {row->get<bool>(1), row->get<ImportForm>(7), row->get<std::string>(8),
                         row->get<std::string>(9), row->get<std::string>(10)},
                .started = row->get<Timestamp>(2),
                .continued = row->get<Timestamp>(11),
                .finished = row->get<std::optional<Timestamp>>(3),
                .file = row->get<ImportFile>(4),
                .line = row->get<std::int64_t>(5),
                .failure = row->get<std::string>(6),
                .counts = {}};
  std::size_t i = 0;
  KNOOP_TRY(tx.each(
      "SELECT staged, added, changed, unchanged, rejected FROM import_counts WHERE job = ? ORDER BY file", id,
      [&](const Row& count) -> Result<void> {
        job.counts.at(i++) = {count.get<std::int64_t>(0), count.get<std::int64_t>(1),
                              count.get<std::int64_t>(2), count.get<std::int64_t>(3),
                              count.get<std::int64_t>(4)};
        return {};
      }));
  return job;
}

Result<std::optional<ImportId>> current_import(Transaction& tx) {
  KNOOP_LET(row, tx.one("SELECT id FROM import_jobs WHERE state IN (?, ?) ORDER BY id", ImportState::staging,
                        ImportState::applying));
  if (!row) return std::nullopt;
  return row->get<ImportId>(0);
}

Result<std::vector<ImportId>> recent_imports(Transaction& tx, std::optional<ImportId> before,
                                             std::int64_t limit) {
  std::vector<ImportId> out;
  KNOOP_TRY(tx.each("SELECT id FROM import_jobs WHERE ?1 IS NULL OR id < ?1 ORDER BY id DESC LIMIT ?2",
                    before, limit, [&](const Row& row) -> Result<void> {
                      out.push_back(row.get<ImportId>(0));
                      return {};
                    }));
  return out;
}

Result<void> set_import_state(Transaction& tx, ImportId id, ImportState state,
                              std::optional<Timestamp> finished, std::string_view failure) {
  if (state != ImportState::staging) KNOOP_TRY(tx.exec("DELETE FROM import_readers WHERE job = ?", id));
  if (is_over(state)) {
    KNOOP_LET(key, key_of_job(tx, id));
    if (key) KNOOP_TRY(tx.vault().retire(tx, *key, finished.value_or(Timestamp{})));
    KNOOP_TRY(tx.exec("UPDATE import_jobs SET key = NULL WHERE id = ?", id));
  }
  return tx.exec("UPDATE import_jobs SET state = ?, finished = ?, failure = ? WHERE id = ?", state, finished,
                 failure, id);
}

Result<void> stage_row(Transaction& tx, ImportId id, ImportFile file, const RawRow& row) {
  if (row.problem) {
    KNOOP_TRY(add_reject(
        tx, id,
        {file, static_cast<std::int64_t>(row.line), std::string(row.problem->field), row.problem->reason}));
    return tx.exec(
        "UPDATE import_counts SET staged = staged + 1, rejected = rejected + 1 WHERE job = ? AND file = ?",
        id, file);
  }
  KNOOP_LET(key, key_of_job(tx, id));
  KNOOP_ASSERT(key.has_value(), "rows are staged while their job runs");
  Bytes plain = encode_fields(row.fields);
  const Bytes name = name_of(id, file, row.line);
  const auto sealed = tx.vault().seal(*key, {"import_staging", name}, plain);
  wipe(plain.data(), plain.size());
  if (!sealed) return fail(sealed.error());
  KNOOP_LET(same, hash_of(tx, records::key_of(file, row.fields)));
  KNOOP_TRY(tx.exec("INSERT INTO import_staging(job, file, line, key, fields) VALUES (?, ?, ?, ?, ?)", id,
                    file, row.line, same, *sealed));
  return tx.exec("UPDATE import_counts SET staged = staged + 1 WHERE job = ? AND file = ?", id, file);
}

Result<void> put_reader(Transaction& tx, ImportId id, const ReaderPlace& place, Timestamp now) {
  KNOOP_LET(key, key_of_job(tx, id));
  KNOOP_ASSERT(key.has_value(), "files are read while their job runs");
  const Bytes name = name_of(id, place.file, 0);
  KNOOP_LET(sealed, tx.vault().seal(*key, {"import_readers", name}, place.reader));
  KNOOP_TRY(tx.exec("INSERT OR REPLACE INTO import_readers(job, file, next, sealed) VALUES (?, ?, ?, ?)", id,
                    place.file, place.next, sealed));
  return tx.exec("UPDATE import_jobs SET continued = ? WHERE id = ?", now, id);
}

Result<std::vector<ReaderPlace>> readers_of(Transaction& tx, ImportId id) {
  std::vector<ReaderPlace> out;
  KNOOP_TRY(tx.each("SELECT file, next, sealed FROM import_readers WHERE job = ? ORDER BY file", id,
                    [&](const Row& row) -> Result<void> {
                      const auto file = row.get<ImportFile>(0);
                      const Bytes name = name_of(id, file, 0);
                      KNOOP_LET(plain, tx.vault().open({"import_readers", name}, row.get<ByteView>(2)));
                      if (plain) out.push_back({file, row.get<std::int64_t>(1), std::move(*plain)});
                      return {};
                    }));
  return out;
}

Result<std::vector<RawRow>> staged_rows(Transaction& tx, ImportId id, ImportFile file, std::int64_t line,
                                        std::int64_t limit) {
  std::vector<RawRow> out;
  KNOOP_TRY(tx.each(
      "SELECT line, fields FROM import_staging WHERE job = ? AND file = ? AND line > ? ORDER BY line LIMIT ?",
      id, file, line, limit, [&](const Row& row) -> Result<void> {
        const auto at = row.get<std::uint64_t>(0);
        const Bytes name = name_of(id, file, at);
        KNOOP_LET(plain, tx.vault().open({"import_staging", name}, row.get<ByteView>(1)));
        if (!plain) return {};  // of an old copy of the records: the import ended since
        out.push_back({at, decode_fields(*plain)});
        wipe(plain->data(), plain->size());
        return {};
      }));
  return out;
}

Result<Earlier> earlier_rows(Transaction& tx, ImportId id, ImportFile file, std::string_view key,
                             std::int64_t line) {
  KNOOP_LET(same, hash_of(tx, key));
  KNOOP_LET(row, tx.one("SELECT count(*), coalesce(min(line), 0) FROM import_staging WHERE job = ? AND file "
                        "= ? AND key = ? "
                        "AND line < ?",
                        id, file, same, line));
  return Earlier{row->get<std::int64_t>(0), row->get<std::int64_t>(1)};
}

Result<bool> stages_client(Transaction& tx, ImportId id, std::string_view ref) {
  KNOOP_LET(same, hash_of(tx, ref));
  KNOOP_LET(
      row,
      tx.one("SELECT 1 FROM import_staging AS s WHERE job = ?1 AND file = ?2 AND key = ?3 AND NOT EXISTS("
             "SELECT 1 FROM import_rejects AS r WHERE r.job = s.job AND r.file = s.file AND r.line = s.line)",
             id, ImportFile::clients, same));
  return row.has_value();
}

Result<bool> clear_staging(Transaction& tx, std::int64_t limit) {
  KNOOP_LET(removed,
            tx.change("DELETE FROM import_staging WHERE (job, file, line) IN (SELECT s.job, s.file, s.line "
                      "FROM import_staging AS s JOIN import_jobs AS j ON j.id = s.job WHERE j.state NOT IN "
                      "(?, ?) LIMIT ?)",
                      ImportState::staging, ImportState::applying, limit));
  return removed > 0;
}

Result<void> add_reject(Transaction& tx, ImportId id, const Reject& reject) {
  return tx.exec(
      "INSERT OR REPLACE INTO import_rejects(job, file, line, field, reason) VALUES (?, ?, ?, ?, ?)", id,
      reject.file, reject.line, reject.field, reject.reason);
}

Result<std::vector<Reject>> import_rejects(Transaction& tx, ImportId id, ImportFile file, std::int64_t line,
                                           std::int64_t limit) {
  std::vector<Reject> out;
  KNOOP_TRY(
      tx.each("SELECT file, line, field, reason FROM import_rejects WHERE job = ? AND (file, line) > (?, ?) "
              "ORDER BY file, line LIMIT ?",
              id, file, line, limit, [&](const Row& row) -> Result<void> {
                out.push_back({row.get<ImportFile>(0), row.get<std::int64_t>(1), row.get<std::string>(2),
                               row.get<std::string>(3)});
                return {};
              }));
  return out;
}

Result<void> set_columns(Transaction& tx, ImportId id, ImportFile file,
                         const std::vector<ReadColumn>& columns, std::size_t ignored) {
  std::int64_t place = 0;
  for (const ReadColumn& column : columns)
    KNOOP_TRY(
        tx.exec("INSERT OR REPLACE INTO import_columns(job, file, place, field, name, constant) VALUES (?, "
                "?, ?, ?, ?, ?)",
                id, file, ++place, column.field, column.column, column.constant));
  return tx.exec("UPDATE import_counts SET ignored = ? WHERE job = ? AND file = ?",
                 static_cast<std::int64_t>(ignored), id, file);
}

Result<ImportColumns> import_columns(Transaction& tx, ImportId id, ImportFile file) {
  ImportColumns out;
  KNOOP_LET(counts, tx.one("SELECT ignored FROM import_counts WHERE job = ? AND file = ?", id, file));
  if (counts) out.ignored = counts->get<std::int64_t>(0);
  KNOOP_TRY(
      tx.each("SELECT field, name, constant FROM import_columns WHERE job = ? AND file = ? ORDER BY place",
              id, file, [&](const Row& row) -> Result<void> {
                out.columns.push_back({row.get<std::string>(0), row.get<std::string>(1), row.get<bool>(2)});
                return {};
              }));
  return out;
}

Result<void> add_verdict(Transaction& tx, ImportId id, ImportFile file, const Verdict& verdict,
                         std::int64_t most) {
  return tx.exec(
      "INSERT OR REPLACE INTO import_verdicts(job, file, line, verdict) SELECT ?1, ?2, ?3, ?4 WHERE "
      "(SELECT count(*) FROM import_verdicts WHERE job = ?1 AND file = ?2) < ?5",
      id, file, verdict.line, verdict.outcome, most);
}

Result<std::vector<Verdict>> import_verdicts(Transaction& tx, ImportId id, ImportFile file) {
  std::vector<Verdict> out;
  KNOOP_TRY(tx.each("SELECT line, verdict FROM import_verdicts WHERE job = ? AND file = ? ORDER BY line", id,
                    file, [&](const Row& row) -> Result<void> {
                      out.push_back({row.get<std::int64_t>(0), row.get<Outcome>(1)});
                      return {};
                    }));
  return out;
}

Result<bool> put_mapping(Transaction& tx, const StoredMapping& mapping) {
  KNOOP_LET(known, find_mapping(tx, mapping.name));
  KNOOP_TRY(tx.exec("INSERT OR REPLACE INTO import_mappings(name, body, changed) VALUES (?, ?, ?)",
                    mapping.name, mapping.body, mapping.changed));
  return !known;
}

Result<std::optional<StoredMapping>> find_mapping(Transaction& tx, std::string_view name) {
  KNOOP_LET(row, tx.one("SELECT body, changed FROM import_mappings WHERE name = ?", name));
  if (!row) return std::nullopt;
  return StoredMapping{std::string(name), row->get<std::string>(0), row->get<Timestamp>(1)};
}

Result<std::vector<StoredMapping>> list_mappings(Transaction& tx) {
  std::vector<StoredMapping> out;
  KNOOP_TRY(tx.each(
      "SELECT name, body, changed FROM import_mappings ORDER BY name", [&](const Row& row) -> Result<void> {
        out.push_back({row.get<std::string>(0), row.get<std::string>(1), row.get<Timestamp>(2)});
        return {};
      }));
  return out;
}

Result<bool> remove_mapping(Transaction& tx, std::string_view name) {
  KNOOP_LET(removed, tx.change("DELETE FROM import_mappings WHERE name = ?", name));
  return removed > 0;
}

Result<void> advance_import(Transaction& tx, ImportId id, ImportFile file, std::int64_t line,
                            const ImportCounts& more) {
  KNOOP_TRY(
      tx.exec("UPDATE import_counts SET added = added + ?, changed = changed + ?, unchanged = unchanged + ?, "
              "rejected = rejected + ? WHERE job = ? AND file = ?",
              more.added, more.changed, more.unchanged, more.rejected, id, file));
  return tx.exec("UPDATE import_jobs SET file = ?, line = ? WHERE id = ?", file, line, id);
}

}  // namespace knoop::storage
