#include "storage/receipt_repository.h"

#include <array>

namespace knoop::storage {
namespace {

constexpr std::string_view columns = "peer, exchange, given, receipt, countersignature, kept";

Result<KeptReceipt> receipt_from(const Row& row) {
  auto receipt = decode<exchange::ReleaseReceipt>(row.get<ByteView>(3));
  if (!receipt)
    return fail(ErrorCode::damaged_database, Side::ours,
                "a stored receipt cannot be read; restore the database");
  return KeptReceipt{row.get<MemberId>(0),
                     row.get<ExchangeId>(1),
                     row.get<bool>(2),
                     {std::move(*receipt), row.get<Signature>(4)},
                     row.get<Timestamp>(5)};
}

// Both tables have the columns that are wanted.
constexpr std::array from_tables{
    "INSERT OR IGNORE INTO receipts_kept(peer, exchange, given, receipt, countersignature, kept) "
    "SELECT peer, exchange, 1, receipt, countersignature, ? FROM releases "
    "WHERE client = ? AND receipt IS NOT NULL AND countersignature IS NOT NULL",
    "INSERT OR IGNORE INTO receipts_kept(peer, exchange, given, receipt, countersignature, kept) "
    "SELECT peer, exchange, 0, receipt, countersignature, ? FROM acquisitions "
    "WHERE client = ? AND receipt IS NOT NULL AND countersignature IS NOT NULL",
};

}  // namespace

Result<void> keep_receipts(Transaction& tx, std::string_view client, Timestamp now) {
  for (const char* sql : from_tables) KNOOP_TRY(tx.exec(sql, now, client));
  return {};
}

Result<std::optional<KeptReceipt>> find_kept_receipt(Transaction& tx, const MemberId& peer,
                                                     const ExchangeId& exchange) {
  KNOOP_LET(row, tx.one(fmt::format("SELECT {} FROM receipts_kept WHERE peer = ? AND exchange = ? "
                                    "ORDER BY given DESC LIMIT 1",
                                    columns),
                        peer, exchange));
  if (!row) return std::optional<KeptReceipt>{};
  KNOOP_LET(receipt, receipt_from(*row));
  return std::optional(std::move(receipt));
}

Result<std::vector<KeptReceipt>> kept_receipts(Transaction& tx, const ReceiptsAfter& page) {
  const auto [kept, peer, exchange, given] = page.keys();
  std::vector<KeptReceipt> out;
  KNOOP_TRY(tx.each(fmt::format("SELECT {} FROM receipts_kept WHERE NOT ?1 OR kept < ?2 OR (kept = ?2 AND "
                                "(peer, exchange, given) > "
                                "(?3, ?4, ?5)) ORDER BY kept DESC, peer, exchange, given LIMIT ?6",
                                columns),
                    page.after.has_value(), kept, peer, exchange, given, page.limit,
                    [&](const Row& row) -> Result<void> {
                      KNOOP_LET(one, receipt_from(row));
                      out.push_back(std::move(one));
                      return {};
                    }));
  return out;
}

}  // namespace knoop::storage
