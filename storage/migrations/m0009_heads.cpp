// 0009: heads of other members' logs, and witnesses: of ours, and we of theirs (docs/spec/audit.md).
#include "storage/migrations.h"

namespace knoop::storage {

extern const Migration m0009_heads;
const Migration m0009_heads{9, "heads", R"sql(

-- kept: 0 the newest of its member; 1 one of two with different roots for one size; 2 contradicted by, or said after, a
-- larger one of the same log; 3 one of two of which its member could not show that the later contains the earlier. 1 to 3
-- are evidence and stay.
CREATE TABLE member_heads(
  member      BLOB NOT NULL CHECK(length(member) = 32),
  incarnation INTEGER NOT NULL,
  size        INTEGER NOT NULL,
  root        BLOB NOT NULL CHECK(length(root) = 32),
  note        TEXT NOT NULL,
  heard       INTEGER NOT NULL,
  kept        INTEGER NOT NULL,
  PRIMARY KEY(member, incarnation, size, root)
) STRICT, WITHOUT ROWID;

-- The newest head of each other member of which this node knows that it was witnessed, with the cosignatures.
CREATE TABLE witnessed_heads(
  member      BLOB PRIMARY KEY CHECK(length(member) = 32),
  incarnation INTEGER NOT NULL,
  size        INTEGER NOT NULL,
  witnessed   INTEGER NOT NULL,
  note        TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- As witness: the newest head of each log that this node cosigned. Written in the transaction that cosigns.
CREATE TABLE cosigned_logs(
  member      BLOB NOT NULL CHECK(length(member) = 32),
  incarnation INTEGER NOT NULL,
  size        INTEGER NOT NULL,
  root        BLOB NOT NULL CHECK(length(root) = 32),
  note        TEXT NOT NULL,
  time        INTEGER NOT NULL,
  PRIMARY KEY(member, incarnation)
) STRICT, WITHOUT ROWID;

-- As owner of a log: what each of its witnesses was asked, and said. held: the size of the head that it holds of this
-- incarnation. asked: the size that was sent and not answered yet. refused: the size that it last refused. answered: when
-- it last cosigned, since this node started.
CREATE TABLE own_witnesses(
  witness     BLOB PRIMARY KEY CHECK(length(witness) = 32),
  incarnation INTEGER NOT NULL,
  held        INTEGER NOT NULL,
  asked       INTEGER,
  refused     INTEGER,
  answered    INTEGER
) STRICT, WITHOUT ROWID;
CREATE TABLE own_cosignatures(
  incarnation INTEGER NOT NULL,
  size        INTEGER NOT NULL,
  witness     BLOB NOT NULL CHECK(length(witness) = 32),
  time        INTEGER NOT NULL,
  signature   BLOB NOT NULL CHECK(length(signature) = 64),
  PRIMARY KEY(incarnation, size, witness)
) STRICT, WITHOUT ROWID;
-- The head that all witnesses are asked to cosign now, so that they meet at one size; and how late the log is that was
-- told last (0 in time).
CREATE TABLE witnessing(
  one         INTEGER PRIMARY KEY CHECK(one = 1),
  incarnation INTEGER NOT NULL,
  target      INTEGER NOT NULL,
  since       INTEGER NOT NULL,
  late        INTEGER NOT NULL
) STRICT;

-- Heads that bear our signature and are not of our log: it was set back, and this is how we know.
CREATE TABLE own_heads_lost(
  incarnation INTEGER NOT NULL,
  size        INTEGER NOT NULL,
  root        BLOB NOT NULL CHECK(length(root) = 32),
  note        TEXT NOT NULL,
  told_by     BLOB NOT NULL,
  heard       INTEGER NOT NULL,
  PRIMARY KEY(incarnation, size, root)
) STRICT, WITHOUT ROWID;

-- Proofs of log entries that follow a release: those that we owe, and those that we are owed.
-- state: 0 waited for, 1 overdue, 2 it verifies, 3 it does not, and what came stays here.
CREATE TABLE log_proofs_owed(
  peer        BLOB NOT NULL CHECK(length(peer) = 32),
  exchange    BLOB NOT NULL CHECK(length(exchange) = 16),
  incarnation INTEGER NOT NULL,
  number      INTEGER NOT NULL,
  PRIMARY KEY(peer, exchange)
) STRICT, WITHOUT ROWID;
CREATE TABLE log_proofs_awaited(
  peer        BLOB NOT NULL CHECK(length(peer) = 32),
  exchange    BLOB NOT NULL CHECK(length(exchange) = 16),
  incarnation INTEGER NOT NULL,
  number      INTEGER NOT NULL,
  leaf        BLOB NOT NULL CHECK(length(leaf) = 32),
  since       INTEGER NOT NULL,
  state       INTEGER NOT NULL,
  proof       TEXT,
  PRIMARY KEY(peer, exchange)
) STRICT, WITHOUT ROWID;
CREATE INDEX log_proofs_open ON log_proofs_awaited(since) WHERE state = 0;

)sql"};

}  // namespace knoop::storage
