// 0003: matching (docs/spec/matching.md): what we registered with whom, what peers registered with us, and what came of
// it.
#include "storage/migrations.h"

namespace knoop::storage {

extern const Migration m0003_matching;
const Migration m0003_matching{3, "matching", R"sql(

-- Distinct identifiers of own clients that are active. Personal data: here and in no message. `sealed` is the value under
-- the erasure key of one of the clients who have it, `hash` a keyed hash of it.
CREATE TABLE own_identifiers(
  id     INTEGER PRIMARY KEY,
  kind   INTEGER NOT NULL,
  hash   BLOB NOT NULL CHECK(length(hash) = 16),
  sealed BLOB NOT NULL
) STRICT;
-- Finds one by its hash. What is new is kept apart, in few pages, and moves in sorted parts: identifiers come in no order, and
-- each would dirty a page of its own among all others.
CREATE TABLE identifier_lookups(
  recent INTEGER NOT NULL CHECK(recent IN (0, 1)),
  kind   INTEGER NOT NULL,
  hash   BLOB NOT NULL CHECK(length(hash) = 16),
  id     INTEGER NOT NULL REFERENCES own_identifiers(id),
  PRIMARY KEY(recent, kind, hash)
) STRICT, WITHOUT ROWID;
-- Who has which. No reference to clients: a client that is deleted must first be taken out here, so that its handles
-- are withdrawn.
CREATE TABLE client_identifiers(
  client     INTEGER NOT NULL,
  identifier INTEGER NOT NULL REFERENCES own_identifiers(id),
  expires    INTEGER NOT NULL,               -- month (since January 1970) in which the client's last involvement ends
  PRIMARY KEY(client, identifier)
) STRICT, WITHOUT ROWID;
CREATE INDEX client_identifiers_identifier ON client_identifiers(identifier);

-- One row a peer and epoch; `pair` in the tables below is its id. A row stays for ever, so that numbers only grow; what
-- hangs on it goes when the epoch has ended.
CREATE TABLE matching_pairs(
  id               INTEGER PRIMARY KEY,
  peer             BLOB NOT NULL CHECK(length(peer) = 32),
  epoch            INTEGER NOT NULL CHECK(epoch > 0),
  key              BLOB CHECK(length(key) = 32),         -- our matching key of this epoch; NULL: destroyed
  opened           INTEGER NOT NULL,         -- when we sent our EpochOpen
  protocol         INTEGER NOT NULL,         -- what both agreed on when it was opened; an epoch keeps it
  identifier_rules INTEGER NOT NULL,
  versions         BLOB NOT NULL CHECK(length(versions) = 32),
  preshared        BLOB CHECK(length(preshared) = 16),   -- id of the preshared key it was opened with; NULL: none
  preshared_key    BLOB CHECK(length(preshared_key) = 32),  -- that key; NULL with `key`
  agreed           INTEGER,                  -- when both commitments were here
  commitment       BLOB CHECK(length(commitment) = 32),  -- the peer's; NULL until its EpochOpen was checked
  draw             BLOB CHECK(length(draw) = 32),        -- the peer's commitment for the opening audit
  complete         INTEGER,                  -- when we said that everything is registered here
  peer_complete    INTEGER,                  -- when the peer did
  ended            INTEGER,                  -- no registration and no evaluation any more
  ended_why        INTEGER,                  -- protocol/matching/epochs.h
  told             INTEGER,                  -- when we said so
  moved            INTEGER,                  -- no claim needs it any more
  next_handle      INTEGER NOT NULL DEFAULT 1,
  next_peer_handle INTEGER NOT NULL DEFAULT 1,
  last_withdrawal  INTEGER NOT NULL DEFAULT 0,
  not_before       INTEGER,                  -- the first day on which we may register again (quota)
  trouble_code     TEXT,                     -- why nothing moves; no evaluation in either direction while set
  trouble          TEXT,
  UNIQUE(peer, epoch)
) STRICT;

-- Identifiers still to be registered with a pair.
CREATE TABLE register_queue(
  pair       INTEGER NOT NULL REFERENCES matching_pairs(id) ON DELETE CASCADE,
  identifier INTEGER NOT NULL REFERENCES own_identifiers(id),
  PRIMARY KEY(pair, identifier)
) STRICT, WITHOUT ROWID;

-- Our handles that are no dummies. A handle below next_handle without a row is a dummy, or ended.
CREATE TABLE own_handles(
  pair       INTEGER NOT NULL REFERENCES matching_pairs(id) ON DELETE CASCADE,
  handle     INTEGER NOT NULL,
  identifier INTEGER NOT NULL,
  kind       INTEGER NOT NULL,
  expires    INTEGER NOT NULL,
  token      BLOB CHECK(length(token) = 16),  -- NULL until evaluated and proven
  recent     INTEGER NOT NULL DEFAULT 0 CHECK(recent IN (0, 1)),  -- as in peer_tokens
  PRIMARY KEY(pair, handle)
) STRICT, WITHOUT ROWID;
CREATE INDEX own_handles_token ON own_handles(pair, recent, token) WHERE token IS NOT NULL;
CREATE INDEX own_handles_identifier ON own_handles(identifier, pair);

-- Our one outstanding batch of a pair.
CREATE TABLE own_batches(
  pair    INTEGER PRIMARY KEY REFERENCES matching_pairs(id) ON DELETE CASCADE,
  first   INTEGER NOT NULL,
  size    INTEGER NOT NULL,
  expires INTEGER NOT NULL,
  waiting    INTEGER NOT NULL,               -- elements that have no handle yet: handles are given in slices
  computed   INTEGER NOT NULL DEFAULT 0 CHECK(computed IN (0, 1)),  -- the points are in batch_bytes
  sent       INTEGER,                        -- NULL: to be sent (again)
  answered   INTEGER NOT NULL DEFAULT 0 CHECK(answered IN (0, 1)),  -- the Evaluated is in batch_bytes
  hold       INTEGER,                        -- not sent again before this moment
  search     BLOB,                           -- a BulkCheck (protocol/matching/bulk_proof.h)
  proof_owed INTEGER NOT NULL DEFAULT 0 CHECK(proof_owed IN (0, 1)),  -- a proof was asked and did not come
  proven     INTEGER NOT NULL DEFAULT 0 CHECK(proven IN (0, 1)),
  stored     INTEGER NOT NULL DEFAULT 0,     -- of how many handles the tokens are kept, once proven
  owed       INTEGER NOT NULL DEFAULT 0,     -- for how long (ms) the peer owes us something while it can be reached
  overdue    INTEGER,                        -- since when that is past the term
  failed     INTEGER NOT NULL DEFAULT 0 CHECK(failed IN (0, 1))  -- the evaluation was false
) STRICT;

-- What the peer registered with us: tokens for look-up, handles for withdrawal. Tokens are random, so each of a small
-- batch would change a page of its own among those of a large load: they gather in a few pages (recent = 1), and move
-- to the others together (storage/matching_tokens.cpp). A token stands in one place only.
CREATE TABLE peer_tokens(
  pair    INTEGER NOT NULL REFERENCES matching_pairs(id) ON DELETE CASCADE,
  recent  INTEGER NOT NULL CHECK(recent IN (0, 1)),
  token   BLOB NOT NULL CHECK(length(token) = 16),
  handle  INTEGER NOT NULL,
  expires INTEGER NOT NULL,
  PRIMARY KEY(pair, recent, token)
) STRICT, WITHOUT ROWID;
CREATE TABLE peer_handles(
  pair   INTEGER NOT NULL REFERENCES matching_pairs(id) ON DELETE CASCADE,
  handle INTEGER NOT NULL,
  token  BLOB CHECK(length(token) = 16),     -- NULL: withdrawn before it came
  PRIMARY KEY(pair, handle)
) STRICT, WITHOUT ROWID;
CREATE INDEX peer_handles_early ON peer_handles(pair, handle) WHERE token IS NULL;
-- The peer's one batch that is being evaluated.
CREATE TABLE peer_batches(
  pair     INTEGER PRIMARY KEY REFERENCES matching_pairs(id) ON DELETE CASCADE,
  first    INTEGER NOT NULL,
  size     INTEGER NOT NULL,
  stored   INTEGER NOT NULL DEFAULT 0,       -- of how many handles the tokens are kept, in order of token
  answered BLOB CHECK(length(answered) = 32),  -- batch hash, once the answer went out: proofs may be asked
  request  BLOB,                             -- the ProofRequest that is to be answered
  requests INTEGER NOT NULL DEFAULT 0,
  summed   INTEGER NOT NULL DEFAULT 0,       -- handles in all requests together
  overdue  INTEGER                           -- when the peer told us that our answer is past its term
) STRICT;
-- Large values apart from the rows above, which change often: SQLite writes a whole row for each change.
CREATE TABLE batch_bytes(
  pair  INTEGER NOT NULL REFERENCES matching_pairs(id) ON DELETE CASCADE,
  what  INTEGER NOT NULL CHECK(what IN (1, 2, 3)),  -- 1 our points, 2 the Evaluated to them, 3 the peer's RegisterBatch
  bytes BLOB NOT NULL,
  PRIMARY KEY(pair, what)
) STRICT;
-- Peers that found an evaluation of ours false, until somebody looked.
CREATE TABLE disputes(
  peer  BLOB PRIMARY KEY CHECK(length(peer) = 32),
  since INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TRIGGER own_batch_ends AFTER DELETE ON own_batches BEGIN
  DELETE FROM batch_bytes WHERE pair = old.pair AND what IN (1, 2);
END;
CREATE TRIGGER peer_batch_ends AFTER DELETE ON peer_batches BEGIN
  DELETE FROM batch_bytes WHERE pair = old.pair AND what = 3;
END;
-- Hashes of what was withdrawn, until the epoch's end: registering one of them again costs no quota.
CREATE TABLE withdrawn_tokens(
  pair   INTEGER NOT NULL REFERENCES matching_pairs(id) ON DELETE CASCADE,
  digest BLOB NOT NULL CHECK(length(digest) = 32),
  PRIMARY KEY(pair, digest)
) STRICT, WITHOUT ROWID;

-- Handles a day, of both directions: 1 ours with the peer, 2 the peer's with us.
CREATE TABLE quota_counts(
  peer      BLOB NOT NULL CHECK(length(peer) = 32),
  direction INTEGER NOT NULL CHECK(direction IN (1, 2)),
  day       INTEGER NOT NULL,
  handles   INTEGER NOT NULL,                -- that were not known
  frames    INTEGER NOT NULL DEFAULT 0,      -- batches, refused ones too
  withdrawn INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY(peer, direction, day)
) STRICT, WITHOUT ROWID;

-- What somebody should look at (protocol/matching/quota.h), once a day and peer.
CREATE TABLE matching_hints(
  peer BLOB NOT NULL CHECK(length(peer) = 32),
  day  INTEGER NOT NULL,
  hint INTEGER NOT NULL,
  PRIMARY KEY(peer, day, hint)
) STRICT, WITHOUT ROWID;

CREATE TABLE withdrawals(
  pair         INTEGER NOT NULL REFERENCES matching_pairs(id) ON DELETE CASCADE,
  number       INTEGER NOT NULL,
  body_hash    BLOB NOT NULL CHECK(length(body_hash) = 32),
  handles      INTEGER NOT NULL,             -- how many
  sent         INTEGER NOT NULL,
  acknowledged INTEGER,
  signature    BLOB CHECK(length(signature) = 64),
  PRIMARY KEY(pair, number)
) STRICT, WITHOUT ROWID;

-- Equal proven tokens: a fact that both sides know.
CREATE TABLE matched_handles(
  pair        INTEGER NOT NULL REFERENCES matching_pairs(id) ON DELETE CASCADE,
  own_handle  INTEGER NOT NULL,
  peer_handle INTEGER NOT NULL,
  PRIMARY KEY(pair, own_handle)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX matched_handles_peer ON matched_handles(pair, peer_handle);

-- The names of claims (one an own client and peer) and, within a claim, of the answering side's clients: the same in
-- every epoch, and for ever, so that a match that comes back is the same match.
CREATE TABLE claim_names(
  peer   BLOB NOT NULL CHECK(length(peer) = 32),
  client INTEGER NOT NULL,
  claim  BLOB NOT NULL UNIQUE CHECK(length(claim) = 16),
  PRIMARY KEY(peer, client)
) STRICT, WITHOUT ROWID;
CREATE TABLE group_names(
  peer   BLOB NOT NULL CHECK(length(peer) = 32),
  claim  BLOB NOT NULL CHECK(length(claim) = 16),
  client INTEGER NOT NULL,
  name   BLOB NOT NULL CHECK(length(name) = 16),
  PRIMARY KEY(peer, claim, client)
) STRICT, WITHOUT ROWID;
-- What we claim in each epoch, and the answers; lists as in protocol/matching/claims.h.
CREATE TABLE match_claims(
  peer           BLOB NOT NULL CHECK(length(peer) = 32),
  client         INTEGER NOT NULL,
  epoch          INTEGER NOT NULL,
  claim          BLOB NOT NULL CHECK(length(claim) = 16),
  version        INTEGER NOT NULL,
  bsn            INTEGER NOT NULL,
  answered_claim INTEGER NOT NULL,
  answer_version INTEGER NOT NULL,
  lists          BLOB NOT NULL,
  PRIMARY KEY(peer, client, epoch)
) STRICT, WITHOUT ROWID;
CREATE INDEX match_claims_claim ON match_claims(claim, epoch);
CREATE INDEX match_claims_epoch ON match_claims(peer, epoch);
-- What a peer claims in each epoch, and what we answered.
CREATE TABLE match_answers(
  peer           BLOB NOT NULL CHECK(length(peer) = 32),
  claim          BLOB NOT NULL CHECK(length(claim) = 16),
  epoch          INTEGER NOT NULL,
  claim_version  INTEGER NOT NULL,
  claimant_bsn   INTEGER NOT NULL,
  answered_claim INTEGER NOT NULL,
  version        INTEGER NOT NULL,
  lists          BLOB NOT NULL,
  PRIMARY KEY(peer, claim, epoch)
) STRICT, WITHOUT ROWID;
CREATE TABLE answer_handles(
  pair       INTEGER NOT NULL REFERENCES matching_pairs(id) ON DELETE CASCADE,
  own_handle INTEGER NOT NULL,
  claim      BLOB NOT NULL CHECK(length(claim) = 16),
  PRIMARY KEY(pair, own_handle, claim)
) STRICT, WITHOUT ROWID;
CREATE INDEX answer_handles_claim ON answer_handles(pair, claim);
-- Clients of claims, and claims to be answered, that must be looked at again.
CREATE TABLE touched_clients(
  peer   BLOB NOT NULL CHECK(length(peer) = 32),
  client INTEGER NOT NULL,
  PRIMARY KEY(peer, client)
) STRICT, WITHOUT ROWID;
CREATE TABLE touched_claims(
  peer  BLOB NOT NULL CHECK(length(peer) = 32),
  claim BLOB NOT NULL CHECK(length(claim) = 16),
  PRIMARY KEY(peer, claim)
) STRICT, WITHOUT ROWID;

-- A pair of clients of two organisations, shown once its verdict is family, possible or certain. A match that ended
-- keeps its row (its id returns when it does) without the peer's contact data.
CREATE TABLE matches(
  id               BLOB PRIMARY KEY CHECK(length(id) = 16),
  peer             BLOB NOT NULL CHECK(length(peer) = 32),
  claim            BLOB NOT NULL CHECK(length(claim) = 16),
  client           INTEGER NOT NULL,
  verdict          INTEGER NOT NULL,
  kinds            INTEGER NOT NULL,
  found            INTEGER NOT NULL,
  ended            INTEGER,
  ended_why        INTEGER,                  -- 1 withdrawn, 2 the peer is no member any more
  contact_before   INTEGER NOT NULL,         -- the last day of the agreed term
  own_choice       INTEGER,                  -- 1 contact, 0 no contact
  own_choice_at    INTEGER,
  peer_choice_at   INTEGER,
  notice_version   INTEGER NOT NULL DEFAULT 0,
  notice_hash      BLOB CHECK(length(notice_hash) = 32),
  notice_at        INTEGER,
  receipt_at       INTEGER,
  receipt          BLOB,                     -- the signed MatchReceipt of notice_version
  peer_notice      BLOB,                     -- the newest MatchNotice
  peer_notice_at   INTEGER,
  outcome          INTEGER,
  outcome_at       INTEGER,
  peer_outcome     INTEGER,
  peer_outcome_at  INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX matches_claim ON matches(peer, claim);
CREATE INDEX matches_client ON matches(client);
CREATE INDEX matches_found ON matches(found);

)sql"};

}  // namespace knoop::storage
