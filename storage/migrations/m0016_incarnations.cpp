// 0016: logs that go on after a restore: those of others as far as they were shown, and what of our own is in doubt since
// (docs/spec/audit.md "Incarnations").
#include "storage/migrations.h"

namespace knoop::storage {

extern const Migration m0016_incarnations;
const Migration m0016_incarnations{16, "incarnations", R"sql(

-- A later log of another member. size, root: of the head of the log before that its first entry names. head, opening: what
-- was shown. state: 0 refused, since it hides entries; 1 it goes on from all that is known here; 2 allowed by a person.
-- larger: the head that it hides. renewed: the streams with this member began anew because of it.
CREATE TABLE member_incarnations(
  member      BLOB NOT NULL CHECK(length(member) = 32),
  incarnation INTEGER NOT NULL CHECK(incarnation > 1),
  size        INTEGER NOT NULL,
  root        BLOB NOT NULL CHECK(length(root) = 32),
  head        TEXT NOT NULL,
  opening     BLOB NOT NULL,
  state       INTEGER NOT NULL,
  larger      TEXT,
  renewed     INTEGER NOT NULL,
  seen        INTEGER NOT NULL,
  PRIMARY KEY(member, incarnation)
) STRICT, WITHOUT ROWID;

-- Clients about whom a withdrawal, or the end of a ground, may have been lost: no consent and no ground recorded before
-- `since` counts until a professional looked.
CREATE TABLE doubted_clients(
  client TEXT PRIMARY KEY,
  since  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What this member lent before `since` may have been withdrawn: we lost what it said, or it lost what it had to say.
CREATE TABLE doubted_loans(
  owner BLOB PRIMARY KEY CHECK(length(owner) = 32),
  since INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Hand-overs after a restore (handover.md "After a restore"). awaits: we were restored, and what this member's copies say counts until
-- it has told all of them. owes_end: it was restored, and hears so when we have told all of ours.
CREATE TABLE handover_restores(
  peer     BLOB PRIMARY KEY CHECK(length(peer) = 32),
  awaits   INTEGER NOT NULL,
  owes_end INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What is to be told of our copies, and what was.
CREATE TABLE handovers_to_tell(
  peer     BLOB NOT NULL CHECK(length(peer) = 32),
  handover BLOB NOT NULL CHECK(length(handover) = 16),
  told     INTEGER NOT NULL,
  PRIMARY KEY(peer, handover)
) STRICT, WITHOUT ROWID;

-- Entries of which personal fields came back with an older copy of the records although they were erased: the entries that told
-- so are lost, and the next log tells it again.
CREATE TABLE swept_entries(
  incarnation INTEGER NOT NULL,
  number      INTEGER NOT NULL,
  PRIMARY KEY(incarnation, number)
) STRICT, WITHOUT ROWID;
)sql"};

}  // namespace knoop::storage
