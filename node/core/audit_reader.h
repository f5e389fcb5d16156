// Looking into the audit log: for the privacy officer, for a client who asks who saw what (R8.3), and for whoever
// checks the log off line (R8.2). Looking is itself logged, with what was shown and to whom; an export that shows
// openings says so (protocol.md section 6).
//
// An export is read in slices, so that no event holds the thread: begin_export() fixes how far it reaches and signs the
// head, export_slice() gives the entries of one slice. The lines of the file are node/files/audit_export.h's.
#pragma once

#include <array>
#include <vector>

#include "node/core/audit_log.h"
#include "node/core/context.h"
#include "protocol/audit/exported.h"
#include "protocol/audit/origin.h"

namespace knoop {

inline constexpr std::uint64_t audit_slice = 500;  ///< Entries an event reads: about 10 ms.

struct AuditExport {
  audit::LogOrigin origin;
  std::string card;  ///< Our own card as a signed note, for the header.
  bool redacted = true;
  std::uint64_t size = 0;  ///< Entries in it, that of the export included.
  std::string head;        ///< The signed checkpoint over them, for the last line.
  std::string
      witnessed{};  ///< The newest head that was witnessed, with its cosignatures; empty when there is none.
};

/// The forms in which the log is written; the first is the one that can be checked.
inline constexpr std::array<std::string_view, 3> export_forms{"jsonl", "csv", "fhir"};

/// Logs the export, its form, its reason and whether it shows openings, and signs the head over everything up to and including that entry.
/// `incarnation`: of an earlier log, which ends at the newest head that was witnessed, or signed; nothing more of it is
/// certain. 0: the one that is written to. not_found when there is no such log here.
[[nodiscard]] Result<AuditExport> begin_export(Context& context, const AuditLog& log, bool redacted,
                                               std::string_view form = export_forms.front(),
                                               std::uint32_t incarnation = 0, std::string_view reason = "");
/// The next at most audit_slice entries from `from`; empty at the end.
[[nodiscard]] Result<std::vector<audit::ExportedEntry>> export_slice(Context& context,
                                                                     const AuditExport& audit_export,
                                                                     std::uint64_t from);

/// A piece of the log with everything open, and where the next begins; nothing at the end.
struct LogPage {
  std::vector<audit::ExportedEntry> entries;
  std::optional<storage::AuditPlace> next;
};
/// The newest entries of the log that is written to, or those before `before`: at most `limit` (and audit_slice), newest last, and
/// `next` leads to earlier ones. A logged read.
[[nodiscard]] Result<LogPage> read_log(Context& context, const std::optional<storage::AuditPlace>& before,
                                       std::uint64_t limit);
/// Entries about one client over all logs, oldest first, from `from` on. A logged read.
[[nodiscard]] Result<LogPage> read_log_of_client(Context& context, const std::string& client,
                                                 const std::optional<storage::AuditPlace>& from,
                                                 std::uint64_t limit);

}  // namespace knoop
