// 0001: what every node has whatever it does: facts about itself, its own keys, the cards and convenants it
// was given.
#include "storage/migrations.h"

namespace knoop::storage {

extern const Migration m0001_base;
const Migration m0001_base{1, "base", R"sql(

-- Single facts, such as the network id or the number of our own newest card. The service that owns a key names it.
CREATE TABLE meta(
  key   TEXT PRIMARY KEY,
  value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- The newest reading of the clock, stored each minute, and what is doubted about it (node/core/clock_watch.h).
CREATE TABLE clock(
  id      INTEGER PRIMARY KEY CHECK(id = 1),
  latest  INTEGER NOT NULL,
  step    INTEGER CHECK(step IN (1, 2)),        -- 1 back, 2 forward; NULL: the clock is believed
  before  INTEGER,
  after   INTEGER,
  counted INTEGER NOT NULL                      -- milliseconds since the step
) STRICT;

-- Our own keys, one row a key; a retired key stays as long as something sealed to it may still come.
CREATE TABLE node_keys(
  id      INTEGER PRIMARY KEY,
  kind    TEXT NOT NULL CHECK(kind IN
            ('organisation', 'signing', 'witness', 'sealing', 'transport', 'matching')),
  public  BLOB,                                -- NULL: a symmetric key has none
  secret  BLOB,                                -- NULL: held off line, as the organisation key should be
  created INTEGER NOT NULL,
  retired INTEGER,                             -- NULL: in use, or announced as the next
  UNIQUE(kind, public)
) STRICT;

-- Every card we accepted, own and others', by the number its member gave it. The text is kept as it was signed.
CREATE TABLE cards(
  member      BLOB NOT NULL CHECK(length(member) = 32),
  number      INTEGER NOT NULL CHECK(number > 0),
  text        BLOB NOT NULL,
  received_at INTEGER NOT NULL,
  PRIMARY KEY(member, number)
) STRICT;

-- Every convenant we installed, in the order of its number.
CREATE TABLE convenants(
  number       INTEGER PRIMARY KEY CHECK(number > 0),
  text         BLOB NOT NULL,
  hash         BLOB NOT NULL CHECK(length(hash) = 32),
  installed_at INTEGER NOT NULL
) STRICT;

)sql"};

}  // namespace knoop::storage
