// Runs imports on a node: import.h in the rhythm of its events.
//
// Whoever reads the files (node/files/import_reader.h) calls start(), stage() for every batch, and finish() or abandon(),
// each in a command of its own; after that the service applies the rows by itself, a slice an event, until status() says
// done. The reader may be a thread of the shell: it waits for each batch's commit before it reads on, so memory stays
// flat.
#pragma once

#include "node/core/import.h"
#include "node/core/service.h"

namespace knoop {

class ImportService final : public Service {
 public:
  void register_handlers(Dispatcher&) override {}
  Result<void> on_start(Context& context) override;
  Result<std::optional<Timestamp>> on_tick(Context& context) override;

  [[nodiscard]] Result<storage::ImportId> start(Context& context, bool dry_run);
  [[nodiscard]] Result<void> stage(Context& context, storage::ImportId id, records::ImportFile file,
                                   std::span<const records::RawRow> rows);
  [[nodiscard]] Result<void> finish(Context& context, storage::ImportId id);
  [[nodiscard]] Result<void> abandon(Context& context, storage::ImportId id, const Error& why);

  /// How far it is and what came of it; not_found when there is no such import.
  [[nodiscard]] Result<storage::ImportJob> status(Context& context, storage::ImportId id);
  /// Rows that were not taken over, in order of file and line, after (`file`, `line`); at most 1000 at once.
  [[nodiscard]] Result<std::vector<records::Reject>> rejects(
      Context& context, storage::ImportId id, records::ImportFile file = records::ImportFile::clients,
      std::int64_t line = 0);
};

}  // namespace knoop
