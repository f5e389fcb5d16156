// 0010: who was a member once, what contradicts the convenant, and what was never sent because of it
// (docs/spec/membership.md).
#include "storage/migrations.h"

namespace knoop::storage {

extern const Migration m0010_membership;
const Migration m0010_membership{10, "membership", R"sql(

-- Members that a version of the convenant left out. Protective frames pass between us for two years.
CREATE TABLE former_members(
  member BLOB PRIMARY KEY CHECK(length(member) = 32),
  id     TEXT NOT NULL,                      -- its short name then
  since  INTEGER NOT NULL,
  number INTEGER NOT NULL                    -- the version that left it out
) STRICT, WITHOUT ROWID;

-- Valid texts of a number that has another one installed: two texts of one number are the managers' doing.
CREATE TABLE convenant_evidence(
  hash   BLOB PRIMARY KEY CHECK(length(hash) = 32),
  number INTEGER NOT NULL,
  text   BLOB NOT NULL,
  heard  INTEGER NOT NULL,
  source BLOB CHECK(length(source) = 32)     -- the member that passed it on; NULL: a person here
) STRICT, WITHOUT ROWID;

-- Messages that will not be sent any more, without what was in them.
CREATE TABLE void_messages(
  id        INTEGER PRIMARY KEY,
  peer      BLOB NOT NULL CHECK(length(peer) = 32),
  type      INTEGER NOT NULL,
  subject   BLOB CHECK(length(subject) = 16),
  queued_at INTEGER NOT NULL,
  voided_at INTEGER NOT NULL
) STRICT;
CREATE INDEX void_messages_peer ON void_messages(peer);

)sql"};

}  // namespace knoop::storage
