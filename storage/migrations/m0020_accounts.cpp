// 0020: who may use this node: accounts of people, keys of programs (console.md "API").
#include "storage/migrations.h"

namespace knoop::storage {

extern const Migration m0020_accounts;
const Migration m0020_accounts{20, "accounts", R"sql(

CREATE TABLE accounts(
  name        TEXT PRIMARY KEY,
  display     TEXT NOT NULL,             -- for colleagues and the log's readers
  role        TEXT NOT NULL,
  salt        BLOB CHECK(length(salt) = 16),          -- all four NULL: signs in at the identity provider only
  passes      INTEGER,
  memory      INTEGER,
  password    BLOB CHECK(length(password) = 32),      -- Argon2id of it
  issuer      TEXT,                      -- the identity provider that knows the person,
  subject     TEXT,                      -- and how: a name counts for who gave it only
  factor      BLOB CHECK(length(factor) = 20),        -- TOTP secret; NULL: not set up yet
  factor_step INTEGER NOT NULL DEFAULT 0,             -- of the last code that counted
  disabled    INTEGER,
  created     INTEGER NOT NULL,
  created_by  TEXT NOT NULL,
  UNIQUE(issuer, subject),
  CHECK((issuer IS NULL) = (subject IS NULL))
) STRICT, WITHOUT ROWID;

-- Attempts since the last that succeeded, by hash of the name that was typed, whether there is such an account or not.
CREATE TABLE sign_in_attempts(
  name       BLOB PRIMARY KEY CHECK(length(name) = 32),
  attempts   INTEGER NOT NULL,
  not_before INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE api_keys(
  id         INTEGER PRIMARY KEY,
  name       TEXT NOT NULL,
  role       TEXT NOT NULL,
  scopes     TEXT NOT NULL,              -- "involvements:write matches:read"
  hash       BLOB NOT NULL UNIQUE CHECK(length(hash) = 32),
  created    INTEGER NOT NULL,
  created_by TEXT NOT NULL,
  ended      INTEGER,
  ended_by   TEXT
) STRICT;

)sql"};

}  // namespace knoop::storage
