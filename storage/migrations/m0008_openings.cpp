// 0008: the opening audit (docs/spec/openings.md).
#include "storage/migrations.h"

namespace knoop::storage {

extern const Migration m0008_openings;
const Migration m0008_openings{8, "openings", R"sql(

-- Our points, a row a batch: 32 bytes each, that of handle `first` in front.
CREATE TABLE registered_points(
  pair   INTEGER NOT NULL REFERENCES matching_pairs(id) ON DELETE CASCADE,
  first  INTEGER NOT NULL,
  points BLOB NOT NULL,
  PRIMARY KEY(pair, first)
) STRICT;
-- Over the peer's points: crypto/merkle.h CompactTree.
CREATE TABLE received_trees(
  pair INTEGER PRIMARY KEY REFERENCES matching_pairs(id) ON DELETE CASCADE,
  tree BLOB NOT NULL
) STRICT;

-- What own handles stood for that ended before their epoch; as own_identifiers had it until it is sealed to the auditor.
CREATE TABLE ended_handles(
  pair      INTEGER NOT NULL REFERENCES matching_pairs(id) ON DELETE CASCADE,
  handle    INTEGER NOT NULL,
  kind      INTEGER,
  hash      BLOB CHECK(length(hash) = 16),
  value     BLOB,                            -- own_identifiers.sealed
  reference TEXT,
  sealed    BLOB,
  PRIMARY KEY(pair, handle),
  CHECK((sealed IS NULL) = (value IS NOT NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX ended_handles_clear ON ended_handles(pair) WHERE sealed IS NULL;

-- The record that an identifier belonged to last: it is known no more when the handle goes.
CREATE TABLE last_references(
  identifier INTEGER PRIMARY KEY REFERENCES own_identifiers(id) ON DELETE CASCADE,
  reference  TEXT NOT NULL
) STRICT;
CREATE TRIGGER client_identifiers_deleted AFTER DELETE ON client_identifiers BEGIN
  INSERT OR REPLACE INTO last_references(identifier, reference)
    SELECT OLD.identifier, ref FROM clients WHERE id = OLD.client;
END;
CREATE TRIGGER own_handles_deleted BEFORE DELETE ON own_handles
WHEN EXISTS(SELECT 1 FROM matching_pairs WHERE id = OLD.pair AND key IS NOT NULL) BEGIN
  INSERT OR IGNORE INTO ended_handles(pair, handle, kind, hash, value, reference)
    SELECT OLD.pair, OLD.handle, i.kind, i.hash, i.sealed, coalesce(
      (SELECT c.ref FROM client_identifiers AS x JOIN clients AS c ON c.id = x.client
       WHERE x.identifier = i.id ORDER BY c.id LIMIT 1),
      (SELECT reference FROM last_references WHERE identifier = i.id), '')
    FROM own_identifiers AS i WHERE i.id = OLD.identifier;
END;

CREATE TABLE opening_audits(
  pair      INTEGER PRIMARY KEY REFERENCES matching_pairs(id) ON DELETE CASCADE,
  started   INTEGER NOT NULL,
  auditor   BLOB NOT NULL CHECK(length(auditor) = 32),
  sample    INTEGER NOT NULL,
  draw      BLOB CHECK(length(draw) = 32),  -- what the peer committed to
  own       BLOB,                           -- our EpochStatement
  peers     BLOB,                           -- the peer's, checked
  peer_card TEXT NOT NULL DEFAULT '',
  context   BLOB NOT NULL DEFAULT x'',
  drawn     INTEGER NOT NULL DEFAULT 0,
  done      INTEGER,
  trouble   TEXT NOT NULL DEFAULT ''
) STRICT;
-- As they came: perhaps before our own side has ended the epoch.
CREATE TABLE peer_statements(
  pair INTEGER PRIMARY KEY REFERENCES matching_pairs(id) ON DELETE CASCADE,
  body BLOB NOT NULL,
  card TEXT NOT NULL
) STRICT;
CREATE TABLE openings(
  pair   INTEGER NOT NULL REFERENCES matching_pairs(id) ON DELETE CASCADE,
  handle INTEGER NOT NULL,
  sealed BLOB,
  path   BLOB,                              -- hashes of 32 bytes
  PRIMARY KEY(pair, handle)
) STRICT, WITHOUT ROWID;

)sql"};

}  // namespace knoop::storage
