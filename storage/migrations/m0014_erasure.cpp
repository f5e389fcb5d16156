// 0014: destructions and requests of data subjects (R8.4, docs/spec/erasure.md).
#include "storage/migrations.h"

namespace knoop::storage {

extern const Migration m0014_erasure;
const Migration m0014_erasure{14, "erasure", R"sql(

CREATE TABLE destructions(
  id           BLOB PRIMARY KEY CHECK(length(id) = 16),
  client       TEXT,                         -- our reference; NULL once it is destroyed
  fragment     BLOB CHECK(length(fragment) = 16),  -- this one only; NULL: the client
  ground       INTEGER NOT NULL,
  sealed       BLOB,                         -- the reason, under the client's erasure key; NULL once it is destroyed
  fingerprint  BLOB NOT NULL CHECK(length(fingerprint) = 32),  -- of what there was to destroy when it was asked
  state        INTEGER NOT NULL,
  asked_by     TEXT NOT NULL,
  asked        INTEGER NOT NULL,
  approved_by  TEXT NOT NULL DEFAULT '',
  approved     INTEGER,
  ordered      INTEGER,                      -- when whoever received something was told
  fields       INTEGER NOT NULL DEFAULT 0,   -- log entries whose personal fields were destroyed
  done         INTEGER,
  incarnation  INTEGER,                      -- the entry of the log that tells of it
  entry        INTEGER,
  leaf         BLOB CHECK(length(leaf) = 32),
  waits_for    TEXT NOT NULL DEFAULT ''      -- why an approved one does not go on
) STRICT, WITHOUT ROWID;
CREATE INDEX destructions_state ON destructions(state);
CREATE INDEX destructions_client ON destructions(client) WHERE client IS NOT NULL;

-- To whoever received something: a row an exchange.
CREATE TABLE destruction_orders(
  destruction BLOB NOT NULL REFERENCES destructions(id) ON DELETE CASCADE,
  peer        BLOB NOT NULL CHECK(length(peer) = 32),
  exchange    BLOB NOT NULL CHECK(length(exchange) = 16),
  given       INTEGER NOT NULL,              -- fragments it was given
  sent        INTEGER NOT NULL,
  answered    INTEGER,
  destroyed   INTEGER,
  kept        INTEGER,
  proof       BLOB,                          -- a DestructionProof
  overdue     INTEGER,                       -- when that was logged, once
  PRIMARY KEY(destruction, peer, exchange)
) STRICT, WITHOUT ROWID;
CREATE INDEX destruction_orders_open ON destruction_orders(sent) WHERE answered IS NULL;

-- Requests of data subjects. `client` is NULL once the client is destroyed: that the request was met stays.
CREATE TABLE subject_requests(
  id       BLOB PRIMARY KEY CHECK(length(id) = 16),
  client   TEXT,
  kind     INTEGER NOT NULL,
  state    INTEGER NOT NULL,
  received INTEGER NOT NULL,                 -- a day
  due      INTEGER NOT NULL,                 -- a day
  extended INTEGER NOT NULL DEFAULT 0 CHECK(extended IN (0, 1)),
  closed   INTEGER,
  told     INTEGER NOT NULL DEFAULT 0,       -- the log tells of the delay
  sealed   BLOB                              -- who asked, and all words
) STRICT, WITHOUT ROWID;
CREATE INDEX subject_requests_due ON subject_requests(due) WHERE closed IS NULL;
CREATE INDEX subject_requests_client ON subject_requests(client) WHERE client IS NOT NULL;

)sql"};

}  // namespace knoop::storage
