// Taking over records of an existing dossier system (R1.2): clients.csv, involvements.csv and fragments.jsonl.
//
// One import is a *job* of up to three files, in two passes:
//   1. whoever reads the files (node/files/import_reader.h) hands over their rows, a batch an event; they wait in the
//      database, and so does the reader between two pieces of a file: a restart of the node loses neither. Memory stays flat
//      however large the file is. A file that cannot be read as such (header, encoding, an open quote, a limit) fails the
//      whole job: nothing of it is imported.
//   2. when all files were read whole, the rows are applied, a slice an event, clients before involvements before
//      fragments. Each slice stores how far it came with what it changed, so a restart goes on where it stood. A row
//      that breaks a rule is rejected with its line, its field and a reason; the others are applied.
//
// Applying the same files again changes nothing: records are recognised by client_ref and what key_of() adds, and are
// written only when they differ. What is missing from a file is left as it is: an import adds and changes, it never
// removes. A dry run does everything but the writing and gives the same counts and rejects.
//
// Every record that is added or changed is logged, in the same transaction (R8.1). Clients that changed are put in
// matching_dirty by the repository.
//
// A person may cancel it at any time. Before pass 2 nothing of it was imported; in pass 2 what was applied stays, because it is
// in use already (registered with peers, shown, perhaps changed since), and taking it back could destroy what the import did
// not bring. The job says how many rows that were; the same files imported again bring the rest.
//
// The files come from our own organisation, but from outside the program: malformed, hostile or huge, they yield rejects
// or a failed job. Reasons name line, field and rule, never the value, so that a rejects file holds no BSN and no name.
#pragma once

#include <functional>

#include "crypto/base/entropy.h"
#include "protocol/audit/entry.h"
#include "storage/import_repository.h"

namespace knoop {

/// What an import needs of the event in which one of its steps runs.
struct ImportStep {
  storage::Transaction& tx;
  Timestamp now;
  Date today;  ///< For ages and dates.
  Entropy& entropy;
  std::function<Result<void>(audit::AuditEntry)> record;
};

/// Rows applied in one slice. A row costs 0.1 to 0.3 ms in a database of 300,000 clients: below the 50 ms of an event.
inline constexpr std::int64_t import_slice_rows = 64;

/// Rows of each file of which the verdict is kept for a preview: the first.
inline constexpr std::int64_t preview_rows = 20;

/// Refused (conflict) while another job is under way.
[[nodiscard]] Result<storage::ImportId> start_import(ImportStep& step, const storage::ImportPlan& plan);
/// Pass 1. Rows of a file in ascending order of line.
[[nodiscard]] Result<void> stage_import(ImportStep& step, storage::ImportId id, records::ImportFile file,
                                        std::span<const storage::RawRow> rows);
/// All files were read: pass 2 may begin.
[[nodiscard]] Result<void> finish_staging(ImportStep& step, storage::ImportId id);
/// A file could not be read; `why` is its error.
[[nodiscard]] Result<void> fail_import(ImportStep& step, storage::ImportId id, const Error& why);
/// A person gives it up: wrong_state when it is over. What was applied stays.
[[nodiscard]] Result<void> cancel_import(ImportStep& step, storage::ImportId id);
/// Nothing of its files came for so long: what came until then is wiped.
inline constexpr Milliseconds upload_ends_after = std::chrono::hours{24};
/// Ends an upload that nobody went on with; when to look again, if there is one.
[[nodiscard]] Result<std::optional<Timestamp>> end_forgotten_upload(ImportStep& step);
/// Pass 2, or tidying up after it: one slice. False when nothing is left to do.
[[nodiscard]] Result<bool> continue_imports(ImportStep& step);

}  // namespace knoop
