// Runs imports on a node: import.h in the rhythm of its events.
//
// Whoever reads the files (node/files/import_reader.h) calls start(), stage() for every batch, and finish() or abandon(),
// each in a command of its own; after that the service applies the rows by itself, a slice an event, until status() says
// done. Between two pieces of a file its reader is kept with the rows (storage/import_repository.h), so that an upload goes on
// after a restart; one that nobody goes on with is ended and wiped after a day.
#pragma once

#include "node/core/import.h"
#include "node/core/service.h"

namespace knoop {

class ImportService final : public Service {
 public:
  void register_handlers(Dispatcher&) override {}
  Result<std::optional<Timestamp>> on_tick(Context& context) override;

  /// It is whoever's acts: nobody else sends its files.
  [[nodiscard]] Result<storage::ImportId> start(Context& context, storage::ImportPlan plan);
  /// An upload of whoever acts: not_found when it is another's, wrong_state when it is over.
  [[nodiscard]] Result<storage::ImportJob> uploading(Context& context, storage::ImportId id);
  [[nodiscard]] Result<void> stage(Context& context, storage::ImportId id, records::ImportFile file,
                                   std::span<const records::RawRow> rows);
  [[nodiscard]] Result<void> finish(Context& context, storage::ImportId id);
  /// Which columns the reader found in a file that it read whole.
  [[nodiscard]] Result<void> understood(Context& context, storage::ImportId id, records::ImportFile file,
                                        const std::vector<records::ReadColumn>& columns, std::size_t ignored);
  [[nodiscard]] Result<void> abandon(Context& context, storage::ImportId id, const Error& why);

  /// Who began it gives it up, or an administrator, while files are read or while rows are applied (import.h).
  [[nodiscard]] Result<void> cancel(Context& context, storage::ImportId id);

  /// How far it is and what came of it; not_found when there is no such import.
  [[nodiscard]] Result<storage::ImportJob> status(Context& context, storage::ImportId id);
  /// Newest first, older than `before`; at most 100.
  [[nodiscard]] Result<std::vector<storage::ImportJob>> list(Context& context,
                                                             std::optional<storage::ImportId> before,
                                                             std::int64_t limit);
  /// What was understood of one file: its columns, and what became of its first rows. No value of a row is in it.
  struct Preview {
    storage::ImportColumns columns;
    struct Row {
      std::int64_t line;
      std::optional<storage::Outcome> outcome;  ///< None: rejected.
      std::optional<records::Reject> reject;
    };
    std::vector<Row> rows;  ///< At most preview_rows.
  };
  [[nodiscard]] Result<Preview> preview(Context& context, storage::ImportId id, records::ImportFile file);
  /// Rows that were not taken over, in order of file and line, after (`file`, `line`); at most 1000 at once.
  [[nodiscard]] Result<std::vector<records::Reject>> rejects(
      Context& context, storage::ImportId id, records::ImportFile file = records::ImportFile::clients,
      std::int64_t line = 0, std::int64_t limit = 1000);

  // Mappings under a name (node/files/import_mapping.h); every change is logged.

  /// over_limit beyond `most_mappings`.
  [[nodiscard]] Result<bool> put_mapping(Context& context, const std::string& name, const std::string& body);
  [[nodiscard]] Result<storage::StoredMapping> mapping(Context& context, std::string_view name);
  [[nodiscard]] Result<void> remove_mapping(Context& context, const std::string& name);
  static constexpr std::size_t most_mappings = 100;
};

}  // namespace knoop
