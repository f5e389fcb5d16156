#include "storage/consent_repository.h"

#include <algorithm>

#include "protocol/codec/codec.h"

namespace knoop::storage {
namespace {

template <typename Record>
Result<Record> record_of(const Row& row) {
  auto record = decode<Record>(row.get<ByteView>(0));
  if (!record)
    return fail(ErrorCode::damaged_database, Side::ours,
                "a stored consent cannot be read; restore the database");
  return std::move(*record);
}

template <typename Record>
Result<std::vector<Record>> records_of(Transaction& tx, std::string_view sql, std::string_view client) {
  std::vector<Record> records;
  KNOOP_TRY(tx.each(sql, client, [&](const Row& row) -> Result<void> {
    KNOOP_LET(record, record_of<Record>(row));
    records.push_back(std::move(record));
    return {};
  }));
  std::ranges::sort(records, [](const Record& a, const Record& b) {
    return std::tie(a.recorded_at, a.id) < std::tie(b.recorded_at, b.id);
  });
  return records;
}

}  // namespace

Result<void> add_consent(Transaction& tx, const consent::Consent& record) {
  KNOOP_LET(bytes, encode_checked(record));
  return tx.exec("INSERT INTO consents(id, client, record) VALUES (?, ?, ?)", record.id, record.client,
                 bytes);
}

Result<void> update_consent(Transaction& tx, const consent::Consent& record) {
  KNOOP_LET(bytes, encode_checked(record));
  return tx.exec("UPDATE consents SET record = ? WHERE id = ?", bytes, record.id);
}

Result<std::optional<consent::Consent>> find_consent(Transaction& tx, const BasisId& id) {
  KNOOP_LET(row, tx.one("SELECT record FROM consents WHERE id = ?", id));
  if (!row) return std::optional<consent::Consent>{};
  KNOOP_LET(record, record_of<consent::Consent>(*row));
  return std::optional(std::move(record));
}

Result<std::vector<consent::Consent>> consents_of(Transaction& tx, std::string_view client) {
  return records_of<consent::Consent>(tx, "SELECT record FROM consents WHERE client = ?", client);
}

Result<void> add_ground(Transaction& tx, const consent::Ground& record) {
  KNOOP_LET(bytes, encode_checked(record));
  return tx.exec("INSERT INTO grounds(id, client, record) VALUES (?, ?, ?)", record.id, record.client, bytes);
}

Result<std::vector<consent::Ground>> grounds_of(Transaction& tx, std::string_view client) {
  return records_of<consent::Ground>(tx, "SELECT record FROM grounds WHERE client = ?", client);
}

}  // namespace knoop::storage
