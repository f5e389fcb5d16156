// Checks the log in this node's own database, row by row, as knoop-verify checks an export (R8.2): against the heads that the node signed
// itself and any that are given. It also looks at what an export does not show: the columns beside the sealed fields, by which
// entries are found, and the state from which the tree grows on.
//
// Who can write the file can write any row. What a signed head covers they cannot change unseen, as long as one copy of that
// head is elsewhere: at witnesses, in an older export. Entries behind the newest head are counted, not vouched for.
#pragma once

#include <string>
#include <vector>

#include "crypto/base/in_order.h"
#include "node/core/membership.h"
#include "protocol/audit/check.h"
#include "storage/database.h"

namespace knoop {

struct DiskLog {
  audit::LogOrigin origin;
  std::uint64_t entries = 0;
  std::uint64_t disclosures = 0;
  std::uint64_t heads = 0;      ///< Signed ones that the rows were compared with.
  std::uint64_t uncovered = 0;  ///< Entries at the end that no head covers yet.
  std::vector<audit::Finding> findings;
};

struct LogOwner {
  NetworkId network;
  MemberId member;
  SigningPublicKey signing_key;
};

/// One for each incarnation. Reads every row: for a node that is stopped. `heads`: signed notes of this node's logs that were
/// kept elsewhere; one of another log, or not signed by this node's card, is refused (user). `start`: threads for the hashes.
[[nodiscard]] Result<std::vector<DiskLog>> check_log_on_disk(storage::Transaction& tx,
                                                             const Membership& membership,
                                                             const std::vector<std::string>& heads,
                                                             const StartWork& start = at_once());
[[nodiscard]] Result<std::vector<DiskLog>> check_log_on_disk(storage::Transaction& tx, const LogOwner& owner,
                                                             const std::vector<std::string>& heads,
                                                             const StartWork& start = at_once());

}  // namespace knoop
