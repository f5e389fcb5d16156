// Destroying what the database holds on a client or of a fragment (R8.4, docs/spec/erasure.md). What may be destroyed, when and
// by whom is node/core/destruction_service.h's; these functions only do it, and never the log: audit_repository.h does that.
#pragma once

#include "protocol/ids.h"
#include "protocol/records/client.h"
#include "storage/client_vault.h"

namespace knoop::storage {

/// Deletes every row about the client with this reference, and has its key destroyed with the commit. Rows of matching stay:
/// they hold numbers and random names. So do double-signed receipts (receipt_repository.h): they hold commitments.
[[nodiscard]] Result<void> erase_client(Transaction& tx, std::string_view ref, Timestamp now);
/// One own fragment, with the views and attachments that belong to it. False when there is none.
[[nodiscard]] Result<bool> erase_fragment(Transaction& tx, const FragmentId& id);

/// Handles of the client that ended and still have to be sealed to the auditor: until then its key is needed.
[[nodiscard]] Result<bool> awaits_openings(Transaction& tx, records::ClientId client);
/// Identifiers that peers still have from this client, or that are to be looked at.
[[nodiscard]] Result<bool> still_matched(Transaction& tx, records::ClientId client);

/// Deletes what came back with an older copy of the database although its key was destroyed, and says how many clients that
/// were. For the start of a node.
[[nodiscard]] Result<std::int64_t> sweep_erased(Transaction& tx, Timestamp now);

}  // namespace knoop::storage
