#include "storage/openings_repository.h"

namespace knoop::storage {
namespace {

using matching::Handle;

constexpr std::string_view audit_columns =
    "SELECT a.pair, p.peer, p.epoch, a.started, a.auditor, a.sample, a.draw, a.own, a.peers, a.peer_card, "
    "a.context, a.drawn, a.done, a.trouble FROM opening_audits AS a JOIN matching_pairs AS p ON p.id = "
    "a.pair ";

template <typename Message>
std::optional<Message> decoded(const Row& row, std::size_t column) {
  if (row.is_null(column)) return std::nullopt;
  auto value = decode<Message>(row.get<ByteView>(column));
  KNOOP_ASSERT(value.has_value(), "a message that this program encoded");
  return std::move(*value);
}

OpeningAudit read_audit(const Row& row) {
  OpeningAudit out;
  out.pair = row.get<PairId>(0);
  out.peer = row.get<MemberId>(1);
  out.epoch = row.get<matching::Epoch>(2);
  out.started = row.get<Timestamp>(3);
  out.auditor = row.get<SealingPublicKey>(4);
  out.sample = row.get<std::uint32_t>(5);
  out.draw = row.get<std::optional<Hash256>>(6);
  out.own = decoded<matching::EpochStatement>(row, 7);
  out.peers = decoded<matching::EpochStatement>(row, 8);
  out.peer_card = row.get<std::string>(9);
  out.context = row.get<Bytes>(10);
  out.drawn = row.get<std::int64_t>(11) != 0;
  out.done = row.get<std::optional<Timestamp>>(12);
  out.trouble = row.get<std::string>(13);
  return out;
}

Result<std::vector<OpeningAudit>> audits(Transaction& tx, std::string_view condition) {
  std::vector<OpeningAudit> out;
  KNOOP_TRY(tx.each(std::string(audit_columns) + std::string(condition), [&](const Row& row) -> Result<void> {
    out.push_back(read_audit(row));
    return {};
  }));
  return out;
}

PointBytes point_at(ByteView points, std::size_t index) {
  const auto point = PointBytes::from(points.subspan(index * PointBytes::size, PointBytes::size));
  KNOOP_ASSERT(point.has_value(), "points are kept in pieces of 32 bytes");
  return *point;
}

template <typename Value>
Bytes joined(const std::vector<Value>& values) {
  Bytes out;
  out.reserve(values.size() * Value::size);
  for (const Value& value : values) append(out, value.view());
  return out;
}

}  // namespace

Result<void> keep_points(Transaction& tx, PairId pair, Handle first, const std::vector<PointBytes>& points) {
  return tx.exec("INSERT OR REPLACE INTO registered_points(pair, first, points) VALUES (?, ?, ?)", pair,
                 first, joined(points));
}

Result<std::vector<PointBytes>> registered_points(Transaction& tx, PairId pair) {
  std::vector<PointBytes> out;
  KNOOP_TRY(tx.each("SELECT first, points FROM registered_points WHERE pair = ? ORDER BY first", pair,
                    [&](const Row& row) -> Result<void> {
                      if (row.get<Handle>(0) != out.size() + 1)
                        return fail(ErrorCode::damaged_database, Side::ours,
                                    "registered points of matching are missing from handle {}",
                                    out.size() + 1);
                      const auto points = row.get<ByteView>(1);
                      for (std::size_t i = 0; i < points.size() / PointBytes::size; ++i)
                        out.push_back(point_at(points, i));
                      return {};
                    }));
  return out;
}

Result<std::vector<std::optional<PointBytes>>> points_of(Transaction& tx, PairId pair,
                                                         const std::vector<Handle>& handles) {
  std::vector<std::optional<PointBytes>> out;
  for (const Handle handle : handles) {
    KNOOP_LET(row, tx.one("SELECT first, points FROM registered_points WHERE pair = ? AND first <= ? "
                          "ORDER BY first DESC LIMIT 1",
                          pair, handle));
    const auto points = row ? row->get<ByteView>(1) : ByteView();
    const std::size_t at = row ? static_cast<std::size_t>(handle - row->get<Handle>(0)) : 0;
    out.push_back((at + 1) * PointBytes::size <= points.size() ? std::optional(point_at(points, at))
                                                               : std::nullopt);
  }
  return out;
}

Result<CompactTree> received_tree(Transaction& tx, PairId pair) {
  KNOOP_LET(row, tx.one("SELECT tree FROM received_trees WHERE pair = ?", pair));
  if (!row) return CompactTree();
  return CompactTree::parse(row->get<ByteView>(0));
}

Result<void> put_received_tree(Transaction& tx, PairId pair, const CompactTree& tree) {
  return tx.exec("INSERT OR REPLACE INTO received_trees(pair, tree) VALUES (?, ?)", pair, tree.encode());
}

// ---- handles that ended before their epoch

Result<std::vector<PairId>> pairs_to_seal(Transaction& tx) {
  std::vector<PairId> out;
  KNOOP_TRY(
      tx.each("SELECT DISTINCT e.pair FROM ended_handles AS e JOIN matching_pairs AS p ON p.id = e.pair "
              "WHERE e.sealed IS NULL AND p.key IS NOT NULL",
              [&](const Row& row) -> Result<void> {
                out.push_back(row.get<PairId>(0));
                return {};
              }));
  return out;
}

Result<std::vector<matching::ToOpen>> unsealed_handles(Transaction& tx, PairId pair, std::int64_t limit) {
  std::vector<matching::ToOpen> out;
  std::vector<Handle> handles;
  KNOOP_TRY(tx.each(
      "SELECT handle, kind, hash, value, reference FROM ended_handles WHERE pair = ? AND sealed IS NULL "
      "ORDER BY handle LIMIT ?",
      pair, limit, [&](const Row& row) -> Result<void> {
        KNOOP_LET(identifier, open_identifier(tx, row.get<matching::Kind>(1), row.get<LookupHash>(2),
                                              row.get<ByteView>(3)));
        if (!identifier) return {};  // its client's key is gone: nothing is left to open
        handles.push_back(row.get<Handle>(0));
        out.push_back({row.get<Handle>(0), std::move(*identifier), row.get<std::string>(4), {}});
        return {};
      }));
  KNOOP_LET(points, points_of(tx, pair, handles));
  std::vector<matching::ToOpen> ready;
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (!points[i]) continue;
    out[i].point = *points[i];
    ready.push_back(std::move(out[i]));
  }
  return ready;
}

