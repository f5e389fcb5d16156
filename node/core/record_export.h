// Own records for a dossier system, or for a move to another one (R1.2): the reverse of an import, in the same columns.
//
// Everything that an organisation wrote itself can leave so, and that makes it the widest door of a node. So: a team lead only
// (the routes say so), always with a reason, one entry in the log for the export as a whole (what, how many, why), and in each
// page one for every client in it, with the same reason. The report for a client (R8.3) therefore says that, and why, and who
// exports many clients raises the hint that many look-ups raise (R8.5). Every page is a transaction: its entries are on disk
// before it leaves.
//
// What others sent is not in it: it is not ours to hand on (R4.3). Neither are attachments' bytes, consents and the log, which
// have their own exports, nor what an export cannot bring back: ids, versions, and which fragment a view answers.
#pragma once

#include "node/core/records.h"
#include "protocol/records/rows.h"

namespace knoop {

struct RecordExport {
  std::string id;      ///< Stands in every entry.
  std::string reason;  ///< Why; never empty.
  records::ImportForm form = records::ImportForm::csv;
  std::optional<records::ClientId> client{};  ///< One client, for a move; else all.
};

/// Logs it, and tells how many records of each file there are.
[[nodiscard]] Result<std::array<std::int64_t, 3>> begin_record_export(Context& context,
                                                                      const RecordExport& wanted);

/// Records of one file; the others are empty.
struct RecordPage {
  std::vector<storage::StoredClient> clients{};
  std::vector<ListedInvolvement> involvements{};
  struct ListedFragment {
    std::string client_ref;
    storage::StoredFragment stored;
  };
  std::vector<ListedFragment> fragments{};
  std::string next{};  ///< The cursor of the next page; empty when this was the last.
};
inline constexpr std::int64_t export_page_rows = 64;  ///< So that an event stays below 50 ms.
inline constexpr std::size_t export_page_bytes =
    256 * 1024;  ///< Of fragments; one that is longer comes alone.

/// In an order that stays while records are added. bad_value when the cursor is none of ours.
[[nodiscard]] Result<RecordPage> read_export_page(Context& context, const RecordExport& wanted,
                                                  records::ImportFile file, std::string_view cursor);

}  // namespace knoop
