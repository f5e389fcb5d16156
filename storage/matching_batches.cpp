#include "storage/matching_batches.h"

namespace knoop::storage {

Result<void> set_batch_owed(Transaction& tx, PairId pair, Milliseconds owed) {
  return tx.exec("UPDATE own_batches SET owed = ? WHERE pair = ?", owed.count(), pair);
}

Result<void> set_batch_overdue(Transaction& tx, PairId pair, Timestamp since) {
  return tx.exec("UPDATE own_batches SET overdue = ? WHERE pair = ?", since, pair);
}

Result<bool> clear_batch_owed(Transaction& tx, PairId pair) {
  KNOOP_LET(row, tx.one("SELECT overdue IS NOT NULL FROM own_batches WHERE pair = ?", pair));
  KNOOP_TRY(tx.exec("UPDATE own_batches SET owed = 0, overdue = NULL, hold = NULL WHERE pair = ?", pair));
  return row && row->get<std::int64_t>(0) != 0;
}

Result<void> hold_batch(Transaction& tx, PairId pair, Timestamp hold) {
  return tx.exec("UPDATE own_batches SET sent = NULL, hold = ? WHERE pair = ?", hold, pair);
}

Result<bool> is_owing(Transaction& tx, const MemberId& peer) {
  KNOOP_LET(row, tx.one("SELECT 1 FROM own_batches AS b JOIN matching_pairs AS p ON p.id = b.pair "
                        "WHERE p.peer = ? AND b.overdue IS NOT NULL LIMIT 1",
                        peer));
  return row.has_value();
}

Result<void> set_batch_search(Transaction& tx, PairId pair, const std::optional<Bytes>& search,
                              bool proof_owed) {
  return tx.exec("UPDATE own_batches SET search = ?, proof_owed = ? WHERE pair = ?", search, proof_owed,
                 pair);
}

Result<void> set_batch_stored(Transaction& tx, PairId pair, std::size_t stored) {
  return tx.exec("UPDATE own_batches SET proven = 1, stored = ? WHERE pair = ?", stored, pair);
}

Result<void> end_batch(Transaction& tx, PairId pair) {
  return tx.exec("DELETE FROM own_batches WHERE pair = ?", pair);
}

Result<void> fail_batch(Transaction& tx, PairId pair) {
  return tx.exec("UPDATE own_batches SET failed = 1, proof_owed = 0 WHERE pair = ?", pair);
}

Result<void> requeue_batch(Transaction& tx, PairId pair, const OwnBatch& batch) {
  const matching::Handle end = batch.first + batch.size;
  KNOOP_TRY(tx.exec(
      "INSERT OR IGNORE INTO register_queue(pair, identifier) SELECT pair, identifier FROM own_handles "
      "WHERE pair = ? AND handle >= ? AND handle < ? AND token IS NULL",
      pair, batch.first, end));
  KNOOP_TRY(tx.exec("DELETE FROM own_handles WHERE pair = ? AND handle >= ? AND handle < ? AND token IS NULL",
                    pair, batch.first, end));
  return tx.exec("DELETE FROM own_batches WHERE pair = ?", pair);
}

Result<void> set_peer_batch_stored(Transaction& tx, PairId pair, std::size_t stored) {
  return tx.exec("UPDATE peer_batches SET stored = ? WHERE pair = ?", stored, pair);
}

Result<void> set_peer_batch_answered(Transaction& tx, PairId pair, const Hash256& batch_hash) {
  return tx.exec("UPDATE peer_batches SET answered = ?, overdue = NULL WHERE pair = ?", batch_hash, pair);
}

Result<void> add_proof_request(Transaction& tx, PairId pair, const Bytes& request, std::size_t handles) {
  return tx.exec(
      "UPDATE peer_batches SET request = ?, requests = requests + 1, summed = summed + ? WHERE pair = ?",
      request, handles, pair);
}

Result<void> end_proof_request(Transaction& tx, PairId pair) {
  return tx.exec("UPDATE peer_batches SET request = NULL, overdue = NULL WHERE pair = ?", pair);
}

Result<void> end_peer_batch(Transaction& tx, PairId pair) {
  return tx.exec("DELETE FROM peer_batches WHERE pair = ?", pair);
}

Result<bool> note_overdue_answer(Transaction& tx, PairId pair, Timestamp now) {
  KNOOP_LET(changed,
            tx.change("UPDATE peer_batches SET overdue = ? WHERE pair = ? AND overdue IS NULL", now, pair));
  return changed > 0;
}

Result<void> set_disputed(Transaction& tx, const MemberId& peer, Timestamp since) {
  return tx.exec("INSERT OR IGNORE INTO disputes(peer, since) VALUES (?, ?)", peer, since);
}

Result<std::optional<Timestamp>> disputed_since(Transaction& tx, const MemberId& peer) {
  KNOOP_LET(row, tx.one("SELECT since FROM disputes WHERE peer = ?", peer));
  if (!row) return std::nullopt;
  return row->get<Timestamp>(0);
}

Result<bool> clear_disputed(Transaction& tx, const MemberId& peer) {
  KNOOP_LET(gone, tx.change("DELETE FROM disputes WHERE peer = ?", peer));
  return gone > 0;
}

}  // namespace knoop::storage
