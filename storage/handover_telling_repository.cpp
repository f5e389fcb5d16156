#include "storage/handover_telling_repository.h"

namespace knoop::storage {

Result<HandoverRestore> handover_restore(Transaction& tx, const MemberId& peer) {
  KNOOP_LET(row, tx.one("SELECT awaits, owes_end FROM handover_restores WHERE peer = ?", peer));
  if (!row) return HandoverRestore{};
  return HandoverRestore{row->get<std::uint8_t>(0) != 0, row->get<std::uint8_t>(1) != 0};
}

Result<void> put_handover_restore(Transaction& tx, const MemberId& peer, const HandoverRestore& row) {
  if (!row.awaits && !row.owes_end) return tx.exec("DELETE FROM handover_restores WHERE peer = ?", peer);
  return tx.exec("INSERT OR REPLACE INTO handover_restores(peer, awaits, owes_end) VALUES (?, ?, ?)", peer,
                 row.awaits ? 1 : 0, row.owes_end ? 1 : 0);
}

Result<std::vector<MemberId>> peers_to_tell_handovers(Transaction& tx) {
  std::vector<MemberId> out;
  KNOOP_TRY(
      tx.each("SELECT peer FROM handover_restores WHERE owes_end = 1 UNION SELECT peer FROM "
              "handovers_to_tell WHERE told = 0",
              [&](const Row& row) -> Result<void> {
                out.push_back(row.get<MemberId>(0));
                return {};
              }));
  return out;
}

Result<void> tell_handovers(Transaction& tx, const MemberId& peer) {
  return tx.exec(
      "INSERT OR REPLACE INTO handovers_to_tell(peer, handover, told) SELECT peer, id, 0 FROM handovers "
      "WHERE peer = ? AND "
      "version > 0",
      peer);
}

Result<std::vector<HandoverId>> handovers_to_tell(Transaction& tx, const MemberId& peer, std::int64_t limit) {
  std::vector<HandoverId> out;
  KNOOP_TRY(
      tx.each("SELECT handover FROM handovers_to_tell WHERE peer = ? AND told = 0 ORDER BY handover LIMIT ?",
              peer, limit, [&](const Row& row) -> Result<void> {
                out.push_back(row.get<HandoverId>(0));
                return {};
              }));
  return out;
}

Result<bool> is_to_be_told(Transaction& tx, const HandoverId& handover) {
  KNOOP_LET(row, tx.one("SELECT 1 FROM handovers_to_tell WHERE handover = ? AND told = 0 LIMIT 1", handover));
  return row.has_value();
}

Result<void> handover_is_told(Transaction& tx, const HandoverId& handover) {
  return tx.exec("UPDATE handovers_to_tell SET told = 1 WHERE handover = ?", handover);
}

Result<bool> was_told(Transaction& tx, const MemberId& peer, const HandoverId& handover) {
  KNOOP_LET(row, tx.one("SELECT 1 FROM handovers_to_tell WHERE peer = ? AND handover = ? AND told = 1", peer,
                        handover));
  return row.has_value();
}

Result<void> forget_happenings(Transaction& tx, const HandoverId& handover, std::uint32_t from) {
  return tx.exec("DELETE FROM handover_happenings WHERE handover = ? AND version >= ?", handover, from);
}

}  // namespace knoop::storage