Result<void> seal_handle(Transaction& tx, PairId pair, const matching::SealedOpening& opening) {
  return tx.exec(
      "UPDATE ended_handles SET sealed = ?, kind = NULL, hash = NULL, value = NULL, reference = NULL "
      "WHERE pair = ? AND handle = ?",
      opening.sealed, pair, opening.handle);
}

Result<void> forget_handle(Transaction& tx, PairId pair, Handle handle) {
  return tx.exec("DELETE FROM ended_handles WHERE pair = ? AND handle = ?", pair, handle);
}

Result<void> forget_ended_handles(Transaction& tx) {
  return tx.exec("DELETE FROM ended_handles");
}

// ---- audits

Result<void> begin_audit(Transaction& tx, const OpeningAudit& audit) {
  return tx.exec(
      "INSERT INTO opening_audits(pair, started, auditor, sample, draw) VALUES (?, ?, ?, ?, ?) "
      "ON CONFLICT(pair) DO NOTHING",
      audit.pair, audit.started, audit.auditor, audit.sample, audit.draw);
}

Result<void> put_audit(Transaction& tx, const OpeningAudit& audit) {
  std::optional<Bytes> own;
  std::optional<Bytes> peers;
  if (audit.own) own = encode(*audit.own);
  if (audit.peers) peers = encode(*audit.peers);
  return tx.exec(
      "UPDATE opening_audits SET own = ?, peers = ?, peer_card = ?, context = ?, drawn = ?, done = ?, "
      "trouble = ? WHERE pair = ?",
      own, peers, audit.peer_card, audit.context, audit.drawn, audit.done, audit.trouble, audit.pair);
}

Result<std::optional<OpeningAudit>> find_audit(Transaction& tx, PairId pair) {
  KNOOP_LET(row, tx.one(std::string(audit_columns) + "WHERE a.pair = ?", pair));
  return row ? std::optional(read_audit(*row)) : std::nullopt;
}

Result<std::vector<OpeningAudit>> open_audits(Transaction& tx) {
  return audits(tx, "WHERE a.done IS NULL ORDER BY a.pair");
}

Result<std::vector<OpeningAudit>> list_audits(Transaction& tx) {
  return audits(tx, "ORDER BY a.started DESC, a.pair DESC");
}

Result<void> clear_audit_material(Transaction& tx, PairId pair) {
  KNOOP_TRY(tx.exec("DELETE FROM registered_points WHERE pair = ?", pair));
  KNOOP_TRY(tx.exec("DELETE FROM received_trees WHERE pair = ?", pair));
  return tx.exec("DELETE FROM ended_handles WHERE pair = ?", pair);
}

