// 0002: the organisation's own records (R1.1), and the staging of imports (R1.2).
#include "storage/migrations.h"

namespace knoop::storage {

extern const Migration m0002_records;
const Migration m0002_records{2, "records", R"sql(

CREATE TABLE clients(
  id            INTEGER PRIMARY KEY,
  ref           TEXT NOT NULL UNIQUE,
  bsn           TEXT CHECK(length(bsn) = 9),
  given_names   TEXT NOT NULL,
  prefix        TEXT NOT NULL,
  surname       TEXT NOT NULL,
  birth_date    INTEGER NOT NULL,
  gender        INTEGER NOT NULL CHECK(gender BETWEEN 0 AND 3),
  postcode      TEXT NOT NULL,
  house_number  TEXT NOT NULL,
  addition      TEXT NOT NULL,
  municipality  TEXT NOT NULL,
  parent1_bsn   TEXT CHECK(length(parent1_bsn) = 9),
  parent2_bsn   TEXT CHECK(length(parent2_bsn) = 9),
  secret        INTEGER NOT NULL DEFAULT 0 CHECK(secret IN (0, 1)),         -- geheim
  institutional INTEGER NOT NULL DEFAULT 0 CHECK(institutional IN (0, 1)),
  address_key   BLOB,                        -- the folded address, to count who shares it; NULL: no full address
  created       INTEGER NOT NULL,
  changed       INTEGER NOT NULL
) STRICT;
CREATE INDEX clients_bsn ON clients(bsn) WHERE bsn IS NOT NULL;
CREATE INDEX clients_surname ON clients(surname COLLATE NOCASE);
CREATE INDEX clients_birth_date ON clients(birth_date);
CREATE INDEX clients_address ON clients(address_key) WHERE address_key IS NOT NULL;

CREATE TABLE involvements(
  id           INTEGER PRIMARY KEY,
  client       INTEGER NOT NULL REFERENCES clients(id) ON DELETE CASCADE,
  kind         INTEGER NOT NULL CHECK(kind IN (1, 2)),
  from_date    INTEGER NOT NULL,
  until_date   INTEGER NOT NULL CHECK(until_date >= from_date),
  professional TEXT NOT NULL,
  function     TEXT NOT NULL,
  phone        TEXT NOT NULL,
  email        TEXT NOT NULL,
  reason       TEXT NOT NULL DEFAULT '',
  closed_on    INTEGER,
  created      INTEGER NOT NULL,
  changed      INTEGER NOT NULL
) STRICT;
CREATE INDEX involvements_client ON involvements(client, kind, from_date);
CREATE INDEX involvements_from ON involvements(from_date);
CREATE INDEX involvements_until ON involvements(until_date);

CREATE TABLE fragments(
  id         BLOB PRIMARY KEY CHECK(length(id) = 16),
  client     INTEGER NOT NULL REFERENCES clients(id) ON DELETE CASCADE,
  category   INTEGER NOT NULL CHECK(category BETWEEN 1 AND 18),
  title      TEXT NOT NULL,
  nature     INTEGER NOT NULL CHECK(nature IN (1, 2)),
  author     TEXT NOT NULL,
  date       INTEGER NOT NULL,
  text       TEXT NOT NULL,
  persons    TEXT NOT NULL,                  -- words with commas between
  source     TEXT NOT NULL,                  -- who said or saw it; empty: the author
  schema     INTEGER NOT NULL CHECK(schema >= 1),  -- version of the category's schema
  fields     TEXT NOT NULL,                  -- typed content, canonical JSON
  sensitive  INTEGER NOT NULL CHECK(sensitive IN (0, 1)),
  retention  INTEGER CHECK(retention BETWEEN 1 AND 4),  -- none: as is usual for the category
  provenance INTEGER NOT NULL CHECK(provenance IN (1, 2)),
  parent     BLOB CHECK(length(parent) = 16),  -- the fragment that a view answers or an attachment belongs to
  occurrence INTEGER NOT NULL DEFAULT 1,     -- of fragments with equal category, title, author and date
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
  state    INTEGER NOT NULL CHECK(state BETWEEN 1 AND 4),
  dry_run  INTEGER NOT NULL CHECK(dry_run IN (0, 1)),
  started  INTEGER NOT NULL,
  finished INTEGER,
  file     INTEGER NOT NULL DEFAULT 1,       -- where applying stands: this file,
  line     INTEGER NOT NULL DEFAULT 0,       -- and all of it up to this line
  failure  TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE TABLE import_counts(
  job       INTEGER NOT NULL REFERENCES import_jobs(id) ON DELETE CASCADE,
  file      INTEGER NOT NULL CHECK(file BETWEEN 1 AND 3),
  added     INTEGER NOT NULL DEFAULT 0,
  changed   INTEGER NOT NULL DEFAULT 0,
  unchanged INTEGER NOT NULL DEFAULT 0,
  rejected  INTEGER NOT NULL DEFAULT 0,
  staged    INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY(job, file)
) STRICT, WITHOUT ROWID;
CREATE TABLE import_staging(
  job    INTEGER NOT NULL REFERENCES import_jobs(id) ON DELETE CASCADE,
  file   INTEGER NOT NULL,
  line   INTEGER NOT NULL,
  key    TEXT NOT NULL,                      -- what makes the record the same on a next import
  fields BLOB NOT NULL,
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

)sql"};

}  // namespace knoop::storage
