#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "crypto/hash.h"
#include "storage/matching_repository.h"

namespace knoop::storage {
namespace {

using matching::Handle;
using matching::Kind;
using matching::Month;
using matching::Token;
using records::ClientId;

// Batches up to this size are kept as recent, up to so many tokens of a pair and side. Then they move, sorted: that
// changes every page of a large load once, for all of them, and takes some 20 ms.
constexpr std::size_t most_in_recent_batch = 961;
constexpr std::int64_t most_recent = 4096;

Hash256 digest_of(const Token& token) {
  return sha256(token.view());
}

// Everybody who has the identifier of this own handle.
Result<void> touch_handle(Transaction& tx, const MatchingPair& pair, Handle own, bool claimant) {
  if (!claimant)
    return tx.exec(
        "INSERT OR IGNORE INTO touched_claims(peer, claim) SELECT ?, claim FROM answer_handles "
        "WHERE pair = ? AND own_handle = ?",
        pair.peer, pair.id, own);
  return tx.exec(
      "INSERT OR IGNORE INTO touched_clients(peer, client) SELECT ?, client FROM client_identifiers "
      "WHERE identifier = (SELECT identifier FROM own_handles WHERE pair = ? AND handle = ?)",
      pair.peer, pair.id, own);
}

Result<void> unmatch(Transaction& tx, const MatchingPair& pair, Handle own, bool claimant) {
  KNOOP_LET(gone, tx.change("DELETE FROM matched_handles WHERE pair = ? AND own_handle = ?", pair.id, own));
  if (gone > 0) KNOOP_TRY(touch_handle(tx, pair, own, claimant));
  return {};
}

Result<void> match(Transaction& tx, const MatchingPair& pair, Handle own, Handle peer, bool claimant) {
  KNOOP_TRY(tx.exec("INSERT OR REPLACE INTO matched_handles(pair, own_handle, peer_handle) VALUES (?, ?, ?)",
                    pair.id, own, peer));
  return touch_handle(tx, pair, own, claimant);
}

struct PeerToken {
  Handle handle = 0;
  bool recent = false;
};
Result<std::optional<PeerToken>> find_peer_token(Transaction& tx, const MatchingPair& pair,
                                                 const Token& token) {
  // Two looks: for "recent IN (0, 1)" SQLite makes a table of its own each time, at the price of both.
  KNOOP_LET(row,
            tx.one("SELECT handle, recent FROM peer_tokens WHERE pair = ?1 AND recent = 0 AND token = ?2 "
                   "UNION ALL "
                   "SELECT handle, recent FROM peer_tokens WHERE pair = ?1 AND recent = 1 AND token = ?2",
                   pair.id, token));
  if (!row) return std::nullopt;
  return PeerToken{row->get<Handle>(0), row->get<bool>(1)};
}

/// The newest own handle with this token.
Result<std::optional<Handle>> find_own_token(Transaction& tx, const MatchingPair& pair, const Token& token) {
  KNOOP_LET(row,
            tx.one("SELECT max((SELECT ifnull(max(handle), 0) FROM own_handles INDEXED BY own_handles_token "
                   "WHERE pair = ?1 AND recent = 0 AND token = ?2), "
                   "(SELECT ifnull(max(handle), 0) FROM own_handles INDEXED BY own_handles_token "
                   "WHERE pair = ?1 AND recent = 1 AND token = ?2))",
                   pair.id, token));
  const auto handle = row->get<Handle>(0);
  return handle == 0 ? std::nullopt : std::optional(handle);
}

Result<bool> enough_recent(Transaction& tx, std::string_view table, const MatchingPair& pair) {
  KNOOP_LET(row,
            tx.one(fmt::format("SELECT count(*) FROM {} WHERE pair = ? AND recent = 1 AND token IS NOT NULL",
                               table),
                   pair.id));
  return row->get<std::int64_t>(0) > most_recent;
}
Result<void> settle_peer_tokens(Transaction& tx, const MatchingPair& pair) {
  KNOOP_TRY(
      tx.exec("INSERT INTO peer_tokens(pair, recent, token, handle, expires) SELECT pair, 0, token, handle, "
              "expires FROM peer_tokens WHERE pair = ? AND recent = 1 ORDER BY token",
              pair.id));
  return tx.exec("DELETE FROM peer_tokens WHERE pair = ? AND recent = 1", pair.id);
}
Result<void> settle_own_tokens(Transaction& tx, const MatchingPair& pair) {
  return tx.exec("UPDATE own_handles SET recent = 0 WHERE pair = ? AND recent = 1 AND token IS NOT NULL",
                 pair.id);
}

}  // namespace

Result<void> touch_client(Transaction& tx, const MatchingPair& pair, ClientId client, bool claimant) {
  // Who never had a claim there and shares nothing matched has none to look at; most clients are so with most peers.
  // So it is asked first: a statement that may insert costs SQLite a journal of its own.
  if (claimant) {
    KNOOP_LET(row,
              tx.one("SELECT EXISTS(SELECT 1 FROM claim_names WHERE peer = ?2 AND client = ?3) OR "
                     "EXISTS(SELECT 1 FROM client_identifiers AS c CROSS JOIN own_handles AS h INDEXED BY "
                     "own_handles_identifier ON h.identifier = c.identifier AND h.pair = ?1 CROSS JOIN "
                     "matched_handles AS m ON m.pair = ?1 AND m.own_handle = h.handle WHERE c.client = ?3)",
                     pair.id, pair.peer, client));
    if (!row->get<bool>(0)) return {};
    return tx.exec("INSERT OR IGNORE INTO touched_clients(peer, client) VALUES (?, ?)", pair.peer, client);
  }
  std::vector<matching::ClaimId> claims;
  KNOOP_TRY(
      tx.each("SELECT DISTINCT a.claim FROM client_identifiers AS c CROSS JOIN own_handles AS h INDEXED BY "
              "own_handles_identifier ON h.identifier = c.identifier AND h.pair = ?1 CROSS JOIN "
              "answer_handles AS a ON a.pair = ?1 AND a.own_handle = h.handle WHERE c.client = ?2",
              pair.id, client, [&](const Row& row) -> Result<void> {
                claims.push_back(row.get<matching::ClaimId>(0));
                return {};
              }));
  for (const matching::ClaimId& claim : claims)
    KNOOP_TRY(tx.exec("INSERT OR IGNORE INTO touched_claims(peer, claim) VALUES (?, ?)", pair.peer, claim));
  return {};
}

Result<void> keep_tokens(Transaction& tx, const MatchingPair& pair, Handle first,
                         std::span<const Token> tokens, bool claimant) {
  struct Kept {
    Handle handle = 0;
    IdentifierId identifier = 0;
    bool bsn = false;
    bool replaces = false;  // an older handle of the same identifier
  };
  std::vector<Kept> kept;  // no dummies, and nothing that ended meanwhile
  kept.reserve(tokens.size());
  KNOOP_TRY(tx.each(
      "SELECT h.handle, h.identifier, h.kind, EXISTS(SELECT 1 FROM own_handles AS o WHERE "
      "o.identifier = h.identifier AND o.pair = h.pair AND o.handle < h.handle) FROM own_handles AS h "
      "WHERE h.pair = ? AND h.handle >= ? AND h.handle < ?",
      pair.id, first, first + tokens.size(), [&](const Row& row) -> Result<void> {
        kept.push_back(
            {row.get<Handle>(0), row.get<IdentifierId>(1), row.get<Kind>(2) == Kind::bsn, row.get<bool>(3)});
        return {};
      }));
  // A handle may live as long as the peer keeps it: that saves registering again when an involvement grows longer.
  KNOOP_LET(batch, tx.one("SELECT expires FROM own_batches WHERE pair = ?", pair.id));
  const Month at_peer = batch ? batch->get<Month>(0) : Month{0};
  const bool recent = tokens.size() <= most_in_recent_batch;
  for (const Kept& row : kept)
    KNOOP_TRY(
        tx.exec("UPDATE own_handles SET token = ?, recent = ?, expires = max(expires, ?) WHERE pair = ? AND "
                "handle = ?",
                tokens[row.handle - first], recent, at_peer, pair.id, row.handle));
  KNOOP_LET(enough, enough_recent(tx, "own_handles INDEXED BY own_handles_token", pair));
  if (enough) KNOOP_TRY(settle_own_tokens(tx, pair));
  KNOOP_LET(has_tokens, tx.one("SELECT EXISTS(SELECT 1 FROM peer_tokens WHERE pair = ?)", pair.id));
  const bool may_match = has_tokens->get<bool>(0);
  for (const Kept& row : kept) {
    if (row.replaces) {
      std::vector<Handle> replaced;
      KNOOP_TRY(tx.each("SELECT handle FROM own_handles WHERE identifier = ? AND pair = ? AND handle < ?",
                        row.identifier, pair.id, row.handle, [&](const Row& older) -> Result<void> {
                          replaced.push_back(older.get<Handle>(0));
                          return {};
                        }));
      for (const Handle older : replaced) {
        KNOOP_TRY(unmatch(tx, pair, older, claimant));
        KNOOP_TRY(tx.exec("DELETE FROM own_handles WHERE pair = ? AND handle = ?", pair.id, older));
      }
    }
    if (may_match) {
      KNOOP_LET(equal, find_peer_token(tx, pair, tokens[row.handle - first]));
      if (equal) KNOOP_TRY(match(tx, pair, row.handle, equal->handle, claimant));
    }
    // A proven BSN changes what its clients' claims and answers say, also where it matched nothing.
    if (!row.bsn) continue;
    std::vector<ClientId> clients;
    KNOOP_TRY(tx.each("SELECT client FROM client_identifiers WHERE identifier = ?", row.identifier,
                      [&](const Row& client) -> Result<void> {
                        clients.push_back(client.get<ClientId>(0));
                        return {};
                      }));
    for (const ClientId client : clients) KNOOP_TRY(touch_client(tx, pair, client, claimant));
  }
  return {};
}

Result<void> finish_batch(Transaction& tx, const MatchingPair& pair, Handle first,
                          const std::vector<Token>& tokens, bool claimant) {
  KNOOP_TRY(keep_tokens(tx, pair, first, tokens, claimant));
  return tx.exec("DELETE FROM own_batches WHERE pair = ?", pair.id);
}

std::vector<std::size_t> in_order(const std::vector<Token>& tokens) {
  std::vector<std::size_t> order(tokens.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  // By position where tokens are equal: a peer may send one point twice, and the later handle replaces the earlier.
  std::ranges::sort(order, {}, [&](std::size_t i) { return std::pair(tokens[i], i); });
  return order;
}

Result<std::size_t> keep_peer_tokens(Transaction& tx, const MatchingPair& pair, Handle first, Month expires,
                                     const std::vector<Token>& tokens, std::span<const std::size_t> positions,
                                     bool claimant) {
  // What few batches meet is asked once, and not for every handle.
  std::set<Handle> early;  // withdrawn before they came
  KNOOP_TRY(tx.each(
      "SELECT handle FROM peer_handles INDEXED BY peer_handles_early WHERE pair = ? AND token IS NULL",
      pair.id, [&](const Row& row) -> Result<void> {
        early.insert(row.get<Handle>(0));
        return {};
      }));
  KNOOP_LET(asked, tx.one("SELECT EXISTS(SELECT 1 FROM withdrawn_tokens WHERE pair = ?1), "
                          "EXISTS(SELECT 1 FROM own_handles WHERE pair = ?1 AND token IS NOT NULL)",
                          pair.id));
  const bool any_withdrawn = asked->get<bool>(0);
  const bool may_match = asked->get<bool>(1);

  const bool recent = tokens.size() <= most_in_recent_batch;
  KNOOP_LET(asked_recent,
            tx.one("SELECT EXISTS(SELECT 1 FROM peer_tokens WHERE pair = ? AND recent = 1)", pair.id));
  // A token must not stand in both places: where there are two, each is looked at before one is added.
  const bool any_recent = recent || asked_recent->get<bool>(0);

  std::size_t known = 0;
  std::set<Handle> coming;  // what peer_handles shall hold
  for (const std::size_t i : positions) {
    const Token& token = tokens[i];
    const Handle handle = first + i;
    const auto forget_withdrawal = [&]() -> Result<void> {
      if (!any_withdrawn) return {};
      KNOOP_LET(was, tx.change("DELETE FROM withdrawn_tokens WHERE pair = ? AND digest = ?", pair.id,
                               digest_of(token)));
      if (was > 0) ++known;
      return {};
    };
    if (early.contains(handle)) {  // its withdrawal also ends an older handle of the same token
      KNOOP_TRY(tx.exec("DELETE FROM peer_handles WHERE pair = ? AND handle = ?", pair.id, handle));
      KNOOP_LET(before, find_peer_token(tx, pair, token));
      if (before) {
        ++known;
        const Handle older = before->handle;
        if (coming.erase(older) > 0)
          KNOOP_TRY(tx.exec("INSERT INTO peer_handles(pair, handle, token) VALUES (?, ?, ?)", pair.id, older,
                            token));
        KNOOP_TRY(withdraw_peer_handles(tx, pair, {older}, claimant));
      } else {
        KNOOP_TRY(forget_withdrawal());
      }
      continue;
    }
    std::optional<PeerToken> before;
    if (any_recent) {
      KNOOP_LET(found, find_peer_token(tx, pair, token));
      before = found;
    }
    bool added = false;
    if (!before) {
      KNOOP_LET(
          rows,
          tx.change("INSERT INTO peer_tokens(pair, recent, token, handle, expires) VALUES (?, ?, ?, ?, ?) "
                    "ON CONFLICT(pair, recent, token) DO NOTHING",
                    pair.id, recent, token, handle, expires));
      added = rows > 0;
    }
    if (added) {
      KNOOP_TRY(forget_withdrawal());
    } else {
      ++known;
      if (!before) {
        KNOOP_LET(found, find_peer_token(tx, pair, token));
        before = found;
      }
      if (coming.erase(before->handle) == 0)
        KNOOP_TRY(tx.exec("DELETE FROM peer_handles WHERE pair = ? AND handle = ?", pair.id, before->handle));
      KNOOP_TRY(tx.exec(
          "UPDATE peer_tokens SET handle = ?, expires = ? WHERE pair = ? AND recent = ? AND token = ?",
          handle, expires, pair.id, before->recent, token));
    }
    coming.insert(handle);
    if (!may_match) continue;
    KNOOP_LET(own, find_own_token(tx, pair, token));
    if (own) KNOOP_TRY(match(tx, pair, *own, handle, claimant));
  }
  for (const Handle handle : coming)
    KNOOP_TRY(tx.exec("INSERT INTO peer_handles(pair, handle, token) VALUES (?, ?, ?)", pair.id, handle,
                      tokens[handle - first]));
  KNOOP_LET(enough, enough_recent(tx, "peer_tokens", pair));
  if (enough) KNOOP_TRY(settle_peer_tokens(tx, pair));
  return known;
}

Result<std::size_t> finish_peer_batch(Transaction& tx, const MatchingPair& pair,
                                      const matching::RegisterBatch& batch, const std::vector<Token>& tokens,
                                      bool claimant) {
  KNOOP_LET(known,
            keep_peer_tokens(tx, pair, batch.first, batch.expires, tokens, in_order(tokens), claimant));
  KNOOP_TRY(tx.exec("DELETE FROM peer_batches WHERE pair = ?", pair.id));
  return known;
}

Result<void> withdraw_peer_handles(Transaction& tx, const MatchingPair& pair,
                                   const std::vector<Handle>& handles, bool claimant) {
  KNOOP_LET(evaluating,
            tx.one("SELECT first FROM peer_batches WHERE pair = ? AND answered IS NULL", pair.id));
  const Handle not_stored = evaluating ? evaluating->get<Handle>(0) : pair.next_peer_handle;
  for (const Handle handle : handles) {
    KNOOP_LET(row, tx.one("SELECT token FROM peer_handles WHERE pair = ? AND handle = ?", pair.id, handle));
    if (!row) {
      // Withdrawals have a stream of their own and may overtake the batch. Two batches ahead is more than an honest
      // peer, which has one outstanding, can be.
      const bool coming = !pair.ended && handle >= std::min(not_stored, pair.next_peer_handle);
      if (coming && handle < pair.next_peer_handle + 2 * matching::most_in_batch)
        KNOOP_TRY(
            tx.exec("INSERT INTO peer_handles(pair, handle, token) VALUES (?, ?, NULL)", pair.id, handle));
      continue;
    }
    if (row->is_null(0)) continue;
    const auto token = row->get<Token>(0);
    for (const bool recent : {false, true})
      KNOOP_TRY(tx.exec("DELETE FROM peer_tokens WHERE pair = ? AND recent = ? AND token = ?", pair.id,
                        recent, token));
    KNOOP_TRY(tx.exec("DELETE FROM peer_handles WHERE pair = ? AND handle = ?", pair.id, handle));
    if (!pair.ended)
      KNOOP_TRY(tx.exec("INSERT OR IGNORE INTO withdrawn_tokens(pair, digest) VALUES (?, ?)", pair.id,
                        digest_of(token)));
    KNOOP_LET(own, tx.one("SELECT own_handle FROM matched_handles WHERE pair = ? AND peer_handle = ?",
                          pair.id, handle));
    if (own) KNOOP_TRY(unmatch(tx, pair, own->get<Handle>(0), claimant));
  }
  return {};
}

Result<void> expire_tokens(Transaction& tx, const MatchingPair& pair, Month month, bool claimant) {
  std::vector<Handle> gone;
  const auto collect = [&](const Row& row) -> Result<void> {
    gone.push_back(row.get<Handle>(0));
    return {};
  };
  KNOOP_TRY(
      tx.each("SELECT handle FROM peer_tokens WHERE pair = ? AND expires < ?", pair.id, month, collect));
  if (!gone.empty()) KNOOP_TRY(withdraw_peer_handles(tx, pair, gone, claimant));
  gone.clear();
  KNOOP_TRY(
      tx.each("SELECT handle FROM own_handles WHERE pair = ? AND expires < ?", pair.id, month, collect));
  for (const Handle handle : gone) {
    KNOOP_TRY(unmatch(tx, pair, handle, claimant));
    KNOOP_TRY(tx.exec("DELETE FROM own_handles WHERE pair = ? AND handle = ?", pair.id, handle));
  }
  return {};
}

}  // namespace knoop::storage
