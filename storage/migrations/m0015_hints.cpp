// 0015: hints at what is odd (R8.5).
#include "storage/migrations.h"

namespace knoop::storage {

extern const Migration m0015_hints;
const Migration m0015_hints{15, "hints", R"sql(

-- One a kind, subject and cause. Open until a privacy officer closes it.
CREATE TABLE hints(
  id        INTEGER PRIMARY KEY,
  kind      INTEGER NOT NULL,
  subject   TEXT NOT NULL,               -- an account or a member
  cause     TEXT NOT NULL,               -- what happened, in a form that is the same when it is seen again
  client    TEXT,                        -- our reference, when it is about one
  raised    INTEGER NOT NULL,
  detail    TEXT NOT NULL,
  closed    INTEGER,
  closed_by TEXT,
  reason    TEXT,                        -- why it was closed, when it is about no client
  sealed    BLOB,                        -- and when it is: under that client's erasure key
  UNIQUE(kind, subject, cause)
) STRICT;
CREATE INDEX hints_open ON hints(id) WHERE closed IS NULL;
CREATE INDEX hints_client ON hints(client) WHERE client IS NOT NULL;

-- Whom an account looked at on a day, by our reference, and ('') how often it searched. Older days are forgotten.
CREATE TABLE lookups(
  user   TEXT NOT NULL,
  day    INTEGER NOT NULL,
  client TEXT NOT NULL,
  times  INTEGER NOT NULL,
  PRIMARY KEY(user, day, client)
) STRICT, WITHOUT ROWID;

-- Whom an account names as its own family: a keyed hash of account and BSN (client_vault.h).
CREATE TABLE own_family(
  user   TEXT NOT NULL,
  person BLOB NOT NULL CHECK(length(person) = 16),
  added  INTEGER NOT NULL,
  PRIMARY KEY(user, person)
) STRICT, WITHOUT ROWID;

)sql"};

}  // namespace knoop::storage