Result<bool> keep_peer_statement(Transaction& tx, PairId pair, const Bytes& body, const std::string& card) {
  KNOOP_LET(known, tx.one("SELECT 1 FROM peer_statements WHERE pair = ?", pair));
  if (known) return false;
  KNOOP_TRY(tx.exec("INSERT INTO peer_statements(pair, body, card) VALUES (?, ?, ?)", pair, body, card));
  return true;
}

Result<std::optional<PeerStatement>> peer_statement(Transaction& tx, PairId pair) {
  KNOOP_LET(row, tx.one("SELECT body, card FROM peer_statements WHERE pair = ?", pair));
  if (!row) return std::optional<PeerStatement>();
  return std::optional(PeerStatement{row->get<Bytes>(0), row->get<std::string>(1)});
}

// ---- drawn handles

Result<void> draw_handles(Transaction& tx, PairId pair, const std::vector<Handle>& handles) {
  for (const Handle handle : handles)
    KNOOP_TRY(
        tx.exec("INSERT OR IGNORE INTO openings(pair, handle, sealed) VALUES (?1, ?2, "
                "(SELECT sealed FROM ended_handles WHERE pair = ?1 AND handle = ?2))",
                pair, handle));
  return {};
}

Result<std::vector<Handle>> drawn_handles(Transaction& tx, PairId pair) {
  std::vector<Handle> out;
  KNOOP_TRY(tx.each("SELECT handle FROM openings WHERE pair = ? ORDER BY handle", pair,
                    [&](const Row& row) -> Result<void> {
                      out.push_back(row.get<Handle>(0));
                      return {};
                    }));
  return out;
}

Result<std::vector<matching::ToOpen>> handles_to_open(Transaction& tx, PairId pair) {
  std::vector<matching::ToOpen> out;
  KNOOP_TRY(tx.each(
      "SELECT o.handle, coalesce(i.kind, e.kind), coalesce(i.sealed, e.value), coalesce(e.reference, "
      "(SELECT c.ref FROM client_identifiers AS x JOIN clients AS c ON c.id = x.client WHERE x.identifier = "
      "i.id ORDER BY c.id LIMIT 1), ''), coalesce(i.hash, e.hash) FROM openings AS o "
      "LEFT JOIN own_handles AS h ON h.pair = o.pair AND h.handle = o.handle "
      "LEFT JOIN own_identifiers AS i ON i.id = h.identifier "
      "LEFT JOIN ended_handles AS e ON e.pair = o.pair AND e.handle = o.handle "
      "WHERE o.pair = ? AND o.sealed IS NULL ORDER BY o.handle",
      pair, [&](const Row& row) -> Result<void> {
        matching::ToOpen item{row.get<Handle>(0), std::nullopt, row.get<std::string>(3), {}};
        if (!row.is_null(1)) {
          KNOOP_LET(identifier, open_identifier(tx, row.get<matching::Kind>(1), row.get<LookupHash>(4),
                                                row.get<ByteView>(2)));
          item.identifier = std::move(identifier);
        }
        out.push_back(std::move(item));
        return {};
      }));
  return out;
}

Result<void> put_opening(Transaction& tx, PairId pair, const matching::SealedOpening& opening) {
  return tx.exec("UPDATE openings SET sealed = ? WHERE pair = ? AND handle = ?", opening.sealed, pair,
                 opening.handle);
}

Result<void> put_path(Transaction& tx, PairId pair, Handle handle, const MerkleProof& path) {
  return tx.exec("UPDATE openings SET path = ? WHERE pair = ? AND handle = ?", joined(path), pair, handle);
}

Result<std::vector<StoredOpening>> openings_of(Transaction& tx, PairId pair) {
  std::vector<StoredOpening> out;
  KNOOP_TRY(
      tx.each("SELECT handle, sealed, path FROM openings WHERE pair = ? AND sealed IS NOT NULL AND path "
              "IS NOT NULL ORDER BY handle",
              pair, [&](const Row& row) -> Result<void> {
                StoredOpening item{{row.get<Handle>(0), row.get<Bytes>(1)}, {}};
                const auto path = row.get<ByteView>(2);
                for (std::size_t at = 0; at + Hash256::size <= path.size(); at += Hash256::size)
                  item.path.push_back(*Hash256::from(path.subspan(at, Hash256::size)));
                out.push_back(std::move(item));
                return {};
              }));
  return out;
}

}  // namespace knoop::storage
