// 0005: the audit log (protocol.md section 6, docs/spec/audit.md).
#include "storage/migrations.h"

namespace knoop::storage {

extern const Migration m0005_audit;
const Migration m0005_audit{5, "audit log", R"sql(

-- One row a log; a restored node opens the next incarnation, the highest number is the one written to. `tree`
-- is all that the Merkle tree needs to grow: its size and the roots of its complete subtrees (crypto/merkle.h).
CREATE TABLE audit_logs(
  incarnation INTEGER PRIMARY KEY CHECK(incarnation > 0),
  last_time   INTEGER NOT NULL,
  tree        BLOB NOT NULL
) STRICT;

-- Append only: no statement of ours updates a row but the one that erases personal fields. `fields` holds value and salt of
-- every field in its own encoding (audit_repository.cpp); of an entry about a client the personal ones stand in `personal`,
-- under the client's erasure key, and `fields` has their commitments. Client and event stand beside it for look-ups.
CREATE TABLE audit_entries(
  incarnation INTEGER NOT NULL REFERENCES audit_logs(incarnation),
  number      INTEGER NOT NULL CHECK(number >= 0),
  time        INTEGER NOT NULL,
  event       INTEGER NOT NULL,
  client      TEXT,
  leaf        BLOB NOT NULL CHECK(length(leaf) = 32),
  fields      BLOB NOT NULL,
  personal    BLOB,                          -- NULL: of no client, or erased
  PRIMARY KEY(incarnation, number)
) STRICT;  -- with its own rowid: in a table without, a row over a quarter of a page fills an overflow page of its own
CREATE INDEX audit_entries_of_client ON audit_entries(client, incarnation, number) WHERE client IS NOT NULL;

-- Roots of complete subtrees of 256 leaves and more; smaller ones are computed from the leaves. So a proof reads some
-- hundred leaves however long the log is, and an entry costs a 256th part of a row.
CREATE TABLE audit_nodes(
  incarnation INTEGER NOT NULL,
  level       INTEGER NOT NULL CHECK(level >= 8),
  number      INTEGER NOT NULL CHECK(number >= 0),
  hash        BLOB NOT NULL CHECK(length(hash) = 32),
  PRIMARY KEY(incarnation, level, number)
) STRICT, WITHOUT ROWID;

-- Heads that this node signed. A head once given away is never signed again with another root. witnessed_at: when enough
-- witnesses of the convenant then in force had cosigned it.
CREATE TABLE audit_heads(
  incarnation  INTEGER NOT NULL,
  size         INTEGER NOT NULL,
  signed_at    INTEGER NOT NULL,
  note         TEXT NOT NULL,
  witnessed_at INTEGER,
  PRIMARY KEY(incarnation, size)
) STRICT, WITHOUT ROWID;
CREATE INDEX audit_heads_witnessed ON audit_heads(incarnation, size) WHERE witnessed_at IS NOT NULL;
)sql"};

}  // namespace knoop::storage
