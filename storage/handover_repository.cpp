#include "storage/handover_repository.h"

namespace knoop::storage {
namespace {

constexpr std::string_view columns =
    "SELECT id, party, peer, client, ask, state, version, responsible, pending, not_taken, created, changed "
    "FROM handovers ";

/// What we stored ourselves reads back; if not, the database is damaged.
template <typename T>
T decoded(ByteView bytes) {
  auto value = decode<T>(bytes);
  KNOOP_ASSERT(value.has_value(), "a message that this program encoded");
  return std::move(*value);
}

StoredHandover read(const Row& row) {
  StoredHandover out;
  out.id = row.get<HandoverId>(0);
  out.party = static_cast<handover::Party>(row.get<std::uint8_t>(1));
  out.peer = row.get<MemberId>(2);
  out.client_ref = row.get<std::string>(3);
  out.ask = decoded<handover::Ask>(row.get<ByteView>(4));
  out.state = static_cast<handover::State>(row.get<std::uint8_t>(5));
  out.version = row.get<std::uint32_t>(6);
  out.responsible = static_cast<handover::Party>(row.get<std::uint8_t>(7));
  if (!row.is_null(8)) out.pending = decoded<handover::Happening>(row.get<ByteView>(8));
  out.not_taken = row.get<std::string>(9);
  out.created = row.get<Timestamp>(10);
  out.changed = row.get<Timestamp>(11);
  return out;
}

}  // namespace

Result<std::optional<StoredHandover>> find_handover(Transaction& tx, const HandoverId& id) {
  KNOOP_LET(row, tx.one(std::string(columns) + "WHERE id = ?", id));
  return row ? std::optional(read(*row)) : std::nullopt;
}

Result<void> put_handover(Transaction& tx, const StoredHandover& handover) {
  std::optional<Bytes> pending;
  if (handover.pending) pending = encode(*handover.pending);
  return tx.exec(
      "INSERT INTO handovers(id, party, peer, client, ask, state, version, responsible, pending, not_taken, "
      "created, changed) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT(id) DO UPDATE SET state = excluded.state, "
      "version = excluded.version, responsible = excluded.responsible, pending = excluded.pending, "
      "not_taken = excluded.not_taken, changed = excluded.changed",
      handover.id, handover.party, handover.peer, handover.client_ref, encode(handover.ask), handover.state,
      handover.version, handover.responsible, pending, handover.not_taken, handover.created,
      handover.changed);
}

Result<void> add_happening(Transaction& tx, const HandoverId& id, const StoredHappening& happening) {
  return tx.exec("INSERT INTO handover_happenings(handover, version, state, happening) VALUES (?, ?, ?, ?)",
                 id, happening.version, happening.state, encode(happening.happening));
}

Result<std::vector<StoredHappening>> happenings_of(Transaction& tx, const HandoverId& id) {
  std::vector<StoredHappening> out;
  KNOOP_TRY(tx.each(
      "SELECT version, state, happening FROM handover_happenings WHERE handover = ? ORDER BY version", id,
      [&](const Row& row) -> Result<void> {
        out.push_back({row.get<std::uint32_t>(0), static_cast<handover::State>(row.get<std::uint8_t>(1)),
                       decoded<handover::Happening>(row.get<ByteView>(2))});
        return {};
      }));
  return out;
}

Result<std::vector<StoredHandover>> list_handovers(Transaction& tx, const HandoverFilter& filter) {
  std::vector<StoredHandover> out;
  KNOOP_TRY(
      tx.each(std::string(columns) + "WHERE (?1 IS NULL OR client = ?1) ORDER BY changed DESC, id LIMIT ?2",
              filter.client_ref, filter.limit, [&](const Row& row) -> Result<void> {
                StoredHandover handover = read(row);
                if (!filter.open_only || !handover::is_final(handover.state))
                  out.push_back(std::move(handover));
                return {};
              }));
  return out;
}

}  // namespace knoop::storage
