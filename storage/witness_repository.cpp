#include "storage/witness_repository.h"

namespace knoop::storage {
namespace {

constexpr std::string_view awaited_columns =
    "SELECT peer, exchange, incarnation, number, leaf, since, state, proof FROM log_proofs_awaited ";

AwaitedProof awaited_from(const Row& row) {
  return {row.get<MemberId>(0),
          row.get<ExchangeId>(1),
          row.get<std::uint32_t>(2),
          row.get<std::uint64_t>(3),
          row.get<Hash256>(4),
          row.get<Timestamp>(5),
          static_cast<ProofState>(row.get<std::uint8_t>(6)),
          row.get<std::optional<std::string>>(7)};
}

}  // namespace

Result<OwnWitness> own_witness(Transaction& tx, const MemberId& witness, std::uint32_t incarnation) {
  KNOOP_LET(
      row,
      tx.one("SELECT held, asked, refused, answered FROM own_witnesses WHERE witness = ? AND incarnation = ?",
             witness, incarnation));
  OwnWitness out{witness, incarnation, 0, std::nullopt, std::nullopt, std::nullopt};
  if (!row) return out;
  out.held = row->get<std::uint64_t>(0);
  out.asked = row->get<std::optional<std::uint64_t>>(1);
  out.refused = row->get<std::optional<std::uint64_t>>(2);
  out.answered = row->get<std::optional<Timestamp>>(3);
  return out;
}

Result<void> put_own_witness(Transaction& tx, const OwnWitness& row) {
  return tx.exec(
      "INSERT OR REPLACE INTO own_witnesses(witness, incarnation, held, asked, refused, answered) "
      "VALUES (?, ?, ?, ?, ?, ?)",
      row.witness, row.incarnation, row.held, row.asked, row.refused, row.answered);
}

Result<void> forget_answers(Transaction& tx) {
  return tx.exec("UPDATE own_witnesses SET asked = NULL, refused = NULL, answered = NULL");
}

Result<void> put_own_cosignature(Transaction& tx, std::uint32_t incarnation, std::uint64_t size,
                                 const MemberId& witness, const Cosignature& cosignature) {
  return tx.exec(
      "INSERT OR REPLACE INTO own_cosignatures(incarnation, size, witness, time, signature) "
      "VALUES (?, ?, ?, ?, ?)",
      incarnation, size, witness, cosignature.time, cosignature.signature);
}

Result<std::vector<OwnCosignature>> own_cosignatures(Transaction& tx, std::uint32_t incarnation,
                                                     std::uint64_t size) {
  std::vector<OwnCosignature> out;
  KNOOP_TRY(
      tx.each("SELECT witness, time, signature FROM own_cosignatures WHERE incarnation = ? AND size = ? "
              "ORDER BY witness",
              incarnation, size, [&](const Row& row) -> Result<void> {
                out.push_back({row.get<MemberId>(0), {row.get<std::uint64_t>(1), row.get<Signature>(2)}});
                return {};
              }));
  return out;
}

Result<void> forget_own_cosignatures(Transaction& tx, std::uint32_t incarnation, std::uint64_t below) {
  return tx.exec("DELETE FROM own_cosignatures WHERE incarnation = ? AND size < ?", incarnation, below);
}

Result<std::optional<OwnCosignature>> last_own_cosignature(Transaction& tx, const MemberId& witness) {
  KNOOP_LET(row, tx.one("SELECT time, signature FROM own_cosignatures WHERE witness = ? "
                        "ORDER BY incarnation DESC, size DESC LIMIT 1",
                        witness));
  if (!row) return std::optional<OwnCosignature>();
  return std::optional(OwnCosignature{witness, {row->get<std::uint64_t>(0), row->get<Signature>(1)}});
}

Result<void> mark_witnessed(Transaction& tx, std::uint32_t incarnation, std::uint64_t size, Timestamp at) {
  return tx.exec(
      "UPDATE audit_heads SET witnessed_at = ? WHERE incarnation = ? AND size = ? AND witnessed_at IS NULL",
      at, incarnation, size);
}

Result<std::optional<WitnessedHead>> newest_witnessed_head(Transaction& tx, std::uint32_t incarnation) {
  KNOOP_LET(row, tx.one("SELECT size, witnessed_at, note FROM audit_heads WHERE incarnation = ? AND "
                        "witnessed_at IS NOT NULL ORDER BY size DESC LIMIT 1",
                        incarnation));
  if (!row) return std::optional<WitnessedHead>();
  return std::optional(
      WitnessedHead{row->get<std::uint64_t>(0), row->get<Timestamp>(1), row->get<std::string>(2)});
}

Result<std::optional<std::string>> own_head(Transaction& tx, std::uint32_t incarnation, std::uint64_t size) {
  KNOOP_LET(row,
            tx.one("SELECT note FROM audit_heads WHERE incarnation = ? AND size = ?", incarnation, size));
  if (!row) return std::optional<std::string>();
  return std::optional(row->get<std::string>(0));
}

Result<std::optional<Timestamp>> entry_time(Transaction& tx, std::uint32_t incarnation,
                                            std::uint64_t number) {
  KNOOP_LET(row, tx.one("SELECT time FROM audit_entries WHERE incarnation = ? AND number = ?", incarnation,
                        number));
  if (!row) return std::optional<Timestamp>();
  return std::optional(row->get<Timestamp>(0));
}

Result<Witnessing> witnessing(Transaction& tx) {
  KNOOP_LET(row, tx.one("SELECT incarnation, target, since, late FROM witnessing"));
  if (!row) return Witnessing{};
  return Witnessing{row->get<std::uint32_t>(0), row->get<std::uint64_t>(1), row->get<Timestamp>(2),
                    row->get<std::uint8_t>(3)};
}

Result<void> put_witnessing(Transaction& tx, const Witnessing& row) {
  return tx.exec(
      "INSERT OR REPLACE INTO witnessing(one, incarnation, target, since, late) VALUES (1, ?, ?, ?, ?)",
      row.incarnation, row.target, row.since, row.late);
}

Result<bool> put_lost_head(Transaction& tx, const MemberHead& head, const MemberId& told_by, Timestamp now) {
  KNOOP_LET(same,
            tx.one("SELECT length(note) FROM own_heads_lost WHERE incarnation = ? AND size = ? AND root = ?",
                   head.incarnation, head.size, head.root));
  if (same) {
    // The caller has made sure that it holds nothing but valid signatures.
    if (same->get<std::uint64_t>(0) < head.note.size())
      KNOOP_TRY(tx.exec("UPDATE own_heads_lost SET note = ? WHERE incarnation = ? AND size = ? AND root = ?",
                        head.note, head.incarnation, head.size, head.root));
    return false;
  }
  // Some are enough to know it, and the newest says how much: whoever holds our key could sign heads without end.
  constexpr std::int64_t most = 16;
  KNOOP_LET(count, tx.one("SELECT count(*), sum((incarnation, size) > (?, ?)) FROM own_heads_lost",
                          head.incarnation, head.size));
  if (count->get<std::int64_t>(0) >= most) {
    if (count->get<std::int64_t>(1) > 0) return false;
    KNOOP_TRY(
        tx.exec("DELETE FROM own_heads_lost WHERE (incarnation, size, root) IN "
                "(SELECT incarnation, size, root FROM own_heads_lost ORDER BY incarnation, size LIMIT 1)"));
  }
  KNOOP_TRY(tx.exec(
      "INSERT INTO own_heads_lost(incarnation, size, root, note, told_by, heard) VALUES (?, ?, ?, ?, ?, ?)",
      head.incarnation, head.size, head.root, head.note, told_by, now));
  return true;
}

Result<std::optional<MemberHead>> lost_head(Transaction& tx, std::uint32_t incarnation) {
  KNOOP_LET(row, tx.one("SELECT incarnation, size, root, note FROM own_heads_lost WHERE incarnation >= ? "
                        "ORDER BY incarnation DESC, size DESC, length(note) DESC LIMIT 1",
                        incarnation));
  if (!row) return std::optional<MemberHead>();
  return std::optional(MemberHead{MemberId{}, row->get<std::uint32_t>(0), row->get<std::uint64_t>(1),
                                  row->get<Hash256>(2), row->get<std::string>(3)});
}

Result<std::optional<CosignedLog>> cosigned_log(Transaction& tx, const MemberId& member) {
  KNOOP_LET(row, tx.one("SELECT incarnation, size, root, note, time FROM cosigned_logs WHERE member = ? "
                        "ORDER BY incarnation DESC LIMIT 1",
                        member));
  if (!row) return std::optional<CosignedLog>();
  return std::optional(CosignedLog{member, row->get<std::uint32_t>(0), row->get<std::uint64_t>(1),
                                   row->get<Hash256>(2), row->get<std::string>(3),
                                   row->get<std::uint64_t>(4)});
}

Result<void> put_cosigned(Transaction& tx, const CosignedLog& log) {
  return tx.exec(
      "INSERT INTO cosigned_logs(member, incarnation, size, root, note, time) VALUES (?, ?, ?, ?, ?, ?) "
      "ON CONFLICT(member, incarnation) DO UPDATE SET size = excluded.size, root = excluded.root, "
      "note = excluded.note, time = excluded.time",
      log.member, log.incarnation, log.size, log.root, log.note, log.time);
}

Result<void> put_owed_proof(Transaction& tx, const OwedProof& owed) {
  return tx.exec(
      "INSERT OR REPLACE INTO log_proofs_owed(peer, exchange, incarnation, number) VALUES (?, ?, ?, ?)",
      owed.peer, owed.exchange, owed.incarnation, owed.number);
}

Result<std::vector<OwedProof>> owed_proofs(Transaction& tx, std::uint32_t incarnation, std::uint64_t below,
                                           std::size_t limit) {
  std::vector<OwedProof> out;
  KNOOP_TRY(
      tx.each("SELECT peer, exchange, incarnation, number FROM log_proofs_owed WHERE incarnation = ? AND "
              "number < ? ORDER BY number LIMIT ?",
              incarnation, below, static_cast<std::int64_t>(limit), [&](const Row& row) -> Result<void> {
                out.push_back({row.get<MemberId>(0), row.get<ExchangeId>(1), row.get<std::uint32_t>(2),
                               row.get<std::uint64_t>(3)});
                return {};
              }));
  return out;
}

Result<std::vector<OwedProof>> earlier_owed_proofs(Transaction& tx, std::uint32_t incarnation,
                                                   std::size_t limit) {
  std::vector<OwedProof> out;
  KNOOP_TRY(
      tx.each("SELECT peer, exchange, incarnation, number FROM log_proofs_owed WHERE incarnation < ? LIMIT ?",
              incarnation, static_cast<std::int64_t>(limit), [&](const Row& row) -> Result<void> {
                out.push_back({row.get<MemberId>(0), row.get<ExchangeId>(1), row.get<std::uint32_t>(2),
                               row.get<std::uint64_t>(3)});
                return {};
              }));
  return out;
}

Result<void> delete_owed_proof(Transaction& tx, const OwedProof& owed) {
  return tx.exec("DELETE FROM log_proofs_owed WHERE peer = ? AND exchange = ?", owed.peer, owed.exchange);
}

Result<void> put_awaited_proof(Transaction& tx, const AwaitedProof& awaited) {
  return tx.exec(
      "INSERT OR REPLACE INTO log_proofs_awaited(peer, exchange, incarnation, number, leaf, since, state, "
      "proof) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
      awaited.peer, awaited.exchange, awaited.incarnation, awaited.number, awaited.leaf, awaited.since,
      static_cast<std::uint8_t>(awaited.state), awaited.proof);
}

Result<std::optional<AwaitedProof>> awaited_proof(Transaction& tx, const MemberId& peer,
                                                  const ExchangeId& exchange) {
  KNOOP_LET(row, tx.one(fmt::format("{}WHERE peer = ? AND exchange = ?", awaited_columns), peer, exchange));
  if (!row) return std::optional<AwaitedProof>();
  return std::optional(awaited_from(*row));
}

Result<std::vector<AwaitedProof>> late_proofs(Transaction& tx, Timestamp then, std::size_t limit) {
  std::vector<AwaitedProof> out;
  KNOOP_TRY(tx.each(fmt::format("{}WHERE state = 0 AND since < ? ORDER BY since LIMIT ?", awaited_columns),
                    then, static_cast<std::int64_t>(limit), [&](const Row& row) -> Result<void> {
                      out.push_back(awaited_from(row));
                      return {};
                    }));
  return out;
}

Result<std::vector<AwaitedProof>> missing_proofs(Transaction& tx, std::size_t limit) {
  std::vector<AwaitedProof> out;
  KNOOP_TRY(tx.each(fmt::format("{}WHERE state IN (1, 3, 4) ORDER BY since LIMIT ?", awaited_columns),
                    static_cast<std::int64_t>(limit), [&](const Row& row) -> Result<void> {
                      out.push_back(awaited_from(row));
                      return {};
                    }));
  return out;
}

}  // namespace knoop::storage
