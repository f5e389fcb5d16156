#include "storage/responsible_repository.h"

#include <algorithm>

#include "protocol/matching/normalise.h"
#include "storage/sealed_row.h"
#include "storage/work_repository.h"

namespace knoop::storage {
namespace {

constexpr std::size_t longest_name = 400;

struct SealedName {
  std::string name;

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(bounded(self.name, longest_name));
  }
};

Bytes place_of(Duty duty, const DutyId& id) {
  Bytes out{static_cast<Byte>(duty)};
  out.insert(out.end(), id.view().begin(), id.view().end());
  return out;
}

Result<std::optional<Responsible>> read(Transaction& tx, const Row& row) {
  Responsible out{row.get<Duty>(0), row.get<DutyId>(1), row.get<std::string>(2), ""};
  const Bytes place = place_of(out.duty, out.id);
  KNOOP_LET(name, open_row<SealedName>(tx, {"responsibles", place}, row.get<ByteView>(3)));
  if (!name) return std::optional<Responsible>{};
  out.professional = std::move(name->name);
  return std::optional(std::move(out));
}

constexpr std::string_view columns = "SELECT duty, id, client, sealed FROM responsibles ";

Leaver leaver_from(const Row& row) {
  return {row.get<std::string>(0), row.get<std::string>(1), row.get<Date>(2), row.get<std::string>(3)};
}

constexpr std::string_view leaver_columns = "SELECT name, account, left_on, recorded_by FROM leavers ";

}  // namespace

Result<LookupHash> professional_hash(Transaction& tx, std::string_view name) {
  std::string folded = matching::normalise(name);  // as same_professional() of match_task_repository.h
  std::erase_if(folded, [](char c) { return c == ' ' || c == '.' || c == ',' || c == '-' || c == '\''; });
  return tx.vault().lookup("professional", view(folded.empty() ? name : std::string_view(folded)));
}

Result<void> put_responsible(Transaction& tx, const Responsible& one) {
  const Bytes place = place_of(one.duty, one.id);
  KNOOP_LET(sealed, seal_row(tx, one.client_ref, {"responsibles", place}, SealedName{one.professional}));
  KNOOP_LET(hash, professional_hash(tx, one.professional));
  return tx.exec(
      "INSERT INTO responsibles(duty, id, client, sealed, professional) VALUES (?, ?, ?, ?, ?) ON "
      "CONFLICT(duty, id) DO UPDATE SET sealed = excluded.sealed, professional = excluded.professional",
      one.duty, one.id, one.client_ref, sealed, hash);
}

Result<std::optional<Responsible>> find_responsible(Transaction& tx, Duty duty, const DutyId& id) {
  KNOOP_LET(row, tx.one(std::string(columns) + "WHERE duty = ? AND id = ?", duty, id));
  if (!row) return std::optional<Responsible>{};
  return read(tx, *row);
}

Result<std::map<DutyId, std::string>> responsible_of(Transaction& tx, Duty duty,
                                                     std::span<const DutyId> ids) {
  std::map<DutyId, std::string> out;
  if (ids.empty()) return out;
  Bytes all;
  for (const DutyId& id : ids) all.insert(all.end(), id.view().begin(), id.view().end());
  // One id after the other out of `all`, each looked up by the primary key.
  KNOOP_TRY(
      tx.each("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 16 FROM n WHERE i + 16 < length(?2)) "
              "SELECT r.duty, r.id, r.client, r.sealed FROM n CROSS JOIN responsibles AS r "
              "ON r.duty = ?1 AND r.id = substr(?2, n.i, 16)",
              duty, all, [&](const Row& row) -> Result<void> {
                KNOOP_LET(one, read(tx, row));
                if (one) out.emplace(one->id, std::move(one->professional));
                return {};
              }));
  return out;
}

Result<std::vector<Responsible>> responsible_for(Transaction& tx, std::string_view professional) {
  KNOOP_LET(hash, professional_hash(tx, professional));
  std::vector<Responsible> out;
  KNOOP_TRY(tx.each(std::string(columns) + "WHERE professional = ? ORDER BY duty, id", hash,
                    [&](const Row& row) -> Result<void> {
                      KNOOP_LET(one, read(tx, row));
                      if (one) out.push_back(std::move(*one));
                      return {};
                    }));
  return out;
}

Result<void> drop_responsible(Transaction& tx, Duty duty, const DutyId& id) {
  return tx.exec("DELETE FROM responsibles WHERE duty = ? AND id = ?", duty, id);
}

Result<void> put_leaver(Transaction& tx, const Leaver& leaver) {
  KNOOP_LET(hash, professional_hash(tx, leaver.name));
  const std::string& other = leaver.account.empty() ? leaver.name : leaver.account;
  KNOOP_LET(account, professional_hash(tx, other));
  return tx.exec(
      "INSERT INTO leavers(hash, account_hash, name, account, left_on, recorded_by) VALUES (?, ?, ?, ?, ?, "
      "?) "
      "ON CONFLICT(hash) DO UPDATE SET account_hash = excluded.account_hash, account = excluded.account",
      hash, account, leaver.name, leaver.account, leaver.left, leaver.recorded_by);
}

Result<bool> remove_leaver(Transaction& tx, std::string_view name) {
  KNOOP_LET(hash, professional_hash(tx, name));
  KNOOP_LET(gone, tx.change("DELETE FROM leavers WHERE hash = ?", hash));
  return gone > 0;
}

Result<std::optional<Leaver>> find_leaver(Transaction& tx, std::string_view name) {
  KNOOP_LET(hash, professional_hash(tx, name));
  KNOOP_LET(row, tx.one(std::string(leaver_columns) + "WHERE hash = ?1 OR account_hash = ?1", hash));
  if (!row) return std::optional<Leaver>{};
  return std::optional(leaver_from(*row));
}

Result<std::vector<Leaver>> leavers(Transaction& tx) {
  std::vector<Leaver> out;
  KNOOP_TRY(
      tx.each(std::string(leaver_columns) + "ORDER BY left_on, name", [&](const Row& row) -> Result<void> {
        out.push_back(leaver_from(row));
        return {};
      }));
  return out;
}

}  // namespace knoop::storage
