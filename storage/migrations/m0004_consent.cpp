// 0004: consents and grounds (R3), and the exchange of fragments that rests on them (R4, protocol.md section 4).
#include "storage/migrations.h"

namespace knoop::storage {

extern const Migration m0004_consent;
const Migration m0004_consent{4, "consent and exchange", R"sql(

-- Never edited but for the day of withdrawal and of use, which stand in the record too. `client` is our own reference:
-- a consent outlives nothing, but what was shared on it must stay explainable. What is `sealed` here and below is so under
-- the client's erasure key (storage/client_vault.h).
-- The last day of a yes that is neither withdrawn nor used, repeated for the list of those that nearly end; empty for the others.
CREATE TABLE consents(
  id        BLOB PRIMARY KEY CHECK(length(id) = 16),
  client    TEXT NOT NULL,
  sealed    BLOB NOT NULL,
  ends      INTEGER,
  recorded  INTEGER NOT NULL                 -- as in the record, for the register
) STRICT, WITHOUT ROWID;
CREATE INDEX consents_client ON consents(client);
CREATE INDEX consents_ends ON consents(ends) WHERE ends IS NOT NULL;
CREATE INDEX consents_recorded ON consents(recorded, id);

-- The two days repeat what stands in the record, for the lists of what is to be done: empty once it is done. The two
-- marks say that the log tells of the delay already.
CREATE TABLE grounds(
  id          BLOB PRIMARY KEY CHECK(length(id) = 16),
  client      TEXT NOT NULL,
  sealed      BLOB NOT NULL,
  review_due  INTEGER,
  tell_due    INTEGER,
  review_told INTEGER NOT NULL DEFAULT 0,
  tell_told   INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE INDEX grounds_client ON grounds(client);
CREATE INDEX grounds_review ON grounds(review_due) WHERE review_due IS NOT NULL;
CREATE INDEX grounds_tell ON grounds(tell_due) WHERE tell_due IS NOT NULL;

-- The organisation's own explanations; those that come with Knoop stand in protocol/consent/text.cpp. Never changed.
CREATE TABLE consent_texts(
  version  TEXT PRIMARY KEY,
  body     TEXT NOT NULL,
  added_by TEXT NOT NULL,
  added    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What the organisation chose within R3.2 and R3.6. The highest number counts; all are kept.
CREATE TABLE consent_policies(
  number INTEGER PRIMARY KEY,
  record BLOB NOT NULL,
  set_by TEXT NOT NULL,
  set_at INTEGER NOT NULL
) STRICT;

-- Consents recorded here for what another member may release (docs/spec/consent.md, "Recorded elsewhere"): whom we told.
CREATE TABLE consents_told(
  consent BLOB NOT NULL CHECK(length(consent) = 16),
  peer    BLOB NOT NULL CHECK(length(peer) = 32),
  sent    INTEGER NOT NULL,
  PRIMARY KEY(consent, peer)
) STRICT, WITHOUT ROWID;

-- And those that others recorded for what we may release: what they said, as they signed it.
CREATE TABLE consents_elsewhere(
  consent   BLOB PRIMARY KEY CHECK(length(consent) = 16),
  recorder  BLOB NOT NULL CHECK(length(recorder) = 32),
  client    TEXT NOT NULL,                 -- our own reference
  sealed    BLOB NOT NULL,                 -- the signed ConsentStatement
  received  INTEGER NOT NULL,
  withdrawn INTEGER,                       -- when we heard of it
  used      INTEGER                        -- of a consent for once: when the key left
) STRICT, WITHOUT ROWID;
CREATE INDEX consents_elsewhere_client ON consents_elsewhere(client);
CREATE INDEX consents_elsewhere_recorder ON consents_elsewhere(recorder);

-- What we asked recorders for one release, and what they answered: kept as proof beside the receipt.
CREATE TABLE consent_asks(
  peer     BLOB NOT NULL CHECK(length(peer) = 32),      -- the receiver of the release
  exchange BLOB NOT NULL CHECK(length(exchange) = 16),
  recorder BLOB NOT NULL CHECK(length(recorder) = 32),
  request  BLOB NOT NULL,
  asked    INTEGER NOT NULL,
  answered INTEGER,
  state    BLOB,                           -- the signed ConsentState
  PRIMARY KEY(peer, exchange, recorder)
) STRICT, WITHOUT ROWID;
CREATE INDEX consent_asks_recorder ON consent_asks(recorder, exchange);

-- Fragments that a peer asked of us, or that we offered: we are the sender. States: node/core/exchange_service.h.
CREATE TABLE releases(
  peer             BLOB NOT NULL CHECK(length(peer) = 32),
  exchange         BLOB NOT NULL CHECK(length(exchange) = 16),
  state            INTEGER NOT NULL,
  client           TEXT NOT NULL,
  handover         BLOB CHECK(length(handover) = 16),
  sealed           BLOB NOT NULL,          -- the peer's FragmentRequest, or what we would have been asked
  corrects         BLOB CHECK(length(corrects) = 16),  -- an earlier release whose fragments this one corrects
  without_third    INTEGER NOT NULL DEFAULT 0,         -- data on third persons was withheld
  offer            BLOB,                   -- while it is open
  secrets          BLOB,                   -- its key and salts, sealed; destroyed when the key left or was cancelled
  receipt          BLOB,
  countersignature BLOB CHECK(length(countersignature) = 64),
  denied           BLOB,                   -- what was told about the rest
  created          INTEGER NOT NULL,
  changed          INTEGER NOT NULL,
  PRIMARY KEY(peer, exchange)
) STRICT, WITHOUT ROWID;
CREATE INDEX releases_client ON releases(client);
-- Receipted, and waiting for the word of a recorder.
CREATE INDEX releases_waiting ON releases(changed) WHERE state = 3 AND receipt IS NOT NULL;

-- On what each release rests: a withdrawal finds its releases here.
CREATE TABLE release_bases(
  basis    BLOB NOT NULL CHECK(length(basis) = 16),
  peer     BLOB NOT NULL CHECK(length(peer) = 32),
  exchange BLOB NOT NULL CHECK(length(exchange) = 16),
  PRIMARY KEY(basis, peer, exchange),
  FOREIGN KEY(peer, exchange) REFERENCES releases(peer, exchange) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- A withdrawal that a peer must apply. Open until it says that it did (R3.5).
CREATE TABLE withdrawals_out(
  basis   BLOB NOT NULL CHECK(length(basis) = 16),
  peer    BLOB NOT NULL CHECK(length(peer) = 32),
  sent    INTEGER NOT NULL,
  applied INTEGER,
  locked  INTEGER,
  flagged INTEGER,
  overdue INTEGER,  -- when it was found to be, once
  PRIMARY KEY(basis, peer)
) STRICT, WITHOUT ROWID;

-- Fragments that we asked of a peer, or that it offered us: we are the receiver.
CREATE TABLE acquisitions(
  peer             BLOB NOT NULL CHECK(length(peer) = 32),
  exchange         BLOB NOT NULL CHECK(length(exchange) = 16),
  state            INTEGER NOT NULL,
  client           TEXT NOT NULL,
  handover         BLOB CHECK(length(handover) = 16),
  sealed           BLOB NOT NULL,          -- our FragmentRequest
  corrects         BLOB CHECK(length(corrects) = 16),
  offer            BLOB,                   -- until it is opened or cancelled
  receipt          BLOB,
  countersignature BLOB CHECK(length(countersignature) = 64),
  denied           BLOB,
  created          INTEGER NOT NULL,
  changed          INTEGER NOT NULL,
  PRIMARY KEY(peer, exchange)
) STRICT, WITHOUT ROWID;
CREATE INDEX acquisitions_client ON acquisitions(client);

-- What came from peers, apart from our own dossier (R4.3).
CREATE TABLE received_fragments(
  peer     BLOB NOT NULL CHECK(length(peer) = 32),
  exchange BLOB NOT NULL CHECK(length(exchange) = 16),
  fragment BLOB NOT NULL CHECK(length(fragment) = 16),
  client   TEXT NOT NULL,
  sealed   BLOB NOT NULL,                   -- a WireFragment, and the salt that opens its commitment in the receipt
  basis    BLOB NOT NULL CHECK(length(basis) = 16),
  purpose  INTEGER NOT NULL,
  until    INTEGER NOT NULL,
  status   INTEGER NOT NULL,
  received INTEGER NOT NULL,
  corrected INTEGER,                       -- its owner said that it is no longer right
  changed  INTEGER NOT NULL,
  PRIMARY KEY(peer, exchange, fragment),
  FOREIGN KEY(peer, exchange) REFERENCES acquisitions(peer, exchange) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX received_fragments_client ON received_fragments(client);
CREATE INDEX received_fragments_basis ON received_fragments(peer, basis);
CREATE INDEX received_fragments_until ON received_fragments(until) WHERE status = 1;

-- Double-signed receipts of releases whose client was destroyed since (docs/spec/receipts.md): commitments, hashes and
-- signatures. No client and no salt: those went with the client, so that nobody can try contents against a commitment.
CREATE TABLE receipts_kept(
  peer             BLOB NOT NULL CHECK(length(peer) = 32),
  exchange         BLOB NOT NULL CHECK(length(exchange) = 16),
  given            INTEGER NOT NULL CHECK(given IN (0, 1)),  -- by us; else by the peer
  receipt          BLOB NOT NULL,
  countersignature BLOB NOT NULL CHECK(length(countersignature) = 64),
  kept             INTEGER NOT NULL,       -- when its client was destroyed
  PRIMARY KEY(peer, exchange, given)
) STRICT, WITHOUT ROWID;
CREATE INDEX receipts_kept_since ON receipts_kept(kept);

-- When an owner of fragments on loan was last heard from (the lease). One row a member at most.
CREATE TABLE owners_heard(
  peer  BLOB NOT NULL PRIMARY KEY,
  heard INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Own fragments whose content changed; whoever got them is told (R4).
CREATE TABLE corrections_due(
  fragment BLOB PRIMARY KEY CHECK(length(fragment) = 16)
) STRICT, WITHOUT ROWID;

-- An owner said that a fragment is wrong whose key is still on its way to us: it is marked as it comes in.
CREATE TABLE corrections_in(
  peer     BLOB NOT NULL CHECK(length(peer) = 32),
  exchange BLOB NOT NULL CHECK(length(exchange) = 16),
  fragment BLOB NOT NULL CHECK(length(fragment) = 16),
  at       INTEGER NOT NULL,
  PRIMARY KEY(peer, exchange, fragment)
) STRICT, WITHOUT ROWID;

-- What was read of others in an emergency although its lease was over, for the privacy officer. Empty: not reviewed yet.
CREATE TABLE emergency_reads(
  id          INTEGER PRIMARY KEY,
  client      TEXT NOT NULL,
  sealed      BLOB NOT NULL,               -- why
  fragments   INTEGER NOT NULL,
  read_by     TEXT NOT NULL,
  read_at     INTEGER NOT NULL,
  due         INTEGER NOT NULL,
  overdue     INTEGER NOT NULL DEFAULT 0,  -- the log tells of the delay
  verdict     INTEGER,
  words       TEXT,
  reviewed_by TEXT,
  reviewed_at INTEGER
) STRICT;
CREATE INDEX emergency_reads_due ON emergency_reads(due) WHERE verdict IS NULL;

-- What users say of a form (R4.5).
CREATE TABLE form_feedback(
  id      INTEGER PRIMARY KEY,
  form    TEXT NOT NULL,
  version INTEGER NOT NULL,
  score   INTEGER NOT NULL CHECK(score BETWEEN 1 AND 5),
  words   TEXT NOT NULL,
  by      TEXT NOT NULL,
  at      INTEGER NOT NULL
) STRICT;

-- Withdrawals that came, kept so that content which comes later on another stream is locked as it arrives.
CREATE TABLE withdrawals_in(
  peer  BLOB NOT NULL CHECK(length(peer) = 32),
  basis BLOB NOT NULL CHECK(length(basis) = 16),
  at    INTEGER NOT NULL,
  PRIMARY KEY(peer, basis)
) STRICT, WITHOUT ROWID;
)sql"};

}  // namespace knoop::storage
