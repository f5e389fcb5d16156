// Imports on disk: the job, the rows that wait, what came of them, and what was rejected (docs/spec/import.md). The
// steps themselves are node/core/import.h.
//
// Staged rows lie under a key of the job among the erasure keys (waiting.h), which is destroyed when the job ends, and are
// compared by keyed hashes.
#pragma once

#include "protocol/records/rows.h"
#include "storage/records_repository.h"

namespace knoop::storage {

using records::ImportForm;
using records::RawRow;
using records::ReadColumn;
using records::Reject;

enum class ImportId : std::int64_t {};

enum class ImportState : std::uint8_t {
  staging = 1,   ///< Files are being read, also after a restart.
  applying = 2,  ///< All files were read whole; rows are applied in slices, also after a restart.
  done = 3,
  failed = 4,     ///< A file could not be read: nothing of it was imported.
  cancelled = 5,  ///< By a person. What was applied until then stays.
};
/// Whether nothing happens in it any more.
[[nodiscard]] constexpr bool is_over(ImportState state) {
  return state != ImportState::staging && state != ImportState::applying;
}

/// What an import is to be.
struct ImportPlan {
  bool dry_run = false;
  ImportForm form = ImportForm::csv;
  std::string mapping{};       ///< The name of one, or empty.
  std::string mapping_body{};  ///< What it said when the import began.
  std::string begun_by{};      ///< Role and account: nobody else sends its files.
};

struct ImportCounts {
  std::int64_t staged = 0;  ///< Rows read. When done: the sum of the other four.
  std::int64_t added = 0;
  std::int64_t changed = 0;
  std::int64_t unchanged = 0;
  std::int64_t rejected = 0;

  /// Rows of which is known what became of them.
  [[nodiscard]] std::int64_t applied() const { return added + changed + unchanged + rejected; }

  friend bool operator==(const ImportCounts&, const ImportCounts&) = default;
};

struct ImportJob {
  ImportId id;
  ImportState state;
  ImportPlan plan;
  Timestamp started;
  Timestamp continued;  ///< When something of it last came.
  std::optional<Timestamp> finished;
  records::ImportFile file;            ///< Where applying stands.
  std::int64_t line;                   ///< All of `file` up to this line is done.
  std::string failure;                 ///< A sentence, when failed or cancelled.
  std::array<ImportCounts, 3> counts;  ///< By file, in the order of all_import_files.
};

[[nodiscard]] Result<ImportId> create_import(Transaction& tx, const ImportPlan& plan, Timestamp now);
[[nodiscard]] Result<std::optional<ImportJob>> find_import(Transaction& tx, ImportId id);
/// The job that is staging or applying; there is at most one.
[[nodiscard]] Result<std::optional<ImportId>> current_import(Transaction& tx);
/// Newest first, older than `before` when that is given.
[[nodiscard]] Result<std::vector<ImportId>> recent_imports(Transaction& tx, std::optional<ImportId> before,
                                                           std::int64_t limit);
[[nodiscard]] Result<void> set_import_state(Transaction& tx, ImportId id, ImportState state,
                                            std::optional<Timestamp> finished, std::string_view failure = "");

[[nodiscard]] Result<void> stage_row(Transaction& tx, ImportId id, records::ImportFile file,
                                     const RawRow& row);
/// How far the reader of a file is: the chunk that comes next, and the reader itself (node/files/import_reader.h). Gone when all
/// files were read, and when the job ends; what is read under a key that was destroyed is not there.
struct ReaderPlace {
  records::ImportFile file{};
  std::int64_t next = 0;
  Bytes reader;
};
[[nodiscard]] Result<void> put_reader(Transaction& tx, ImportId id, const ReaderPlace& place, Timestamp now);
[[nodiscard]] Result<std::vector<ReaderPlace>> readers_of(Transaction& tx, ImportId id);

/// The next rows after `line`.
[[nodiscard]] Result<std::vector<RawRow>> staged_rows(Transaction& tx, ImportId id, records::ImportFile file,
                                                      std::int64_t line, std::int64_t limit);
/// The rows before `line` with this key: how many, and the line of the first.
struct Earlier {
  std::int64_t count = 0;
  std::int64_t first_line = 0;
};
[[nodiscard]] Result<Earlier> earlier_rows(Transaction& tx, ImportId id, records::ImportFile file,
                                           std::string_view key, std::int64_t line);
/// Whether the job's clients file has this client, and did not have it rejected so far.
[[nodiscard]] Result<bool> stages_client(Transaction& tx, ImportId id, std::string_view ref);
/// Removes staged rows of finished jobs; false when none are left.
[[nodiscard]] Result<bool> clear_staging(Transaction& tx, std::int64_t limit);

[[nodiscard]] Result<void> add_reject(Transaction& tx, ImportId id, const Reject& reject);
/// In order of file and line, after (`file`, `line`).
[[nodiscard]] Result<std::vector<Reject>> import_rejects(Transaction& tx, ImportId id,
                                                         records::ImportFile file, std::int64_t line,
                                                         std::int64_t limit);

// What a preview shows.

[[nodiscard]] Result<void> set_columns(Transaction& tx, ImportId id, records::ImportFile file,
                                       const std::vector<ReadColumn>& columns, std::size_t ignored);
struct ImportColumns {
  std::vector<ReadColumn> columns;
  std::int64_t ignored = 0;
};
[[nodiscard]] Result<ImportColumns> import_columns(Transaction& tx, ImportId id, records::ImportFile file);
struct Verdict {
  std::int64_t line = 0;
  Outcome outcome{};
};
/// Keeps what became of a row, unless `most` of the file are kept already.
[[nodiscard]] Result<void> add_verdict(Transaction& tx, ImportId id, records::ImportFile file,
                                       const Verdict& verdict, std::int64_t most);
[[nodiscard]] Result<std::vector<Verdict>> import_verdicts(Transaction& tx, ImportId id,
                                                           records::ImportFile file);

// Mappings under their names; what is in them is for whoever reads files.

struct StoredMapping {
  std::string name;
  std::string body;
  Timestamp changed;
};
/// False when it was there already and is another one now.
[[nodiscard]] Result<bool> put_mapping(Transaction& tx, const StoredMapping& mapping);
[[nodiscard]] Result<std::optional<StoredMapping>> find_mapping(Transaction& tx, std::string_view name);
[[nodiscard]] Result<std::vector<StoredMapping>> list_mappings(Transaction& tx);
[[nodiscard]] Result<bool> remove_mapping(Transaction& tx, std::string_view name);

/// Adds to the counts of one file and moves the position.
[[nodiscard]] Result<void> advance_import(Transaction& tx, ImportId id, records::ImportFile file,
                                          std::int64_t line, const ImportCounts& more);

}  // namespace knoop::storage
