#include "storage/matching_repository.h"

#include <algorithm>

#include "crypto/hash.h"

namespace knoop::storage {
namespace {

using matching::Handle;
using matching::Identifier;
using matching::Kind;
using matching::Month;
using matching::Token;
using records::ClientId;

constexpr std::string_view pair_columns =
    "id, peer, epoch, opened, agreed, commitment, draw, complete, peer_complete, ended, ended_why, "
    "told, moved, key IS NOT NULL, next_handle, next_peer_handle, last_withdrawal, not_before, trouble, "
    "protocol, identifier_rules, versions, preshared";
// The newest epoch of each peer: `p` is a row of matching_pairs.
constexpr std::string_view is_newest =
    "NOT EXISTS(SELECT 1 FROM matching_pairs AS later WHERE later.peer = p.peer AND later.epoch > p.epoch)";

MatchingPair pair_from(const Row& row) {
  MatchingPair out;
  std::size_t at = 0;
  out.id = row.get<PairId>(at++);
  out.peer = row.get<MemberId>(at++);
  out.epoch = row.get<matching::Epoch>(at++);
  out.opened = row.get<Timestamp>(at++);
  out.agreed = row.get<std::optional<Timestamp>>(at++);
  out.commitment = row.get<std::optional<PointBytes>>(at++);
  out.draw = row.get<std::optional<Hash256>>(at++);
  out.complete = row.get<std::optional<Timestamp>>(at++);
  out.peer_complete = row.get<std::optional<Timestamp>>(at++);
  out.ended = row.get<std::optional<Timestamp>>(at++);
  out.ended_why = row.get<std::optional<matching::EndReason>>(at++);
  out.told = row.get<std::optional<Timestamp>>(at++);
  out.moved = row.get<std::optional<Timestamp>>(at++);
  out.has_key = row.get<bool>(at++);
  out.next_handle = row.get<Handle>(at++);
  out.next_peer_handle = row.get<Handle>(at++);
  out.last_withdrawal = row.get<std::uint64_t>(at++);
  out.not_before = row.get<std::optional<Date>>(at++);
  out.trouble = row.get<std::optional<std::string>>(at++);
  out.versions.protocol = row.get<std::uint16_t>(at++);
  out.versions.identifier_rules = row.get<std::uint16_t>(at++);
  out.versions.binding = row.get<Hash256>(at++);
  out.preshared = row.get<std::optional<PresharedKeyId>>(at++);
  return out;
}

template <typename... Args>
Result<std::optional<MatchingPair>> one_pair(Transaction& tx, std::string_view condition,
                                             const Args&... args) {
  KNOOP_LET(row, tx.one(fmt::format("SELECT {} FROM matching_pairs AS p WHERE {}", pair_columns, condition),
                        args...));
  if (!row) return std::nullopt;
  return pair_from(*row);
}

template <typename... Args>
Result<std::vector<MatchingPair>> pairs_where(Transaction& tx, std::string_view condition,
                                              const Args&... args) {
  std::vector<MatchingPair> out;
  KNOOP_TRY(tx.each(fmt::format("SELECT {} FROM matching_pairs AS p WHERE {} ORDER BY peer, epoch",
                                pair_columns, condition),
                    args..., [&](const Row& row) -> Result<void> {
                      out.push_back(pair_from(row));
                      return {};
                    }));
  return out;
}

Result<LookupHash> hash_of(Transaction& tx, const Identifier& identifier) {
  Bytes what{static_cast<Byte>(identifier.kind)};
  what.insert(what.end(), identifier.value.begin(), identifier.value.end());
  const auto hash = tx.vault().lookup("identifier", what);
  wipe(what.data(), what.size());
  return hash;
}

Result<std::optional<VaultKeyId>> key_of(Transaction& tx, ClientId client) {
  KNOOP_LET(row, tx.one("SELECT key FROM clients WHERE id = ?", client));
  if (!row) return std::nullopt;
  return row->get<VaultKeyId>(0);
}

Result<Bytes> sealed_value(Transaction& tx, ClientId client, const LookupHash& hash, ByteView value) {
  KNOOP_LET(key, key_of(tx, client));
  if (!key) return fail(ErrorCode::conflict, Side::ours, "there is no client to register an identifier for");
  return tx.vault().seal(*key, {"own_identifiers", hash.view()}, value);
}

/// The client has it no longer, another still has it: it must not go with the first one's key.
Result<void> hand_over_identifier(Transaction& tx, IdentifierId id, ClientId from, ClientId to) {
  KNOOP_LET(key, key_of(tx, from));
  KNOOP_LET(row, tx.one("SELECT kind, hash, sealed FROM own_identifiers WHERE id = ?", id));
  if (!key || !row || ClientVault::key_id_of(row->get<ByteView>(2)) != *key) return {};
  const auto hash = row->get<LookupHash>(1);
  KNOOP_LET(value, open_identifier(tx, row->get<Kind>(0), hash, row->get<ByteView>(2)));
  if (!value) return {};
  KNOOP_LET(sealed, sealed_value(tx, to, hash, value->value));
  return tx.exec("UPDATE own_identifiers SET sealed = ? WHERE id = ?", sealed, id);
}

Result<std::vector<PairId>> ids_of_live_pairs(Transaction& tx) {
  std::vector<PairId> out;
  KNOOP_TRY(tx.each("SELECT id FROM matching_pairs WHERE ended IS NULL", [&](const Row& row) -> Result<void> {
    out.push_back(row.get<PairId>(0));
    return {};
  }));
  return out;
}

// For every live epoch in which it is not registered for as long as it is needed; an identifier that is new is in none.
// One row a statement: of a statement with more SQLite keeps a journal of its own, which costs more than the rows.
Result<void> enqueue(Transaction& tx, const std::vector<PairId>& pairs, IdentifierId identifier,
                     std::optional<Month> unless_until) {
  for (const PairId pair : pairs) {
    if (unless_until) {
      KNOOP_LET(registered,
                tx.one("SELECT 1 FROM own_handles INDEXED BY own_handles_identifier WHERE identifier = ? "
                       "AND pair = ? AND expires >= ? LIMIT 1",
                       identifier, pair, *unless_until));
      if (registered) continue;
    }
    KNOOP_TRY(
        tx.exec("INSERT OR IGNORE INTO register_queue(pair, identifier) VALUES (?, ?)", pair, identifier));
  }
  return {};
}

Result<void> end_identifier(Transaction& tx, IdentifierId identifier, std::vector<Ended>& ended) {
  KNOOP_TRY(tx.each("SELECT pair, handle FROM own_handles WHERE identifier = ?", identifier,
                    [&](const Row& row) -> Result<void> {
                      ended.push_back({row.get<PairId>(0), row.get<Handle>(1)});
                      return {};
                    }));
  KNOOP_TRY(
      tx.exec("DELETE FROM matched_handles WHERE (pair, own_handle) IN "
              "(SELECT pair, handle FROM own_handles WHERE identifier = ?)",
              identifier));
  KNOOP_TRY(tx.exec("DELETE FROM own_handles WHERE identifier = ?", identifier));
  KNOOP_TRY(tx.exec(
      "DELETE FROM register_queue WHERE identifier = ? AND pair IN (SELECT id FROM matching_pairs WHERE "
      "ended IS NULL)",
      identifier));
  for (const bool recent : {false, true})
    KNOOP_TRY(tx.exec(
        "DELETE FROM identifier_lookups WHERE recent = ?1 AND kind = (SELECT kind FROM own_identifiers "
        "WHERE id = ?2) AND hash = (SELECT hash FROM own_identifiers WHERE id = ?2)",
        recent, identifier));
  return tx.exec("DELETE FROM own_identifiers WHERE id = ?", identifier);
}

// The last rows that hang on an epoch.
Result<void> forget_handles(Transaction& tx, PairId pair) {
  return tx.exec(
      "DELETE FROM own_handles WHERE pair = ?1 AND EXISTS(SELECT 1 FROM matching_pairs WHERE id = ?1 AND "
      "moved IS NOT NULL AND key IS NULL)",
      pair);
}

}  // namespace

Result<std::optional<MatchingPair>> find_pair(Transaction& tx, const MemberId& peer, matching::Epoch epoch) {
  return one_pair(tx, "peer = ? AND epoch = ?", peer, epoch);
}

Result<std::optional<MatchingPair>> find_pair(Transaction& tx, PairId pair) {
  return one_pair(tx, "id = ?", pair);
}

Result<std::optional<MatchingPair>> newest_pair(Transaction& tx, const MemberId& peer) {
  return one_pair(tx, "peer = ? ORDER BY epoch DESC", peer);
}

Result<std::vector<MatchingPair>> newest_pairs(Transaction& tx) {
  return pairs_where(tx, is_newest);
}

Result<std::vector<MatchingPair>> live_pairs(Transaction& tx) {
  return pairs_where(tx, "ended IS NULL");
}

Result<std::vector<MatchingPair>> used_pairs(Transaction& tx) {
  return pairs_where(tx, "moved IS NULL");
}

Result<std::vector<MatchingPair>> used_pairs(Transaction& tx, const MemberId& peer) {
  return pairs_where(tx, "peer = ? AND moved IS NULL", peer);
}

Result<std::vector<MatchingPair>> closing_pairs(Transaction& tx) {
  return pairs_where(tx, "ended IS NOT NULL AND (moved IS NULL OR key IS NOT NULL)");
}

Result<std::optional<std::string>> peer_trouble(Transaction& tx, const MemberId& peer) {
  KNOOP_LET(row, tx.one("SELECT trouble FROM matching_pairs WHERE peer = ? AND ended IS NULL AND trouble IS "
                        "NOT NULL ORDER BY epoch",
                        peer));
  if (!row) return std::nullopt;
  return row->get<std::string>(0);
}

Result<std::int64_t> count_opened(Transaction& tx, const MemberId& peer, Timestamp since) {
  KNOOP_LET(row, tx.one("SELECT count(*) FROM matching_pairs WHERE peer = ? AND opened > ?", peer, since));
  return row->get<std::int64_t>(0);
}

Result<MatchingPair> add_pair(Transaction& tx, const MemberId& peer, matching::Epoch epoch,
                              const AgreedVersions& versions, const EpochKeys& keys, Timestamp now) {
  KNOOP_LET(
      id,
      tx.insert("INSERT INTO matching_pairs(peer, epoch, key, preshared, preshared_key, opened, protocol, "
                "identifier_rules, versions) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                peer, epoch, keys.matching, keys.preshared_id, keys.preshared, now, versions.protocol,
                versions.identifier_rules, versions.binding));
  KNOOP_TRY(tx.exec("INSERT INTO register_queue(pair, identifier) SELECT ?, id FROM own_identifiers", id));
  KNOOP_LET(pair, find_pair(tx, id));
  KNOOP_ASSERT(pair.has_value(), "the row was inserted above");
  return std::move(*pair);
}

Result<void> set_versions(Transaction& tx, PairId pair, const AgreedVersions& versions) {
  return tx.exec("UPDATE matching_pairs SET protocol = ?, identifier_rules = ?, versions = ? WHERE id = ?",
                 versions.protocol, versions.identifier_rules, versions.binding, pair);
}

Result<void> set_preshared(Transaction& tx, PairId pair, const EpochKeys& keys) {
  return tx.exec(
      "UPDATE matching_pairs SET preshared = ?, preshared_key = ?, commitment = NULL, draw = NULL, agreed = "
      "NULL, "
      "trouble_code = NULL, trouble = NULL WHERE id = ?",
      keys.preshared_id, keys.preshared, pair);
}

Result<EpochKeys> epoch_keys(Transaction& tx, PairId pair) {
  KNOOP_LET(
      row, tx.one("SELECT key, preshared, preshared_key FROM matching_pairs WHERE id = ? AND key IS NOT NULL",
                  pair));
  if (!row)
    return fail(ErrorCode::wrong_state, Side::ours,
                "the matching key of this epoch was destroyed when the epoch ended");
  EpochKeys out{row->get<MatchingKey>(0), row->get<std::optional<PresharedKeyId>>(1), std::nullopt};
  if (!row->is_null(2)) out.preshared = row->get<PresharedKey>(2);
  return out;
}

Result<void> set_commitment(Transaction& tx, PairId pair, const PointBytes& commitment, const Hash256& draw,
                            Timestamp now) {
  return tx.exec(
      "UPDATE matching_pairs SET commitment = ?, draw = ?, agreed = ?, trouble_code = NULL, trouble = NULL "
      "WHERE id = ?",
      commitment, draw, now, pair);
}

Result<void> set_complete(Transaction& tx, PairId pair, Timestamp now) {
  return tx.exec("UPDATE matching_pairs SET complete = ? WHERE id = ?", now, pair);
}

Result<void> set_peer_complete(Transaction& tx, PairId pair, Timestamp now) {
  return tx.exec("UPDATE matching_pairs SET peer_complete = ? WHERE id = ? AND peer_complete IS NULL", now,
                 pair);
}

Result<void> end_pair(Transaction& tx, PairId pair, matching::EndReason why, Timestamp now) {
  KNOOP_TRY(tx.exec("UPDATE matching_pairs SET ended = ?, ended_why = ? WHERE id = ?", now, why, pair));
  KNOOP_TRY(tx.exec("DELETE FROM register_queue WHERE pair = ?", pair));
  KNOOP_TRY(tx.exec("DELETE FROM own_batches WHERE pair = ?", pair));
  KNOOP_TRY(tx.exec("DELETE FROM peer_batches WHERE pair = ?", pair));
  KNOOP_TRY(tx.exec("DELETE FROM withdrawn_tokens WHERE pair = ?", pair));
  constexpr std::string_view unmatched =
      "pair = ?1 AND handle NOT IN (SELECT peer_handle FROM matched_handles WHERE pair = ?1)";
  KNOOP_TRY(tx.exec(fmt::format("DELETE FROM peer_tokens WHERE {}", unmatched), pair));
  return tx.exec(fmt::format("DELETE FROM peer_handles WHERE {}", unmatched), pair);
}

Result<void> set_told(Transaction& tx, PairId pair, Timestamp now) {
  return tx.exec("UPDATE matching_pairs SET told = ? WHERE id = ?", now, pair);
}

Result<void> set_moved(Transaction& tx, const MatchingPair& pair, Timestamp now) {
  KNOOP_TRY(tx.exec("UPDATE matching_pairs SET moved = ? WHERE id = ?", now, pair.id));
  KNOOP_TRY(
      tx.exec("INSERT OR IGNORE INTO touched_clients(peer, client) SELECT peer, client FROM match_claims "
              "WHERE peer = ? AND epoch = ?",
              pair.peer, pair.epoch));
  KNOOP_TRY(
      tx.exec("INSERT OR IGNORE INTO touched_claims(peer, claim) SELECT peer, claim FROM match_answers "
              "WHERE peer = ? AND epoch = ?",
              pair.peer, pair.epoch));
  KNOOP_TRY(tx.exec("DELETE FROM match_claims WHERE peer = ? AND epoch = ?", pair.peer, pair.epoch));
  KNOOP_TRY(tx.exec("DELETE FROM match_answers WHERE peer = ? AND epoch = ?", pair.peer, pair.epoch));
  for (const std::string_view table : {"answer_handles", "matched_handles", "peer_tokens", "peer_handles"})
    KNOOP_TRY(tx.exec(fmt::format("DELETE FROM {} WHERE pair = ?", table), pair.id));
  return forget_handles(tx, pair.id);
}

Result<void> forget_touched(Transaction& tx, const MemberId& peer) {
  KNOOP_TRY(tx.exec("DELETE FROM touched_clients WHERE peer = ?", peer));
  return tx.exec("DELETE FROM touched_claims WHERE peer = ?", peer);
}

Result<void> destroy_key(Transaction& tx, PairId pair) {
  KNOOP_TRY(tx.exec("UPDATE matching_pairs SET key = NULL, preshared_key = NULL WHERE id = ?", pair));
  return forget_handles(tx, pair);
}

Result<void> set_trouble(Transaction& tx, PairId pair, const std::optional<Error>& trouble) {
  if (!trouble)
    return tx.exec("UPDATE matching_pairs SET trouble_code = NULL, trouble = NULL WHERE id = ?", pair);
  return tx.exec("UPDATE matching_pairs SET trouble_code = ?, trouble = ? WHERE id = ?",
                 to_string(trouble->code), trouble->sentence, pair);
}

Result<void> set_not_before(Transaction& tx, PairId pair, const std::optional<Date>& day) {
  return tx.exec("UPDATE matching_pairs SET not_before = ? WHERE id = ?", day, pair);
}

Result<std::vector<Ended>> set_identifiers(Transaction& tx, ClientId client,
                                           const std::vector<Identifier>& identifiers, Month expires) {
  struct Held {
    IdentifierId id;
    Month expires;
  };
  std::map<std::pair<Kind, LookupHash>, Held> held;
  KNOOP_TRY(
      tx.each("SELECT i.kind, i.hash, i.id, c.expires FROM client_identifiers AS c "
              "JOIN own_identifiers AS i ON i.id = c.identifier WHERE c.client = ?",
              client, [&](const Row& row) -> Result<void> {
                held.emplace(std::pair(row.get<Kind>(0), row.get<LookupHash>(1)),
                             Held{row.get<IdentifierId>(2), row.get<Month>(3)});
                return {};
              }));
  KNOOP_LET(pairs, ids_of_live_pairs(tx));
  for (const Identifier& wanted : identifiers) {
    IdentifierId id = 0;
    bool is_new = false;
    KNOOP_LET(hash, hash_of(tx, wanted));
    if (const auto known = held.find({wanted.kind, hash}); known != held.end()) {
      const Held have = known->second;
      held.erase(known);
      if (have.expires == expires) continue;
      id = have.id;
      KNOOP_TRY(tx.exec("UPDATE client_identifiers SET expires = ? WHERE client = ? AND identifier = ?",
                        expires, client, id));
      if (have.expires > expires) continue;  // a handle may live longer than needed: it is withdrawn in time
    } else {
      KNOOP_LET(
          shared,
          tx.one("SELECT id FROM identifier_lookups WHERE recent = 0 AND kind = ?1 AND hash = ?2 UNION ALL "
                 "SELECT id FROM identifier_lookups WHERE recent = 1 AND kind = ?1 AND hash = ?2",
                 wanted.kind, hash));
      if (shared) {
        id = shared->get<IdentifierId>(0);
      } else {
        KNOOP_LET(sealed, sealed_value(tx, client, hash, wanted.value));
        KNOOP_LET(added, tx.insert("INSERT INTO own_identifiers(kind, hash, sealed) VALUES (?, ?, ?)",
                                   wanted.kind, hash, sealed));
        id = added;
        is_new = true;
        KNOOP_TRY(tx.exec("INSERT INTO identifier_lookups(recent, kind, hash, id) VALUES (1, ?, ?, ?)",
                          wanted.kind, hash, id));
      }
      KNOOP_TRY(tx.exec("INSERT INTO client_identifiers(client, identifier, expires) VALUES (?, ?, ?)",
                        client, id, expires));
    }
    KNOOP_TRY(enqueue(tx, pairs, id, is_new ? std::nullopt : std::optional(expires)));
  }

  std::vector<Ended> ended;
  for (const auto& [identifier, have] : held) {
    KNOOP_TRY(tx.exec("DELETE FROM client_identifiers WHERE client = ? AND identifier = ?", client, have.id));
    KNOOP_LET(still, tx.one("SELECT client FROM client_identifiers WHERE identifier = ? LIMIT 1", have.id));
    if (still)
      KNOOP_TRY(hand_over_identifier(tx, have.id, client, still->get<ClientId>(0)));
    else
      KNOOP_TRY(end_identifier(tx, have.id, ended));
  }
  return ended;
}

Result<void> settle_identifiers(Transaction& tx, SettledTo& to) {
  constexpr std::int64_t most_recent = 8192;
  constexpr std::int64_t a_part = 1024;  // some 10 ms
  KNOOP_LET(count, tx.one("SELECT count(*) FROM identifier_lookups WHERE recent = 1"));
  if (count->get<std::int64_t>(0) <= most_recent) return {};
  KNOOP_LET(last,
            tx.one("SELECT kind, hash FROM identifier_lookups WHERE recent = 1 AND (kind, hash) > (?, ?) "
                   "ORDER BY kind, hash LIMIT 1 OFFSET ?",
                   to.kind, to.hash, a_part - 1));
  if (!last) {
    KNOOP_TRY(tx.exec("UPDATE identifier_lookups SET recent = 0 WHERE recent = 1 AND (kind, hash) > (?, ?)",
                      to.kind, to.hash));
    to = {};
    return {};
  }
  const SettledTo until{last->get<Kind>(0), last->get<LookupHash>(1)};
  KNOOP_TRY(
      tx.exec("UPDATE identifier_lookups SET recent = 0 WHERE recent = 1 AND (kind, hash) > (?, ?) "
              "AND (kind, hash) <= (?, ?)",
              to.kind, to.hash, until.kind, until.hash));
  to = until;
  return {};
}

Result<std::optional<Identifier>> open_identifier(Transaction& tx, Kind kind, const LookupHash& hash,
                                                  ByteView sealed) {
  KNOOP_LET(value, tx.vault().open({"own_identifiers", hash.view()}, sealed));
  if (!value) return std::optional<Identifier>{};
  return std::optional(Identifier{kind, std::move(*value)});
}

Result<std::int64_t> count_identifiers(Transaction& tx) {
  KNOOP_LET(row, tx.one("SELECT count(*) FROM own_identifiers"));
  return row->get<std::int64_t>(0);
}

Result<std::vector<IdentifierId>> queued(Transaction& tx, PairId pair, std::int64_t limit) {
  std::vector<IdentifierId> out;
  KNOOP_TRY(tx.each("SELECT identifier FROM register_queue WHERE pair = ? ORDER BY identifier LIMIT ?", pair,
                    limit, [&](const Row& row) -> Result<void> {
                      out.push_back(row.get<IdentifierId>(0));
                      return {};
                    }));
  return out;
}

Result<std::int64_t> count_queued(Transaction& tx, PairId pair) {
  KNOOP_LET(row, tx.one("SELECT count(*) FROM register_queue WHERE pair = ?", pair));
  return row->get<std::int64_t>(0);
}

Result<bool> anything_to_register(Transaction& tx, PairId pair) {
  KNOOP_LET(row, tx.one("SELECT EXISTS(SELECT 1 FROM register_queue WHERE pair = ?1) OR "
                        "EXISTS(SELECT 1 FROM own_batches WHERE pair = ?1)",
                        pair));
  return row->get<bool>(0);
}

namespace {

enum class BatchBytes : std::uint8_t { points = 1, answer = 2, peers = 3 };

Result<void> put_bytes(Transaction& tx, PairId pair, BatchBytes what, ByteView bytes) {
  return tx.exec("INSERT OR REPLACE INTO batch_bytes(pair, what, bytes) VALUES (?, ?, ?)", pair, what, bytes);
}

Result<Bytes> get_bytes(Transaction& tx, PairId pair, BatchBytes what) {
  KNOOP_LET(row, tx.one("SELECT bytes FROM batch_bytes WHERE pair = ? AND what = ?", pair, what));
  if (!row)
    return fail(ErrorCode::damaged_database, Side::ours,
                "the bytes of a matching batch are missing; restore the database from a backup");
  return row->get<Bytes>(0);
}

}  // namespace

Result<void> begin_batch(Transaction& tx, const MatchingPair& pair, std::size_t size, std::size_t elements) {
  KNOOP_TRY(
      tx.exec("UPDATE matching_pairs SET next_handle = ? WHERE id = ?", pair.next_handle + size, pair.id));
  return tx.exec("INSERT INTO own_batches(pair, first, size, expires, waiting) VALUES (?, ?, ?, 0, ?)",
                 pair.id, pair.next_handle, size, elements);
}

Result<void> assign_handles(Transaction& tx, const MatchingPair& pair, const std::vector<Assigned>& assigned,
                            bool last) {
  for (const auto& [handle, identifier] : assigned) {
    KNOOP_LET(
        row,
        tx.one("SELECT kind, (SELECT max(c.expires) FROM client_identifiers AS c WHERE c.identifier = i.id) "
               "FROM own_identifiers AS i WHERE id = ?",
               identifier));
    if (!row) continue;
    KNOOP_TRY(
        tx.exec("INSERT INTO own_handles(pair, handle, identifier, kind, expires) VALUES (?, ?, ?, ?, ?)",
                pair.id, handle, identifier, row->get<Kind>(0), row->get<Month>(1)));
  }
  if (!assigned.empty())
    KNOOP_TRY(tx.exec("DELETE FROM register_queue WHERE pair = ? AND identifier <= ?", pair.id,
                      assigned.back().identifier));
  if (!last)
    return tx.exec("UPDATE own_batches SET waiting = waiting - ? WHERE pair = ?", assigned.size(), pair.id);
  return tx.exec(
      "UPDATE own_batches SET waiting = 0, expires = (SELECT coalesce(max(h.expires), 0) FROM own_handles AS "
      "h "
      "WHERE h.pair = own_batches.pair AND h.handle >= own_batches.first AND "
      "h.handle < own_batches.first + own_batches.size) WHERE pair = ?",
      pair.id);
}

Result<std::vector<Handle>> free_handles(Transaction& tx, PairId pair, const OwnBatch& batch) {
  std::vector<bool> taken(batch.size);
  KNOOP_TRY(tx.each("SELECT handle FROM own_handles WHERE pair = ? AND handle >= ? AND handle < ?", pair,
                    batch.first, batch.first + batch.size, [&](const Row& row) -> Result<void> {
                      taken[row.get<Handle>(0) - batch.first] = true;
                      return {};
                    }));
  std::vector<Handle> out;
  for (std::size_t i = 0; i < batch.size; ++i)
    if (!taken[i]) out.push_back(batch.first + i);
  return out;
}

Result<std::optional<OwnBatch>> own_batch(Transaction& tx, PairId pair) {
  KNOOP_LET(
      row, tx.one("SELECT first, size, expires, waiting, computed, sent, answered, hold, search, proof_owed, "
                  "proven, stored, owed, overdue, failed FROM own_batches WHERE pair = ?",
                  pair));
  if (!row) return std::nullopt;
  OwnBatch out;
  out.first = row->get<Handle>(0);
  out.size = row->get<std::size_t>(1);
  out.expires = row->get<Month>(2);
  out.waiting = row->get<std::size_t>(3);
  out.computed = row->get<bool>(4);
  out.sent = row->get<std::optional<Timestamp>>(5);
  out.answered = row->get<bool>(6);
  out.hold = row->get<std::optional<Timestamp>>(7);
  out.search = row->get<std::optional<Bytes>>(8);
  out.proof_owed = row->get<bool>(9);
  out.proven = row->get<bool>(10);
  out.stored = row->get<std::size_t>(11);
  out.owed = Milliseconds{row->get<std::int64_t>(12)};
  out.overdue = row->get<std::optional<Timestamp>>(13);
  out.failed = row->get<bool>(14);
  return out;
}

Result<std::vector<std::optional<Identifier>>> batch_slots(Transaction& tx, PairId pair, Handle first,
                                                           std::size_t count) {
  std::vector<std::optional<Identifier>> out(count);
  KNOOP_TRY(tx.each(
      "SELECT h.handle, i.kind, i.hash, i.sealed FROM own_handles AS h JOIN own_identifiers AS i "
      "ON i.id = h.identifier WHERE h.pair = ? AND h.handle >= ? AND h.handle < ?",
      pair, first, first + count, [&](const Row& row) -> Result<void> {
        KNOOP_LET(identifier,
                  open_identifier(tx, row.get<Kind>(1), row.get<LookupHash>(2), row.get<ByteView>(3)));
        out[row.get<Handle>(0) - first] = std::move(identifier);
        return {};
      }));
  return out;
}

Result<void> set_batch_points(Transaction& tx, PairId pair, const std::vector<PointBytes>& points) {
  Bytes bytes;
  bytes.reserve(points.size() * PointBytes::size);
  for (const auto& point : points) append(bytes, point.view());
  KNOOP_TRY(put_bytes(tx, pair, BatchBytes::points, bytes));
  return tx.exec("UPDATE own_batches SET computed = 1 WHERE pair = ?", pair);
}

Result<std::vector<PointBytes>> batch_points(Transaction& tx, PairId pair) {
  KNOOP_LET(bytes, get_bytes(tx, pair, BatchBytes::points));
  std::vector<PointBytes> out;
  out.reserve(bytes.size() / PointBytes::size);
  for (std::size_t at = 0; at + PointBytes::size <= bytes.size(); at += PointBytes::size)
    out.push_back(*PointBytes::from(ByteView(bytes).subspan(at, PointBytes::size)));
  return out;
}

Result<void> set_batch_sent(Transaction& tx, PairId pair, const std::optional<Timestamp>& when) {
  return tx.exec("UPDATE own_batches SET sent = ? WHERE pair = ?", when, pair);
}

Result<void> set_batch_answer(Transaction& tx, PairId pair, const Bytes& answer) {
  KNOOP_TRY(put_bytes(tx, pair, BatchBytes::answer, answer));
  return tx.exec("UPDATE own_batches SET answered = 1 WHERE pair = ?", pair);
}

Result<Bytes> batch_answer(Transaction& tx, PairId pair) {
  return get_bytes(tx, pair, BatchBytes::answer);
}

Result<std::uint64_t> add_withdrawal(Transaction& tx, PairId pair, std::size_t handles, Timestamp now) {
  KNOOP_TRY(tx.exec("UPDATE matching_pairs SET last_withdrawal = last_withdrawal + 1 WHERE id = ?", pair));
  KNOOP_LET(row, tx.one("SELECT last_withdrawal FROM matching_pairs WHERE id = ?", pair));
  const auto number = row->get<std::uint64_t>(0);
  KNOOP_TRY(tx.exec("INSERT INTO withdrawals(pair, number, body_hash, handles, sent) VALUES (?, ?, ?, ?, ?)",
                    pair, number, Hash256{}, handles, now));
  return number;
}

Result<void> set_withdrawal_hash(Transaction& tx, PairId pair, std::uint64_t number, const Hash256& body) {
  return tx.exec("UPDATE withdrawals SET body_hash = ? WHERE pair = ? AND number = ?", body, pair, number);
}

Result<bool> acknowledge_withdrawal(Transaction& tx, PairId pair, std::uint64_t number, const Hash256& body,
                                    const Signature& signature, Timestamp now) {
  KNOOP_LET(
      changed,
      tx.change("UPDATE withdrawals SET acknowledged = ?, signature = ? WHERE pair = ? AND number = ? AND "
                "body_hash = ?",
                now, signature, pair, number, body));
  return changed > 0;
}

Result<std::int64_t> count_unacknowledged_withdrawals(Transaction& tx, PairId pair) {
  KNOOP_LET(row, tx.one("SELECT count(*) FROM withdrawals WHERE pair = ? AND acknowledged IS NULL", pair));
  return row->get<std::int64_t>(0);
}

Result<std::optional<PeerBatch>> peer_batch(Transaction& tx, PairId pair) {
  KNOOP_LET(
      row,
      tx.one("SELECT first, size, stored, answered, request, requests, summed, overdue FROM peer_batches "
             "WHERE pair = ?",
             pair));
  if (!row) return std::nullopt;
  PeerBatch out;
  out.first = row->get<Handle>(0);
  out.size = row->get<std::size_t>(1);
  out.stored = row->get<std::size_t>(2);
  out.answered = row->get<std::optional<Hash256>>(3);
  out.request = row->get<std::optional<Bytes>>(4);
  out.requests = row->get<std::uint32_t>(5);
  out.summed = row->get<std::uint64_t>(6);
  out.overdue = row->get<std::optional<Timestamp>>(7);
  return out;
}

Result<Bytes> peer_batch_body(Transaction& tx, PairId pair) {
  return get_bytes(tx, pair, BatchBytes::peers);
}

Result<void> add_peer_batch(Transaction& tx, const MatchingPair& pair, std::size_t size, const Bytes& body) {
  KNOOP_TRY(tx.exec("UPDATE matching_pairs SET next_peer_handle = ? WHERE id = ?",
                    pair.next_peer_handle + size, pair.id));
  KNOOP_TRY(put_bytes(tx, pair.id, BatchBytes::peers, body));
  return tx.exec("INSERT INTO peer_batches(pair, first, size) VALUES (?, ?, ?)", pair.id,
                 pair.next_peer_handle, size);
}

Result<void> drop_peer_batch(Transaction& tx, PairId pair, Handle first) {
  KNOOP_TRY(tx.exec("UPDATE matching_pairs SET next_peer_handle = ? WHERE id = ?", first, pair));
  return tx.exec("DELETE FROM peer_batches WHERE pair = ?", pair);
}

Result<std::vector<DayHandles>> quota_counts(Transaction& tx, const MemberId& peer, QuotaSide side,
                                             Date since) {
  std::vector<DayHandles> out;
  KNOOP_TRY(
      tx.each("SELECT day, handles, frames, withdrawn FROM quota_counts WHERE peer = ? AND direction = ? AND "
              "day >= ?",
              peer, side, since, [&](const Row& row) -> Result<void> {
                out.push_back({row.get<Date>(0), row.get<std::uint64_t>(1), row.get<std::uint64_t>(2),
                               row.get<std::uint64_t>(3)});
                return {};
              }));
  return out;
}

Result<void> count_quota(Transaction& tx, const MemberId& peer, QuotaSide side, Date day,
                         std::int64_t handles, std::uint64_t frames, std::uint64_t withdrawn) {
  return tx.exec(
      "INSERT INTO quota_counts(peer, direction, day, handles, frames, withdrawn) "
      "VALUES (?1, ?2, ?3, max(0, ?4), ?5, ?6) ON CONFLICT(peer, direction, day) DO UPDATE SET "
      "handles = max(0, handles + ?4), frames = frames + ?5, withdrawn = withdrawn + ?6",
      peer, side, day, handles, frames, withdrawn);
}

Result<bool> add_hint(Transaction& tx, const MemberId& peer, Date day, matching::Hint hint) {
  KNOOP_LET(added, tx.change("INSERT OR IGNORE INTO matching_hints(peer, day, hint) VALUES (?, ?, ?)", peer,
                             day, hint));
  return added > 0;
}

Result<std::vector<DayHint>> hints_of(Transaction& tx, const MemberId& peer, Date since) {
  std::vector<DayHint> out;
  KNOOP_TRY(
      tx.each("SELECT day, hint FROM matching_hints WHERE peer = ? AND day >= ? ORDER BY day DESC, hint",
              peer, since, [&](const Row& row) -> Result<void> {
                out.push_back({row.get<Date>(0), row.get<matching::Hint>(1)});
                return {};
              }));
  return out;
}

}  // namespace knoop::storage
