// Double-signed receipts of releases whose client was destroyed since (docs/spec/receipts.md). While the client is here its
// receipts stand with its exchanges (exchange_repository.h); erase_client() moves them here.
//
// They name nobody: commitments, hashes, random ids and two signatures. The salts that open the commitments went with the
// client's key, so that nobody can try contents against them.
#pragma once

#include "protocol/exchange/release.h"
#include "storage/database.h"
#include "storage/rows_after.h"

namespace knoop::storage {

struct KeptReceipt {
  MemberId peer;
  ExchangeId exchange;
  bool given = false;  ///< By us to the peer; else by the peer to us.
  exchange::ReleaseProof proof;
  Timestamp kept;  ///< When its client was destroyed.
};

/// Keeps every receipt about this client that both sides signed. For erase_client().
[[nodiscard]] Result<void> keep_receipts(Transaction& tx, std::string_view client, Timestamp now);
/// Both directions may have one under this name: random for who is honest, chosen by who is not. What we gave goes first.
[[nodiscard]] Result<std::optional<KeptReceipt>> find_kept_receipt(Transaction& tx, const MemberId& peer,
                                                                   const ExchangeId& exchange);
using ReceiptsAfter = RowsAfter<Timestamp, MemberId, ExchangeId, bool>;
/// Newest first.
[[nodiscard]] Result<std::vector<KeptReceipt>> kept_receipts(Transaction& tx, const ReceiptsAfter& page);

}  // namespace knoop::storage
