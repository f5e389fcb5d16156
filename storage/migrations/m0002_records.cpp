// 0002: the organisation's own records (R1.1), and the staging of imports (R1.2).
#include "storage/migrations.h"

namespace knoop::storage {

extern const Migration m0002_records;
const Migration m0002_records{2, "records", R"sql(

-- What is personal stands in `sealed`, under the client's erasure key (storage/client_vault.h); `key` names that. What
-- must be found has a keyed hash beside it.
CREATE TABLE clients(
  id            INTEGER PRIMARY KEY AUTOINCREMENT,  -- a destroyed client's number is nobody's ever again
  ref           TEXT NOT NULL UNIQUE,
  key           BLOB NOT NULL UNIQUE CHECK(length(key) = 16),
  sealed        BLOB NOT NULL,
  secret        INTEGER NOT NULL DEFAULT 0 CHECK(secret IN (0, 1)),         -- geheim
  institutional INTEGER NOT NULL DEFAULT 0 CHECK(institutional IN (0, 1)),
  address       BLOB CHECK(length(address) = 16),  -- hash of the folded address; NULL: no full address
  created       INTEGER NOT NULL,
  changed       INTEGER NOT NULL
) STRICT;
CREATE INDEX clients_address ON clients(address) WHERE address IS NOT NULL;
-- Hashes of BSN, birth date and the beginnings of the folded surname.
CREATE TABLE client_lookups(
  hash   BLOB NOT NULL CHECK(length(hash) = 16),
  client INTEGER NOT NULL REFERENCES clients(id) ON DELETE CASCADE,
  PRIMARY KEY(hash, client)
) STRICT, WITHOUT ROWID;
CREATE INDEX client_lookups_client ON client_lookups(client);
-- The journal of erasures: each key whose client was destroyed here, for ever.
CREATE TABLE erased_keys(
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  key    BLOB NOT NULL UNIQUE CHECK(length(key) = 16),
  at     INTEGER NOT NULL
) STRICT;

-- sealed: professional, reason and why it was closed. Beside it a hash of the professional's name, by which what a leaver had is
-- found, and whether the log tells already that it nearly ends.
CREATE TABLE involvements(
  id           INTEGER PRIMARY KEY,
  client       INTEGER NOT NULL REFERENCES clients(id) ON DELETE CASCADE,
  kind         INTEGER NOT NULL CHECK(kind IN (1, 2)),
  from_date    INTEGER NOT NULL,
  until_date   INTEGER NOT NULL CHECK(until_date >= from_date),
  sealed       BLOB NOT NULL,
  professional BLOB NOT NULL CHECK(length(professional) = 16),
  closed_on    INTEGER,
  reminded     INTEGER NOT NULL DEFAULT 0 CHECK(reminded IN (0, 1)),
  created      INTEGER NOT NULL,
  changed      INTEGER NOT NULL
) STRICT;
CREATE INDEX involvements_client ON involvements(client, kind, from_date);
CREATE INDEX involvements_from ON involvements(from_date);
CREATE INDEX involvements_until ON involvements(until_date);
CREATE INDEX involvements_ending ON involvements(reminded, until_date) WHERE closed_on IS NULL;
CREATE INDEX involvements_professional ON involvements(professional) WHERE closed_on IS NULL;

-- sealed: a records::Fragment. Beside it only what lists, imports and retention ask for.
CREATE TABLE fragments(
  id         BLOB PRIMARY KEY CHECK(length(id) = 16),
  client     INTEGER NOT NULL REFERENCES clients(id) ON DELETE CASCADE,
  category   INTEGER NOT NULL CHECK(category BETWEEN 1 AND 18),
  date       INTEGER NOT NULL,
  sealed     BLOB NOT NULL,
  same       BLOB NOT NULL CHECK(length(same) = 16),  -- hash of client, category, title, author and date
  occurrence INTEGER NOT NULL DEFAULT 1,     -- of fragments with equal `same`
  retention  INTEGER CHECK(retention BETWEEN 1 AND 4),  -- none: as is usual for the category
  provenance INTEGER NOT NULL CHECK(provenance IN (1, 2)),
  parent     BLOB CHECK(length(parent) = 16),  -- the fragment that a view answers or an attachment belongs to
  version    INTEGER NOT NULL DEFAULT 1,     -- counts changes of content
  created    INTEGER NOT NULL,
  changed    INTEGER NOT NULL
) STRICT;
CREATE INDEX fragments_client ON fragments(client, category, date);

-- Clients whose identifiers or activity changed since matching last registered them. Matching takes rows out.
CREATE TABLE matching_dirty(
  client INTEGER PRIMARY KEY REFERENCES clients(id) ON DELETE CASCADE
) STRICT;

-- One import of up to three files. See docs/spec/import.md.
CREATE TABLE import_jobs(
  id       INTEGER PRIMARY KEY,
  state    INTEGER NOT NULL CHECK(state BETWEEN 1 AND 5),
  dry_run  INTEGER NOT NULL CHECK(dry_run IN (0, 1)),
  form     INTEGER NOT NULL CHECK(form IN (1, 2)),
  mapping  TEXT NOT NULL,                    -- its name, or empty
  started  INTEGER NOT NULL,
  finished INTEGER,
  file     INTEGER NOT NULL DEFAULT 1,       -- where applying stands: this file,
  line     INTEGER NOT NULL DEFAULT 0,       -- and all of it up to this line
  failure  TEXT NOT NULL DEFAULT '',
  key      BLOB CHECK(length(key) = 16)      -- of the erasure keys: closes its staged rows; NULL once it ended
) STRICT;
CREATE TABLE import_counts(
  job       INTEGER NOT NULL REFERENCES import_jobs(id) ON DELETE CASCADE,
  file      INTEGER NOT NULL CHECK(file BETWEEN 1 AND 3),
  added     INTEGER NOT NULL DEFAULT 0,
  changed   INTEGER NOT NULL DEFAULT 0,
  unchanged INTEGER NOT NULL DEFAULT 0,
  rejected  INTEGER NOT NULL DEFAULT 0,
  staged    INTEGER NOT NULL DEFAULT 0,
  ignored   INTEGER NOT NULL DEFAULT 0,      -- columns of the file that are no field here
  PRIMARY KEY(job, file)
) STRICT, WITHOUT ROWID;
CREATE TABLE import_staging(
  job    INTEGER NOT NULL REFERENCES import_jobs(id) ON DELETE CASCADE,
  file   INTEGER NOT NULL,
  line   INTEGER NOT NULL,
  key    BLOB NOT NULL CHECK(length(key) = 16),  -- hash of what makes the record the same on a next import
  fields BLOB NOT NULL,                      -- sealed under the job's key
  PRIMARY KEY(job, file, line)
) STRICT, WITHOUT ROWID;
CREATE INDEX import_staging_key ON import_staging(job, file, key, line);
CREATE TABLE import_rejects(
  job    INTEGER NOT NULL REFERENCES import_jobs(id) ON DELETE CASCADE,
  file   INTEGER NOT NULL,
  line   INTEGER NOT NULL,
  field  TEXT NOT NULL,
  reason TEXT NOT NULL,
  PRIMARY KEY(job, file, line)
) STRICT, WITHOUT ROWID;
-- What a preview shows: which column was understood as which field, and what became of the first rows.
CREATE TABLE import_columns(
  job      INTEGER NOT NULL REFERENCES import_jobs(id) ON DELETE CASCADE,
  file     INTEGER NOT NULL,
  place    INTEGER NOT NULL,
  field    TEXT NOT NULL,
  name     TEXT NOT NULL,                    -- in the file
  constant INTEGER NOT NULL CHECK(constant IN (0, 1)),
  PRIMARY KEY(job, file, place)
) STRICT, WITHOUT ROWID;
CREATE TABLE import_verdicts(
  job     INTEGER NOT NULL REFERENCES import_jobs(id) ON DELETE CASCADE,
  file    INTEGER NOT NULL,
  line    INTEGER NOT NULL,
  verdict INTEGER NOT NULL CHECK(verdict BETWEEN 0 AND 2),  -- added, changed, unchanged; rejects stand apart
  PRIMARY KEY(job, file, line)
) STRICT, WITHOUT ROWID;
-- How files of other systems are read (node/files/import_mapping.h), as JSON.
CREATE TABLE import_mappings(
  name    TEXT PRIMARY KEY,
  body    TEXT NOT NULL,
  changed INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

)sql"};

}  // namespace knoop::storage
