// The audit log's rows. Who may append, and with what, is node/core/audit_log's; this file only keeps and gives back.
#pragma once

#include <functional>

#include "crypto/merkle.h"
#include "protocol/audit/exported.h"
#include "storage/database.h"

namespace knoop::storage {

/// Where the log that is written to stands.
struct AuditState {
  std::uint32_t incarnation = 1;
  Timestamp last_time;  ///< Of the newest entry.
  CompactTree tree;     ///< Over the leaves of all entries.
};

/// Where an entry stands among all logs of this node: which log, and which entry of it. The default lies before all.
struct LogPosition {
  std::uint32_t incarnation = 0;
  std::uint64_t number = 0;
  friend auto operator<=>(const LogPosition&, const LogPosition&) = default;
};
/// The default when nothing was logged yet.
[[nodiscard]] Result<LogPosition> newest_audit_position(Transaction& tx);
/// Entries that stand behind `after`, in order.
[[nodiscard]] Result<void> each_audit_event_after(
    Transaction& tx, const LogPosition& after,
    const std::function<Result<void>(const LogPosition&, audit::Event)>& visit);

/// The newest incarnation; a database without any gives the first, empty.
[[nodiscard]] Result<AuditState> audit_state(Transaction& tx);
/// The time of the newest entry of any log.
[[nodiscard]] Result<std::optional<Timestamp>> newest_audit_time(Transaction& tx);
/// Writes the entry, the state that follows from it, and the subtrees that it completed.
[[nodiscard]] Result<void> append_audit_entry(Transaction& tx, const audit::SealedEntry& entry,
                                              const AuditState& after, std::span<const TreeNode> completed);
/// The tree of this incarnation, for proofs: some hundred leaves are read for one, however long the log is. Lives as long
/// as `tx`. not_found beyond the end of the log.
[[nodiscard]] NodeReader audit_nodes(Transaction& tx, std::uint32_t incarnation);

using VisitEntry = std::function<Result<void>(const audit::ExportedEntry&)>;
/// Entries `from` up to, not including, `until`, in order, with everything that is not erased open.
[[nodiscard]] Result<void> each_audit_entry(Transaction& tx, std::uint32_t incarnation, std::uint64_t from,
                                            std::uint64_t until, const VisitEntry& visit);
/// Every entry of one client, oldest first, over all incarnations (R8.3).
[[nodiscard]] Result<void> each_audit_entry_of_client(Transaction& tx, std::string_view client,
                                                      const VisitEntry& visit);
/// As it lies on disk, for who checks the log: with the columns beside the sealed fields.
struct AuditRow {
  audit::ExportedEntry entry;
  bool readable =
      true;  ///< False: `fields` is no longer what this program writes; the entry has its index alone.
  Timestamp time;
  audit::Event event{};
  std::string client;
};
[[nodiscard]] Result<void> each_audit_row(Transaction& tx, std::uint32_t incarnation,
                                          const std::function<Result<void>(AuditRow)>& visit);
[[nodiscard]] Result<std::vector<std::uint32_t>> audit_incarnations(Transaction& tx);
/// The stored state of one log; empty when it cannot be read.
[[nodiscard]] Result<CompactTree> audit_tree(Transaction& tx, std::uint32_t incarnation);
struct AuditHead {
  std::uint64_t size = 0;
  std::string note;
};
/// Every head that was signed, smallest first.
[[nodiscard]] Result<std::vector<AuditHead>> audit_heads(Transaction& tx, std::uint32_t incarnation);

/// Where an entry stands among all logs of this node.
struct AuditPlace {
  std::uint32_t incarnation = 1;
  std::uint64_t number = 0;
};
/// At most `limit` of them, from this place on.
[[nodiscard]] Result<void> each_audit_entry_of_client(
    Transaction& tx, std::string_view client, const AuditPlace& from, std::uint64_t limit,
    const std::function<Result<void>(const AuditPlace&, const audit::ExportedEntry&)>& visit);
/// Destroys the personal fields of at most `limit` entries of one client, oldest first, for ever: values and salts are
/// overwritten, commitments stay, and the entry belongs to nobody. Whoever calls writes a `field.erased` entry for each
/// (docs/spec/audit.md), in the same transaction. Empty: none is left.
struct ErasedEntry {
  std::uint32_t incarnation = 0;
  std::uint64_t index = 0;
};
[[nodiscard]] Result<std::vector<ErasedEntry>> erase_audit_entries(Transaction& tx, std::string_view client,
                                                                   std::int64_t limit);
/// Of those that came back with an older copy and were erased at the start (erasure_repository.h): the next ones of which the
/// log does not tell yet. None is given twice.
[[nodiscard]] Result<std::vector<ErasedEntry>> take_swept_entries(Transaction& tx, std::int64_t limit);
[[nodiscard]] Result<std::vector<Hash256>> audit_leaves(Transaction& tx, std::uint32_t incarnation,
                                                        std::uint64_t until);

/// The signed head of this size, if one was made.
[[nodiscard]] Result<std::optional<std::string>> audit_head(Transaction& tx, std::uint32_t incarnation,
                                                            std::uint64_t size);
/// The newest card of a member as it was signed: an export carries our own.
[[nodiscard]] Result<std::string> newest_card_note(Transaction& tx, const MemberId& member);
[[nodiscard]] Result<void> keep_audit_head(Transaction& tx, std::uint32_t incarnation, std::uint64_t size,
                                           Timestamp signed_at, std::string_view note);

}  // namespace knoop::storage
