// 0006: the channel with each peer (docs/spec/frames.md): what we still have to send, what we have applied, and what
// could not be applied.
#include "storage/migrations.h"

namespace knoop::storage {

extern const Migration m0006_channel;
const Migration m0006_channel{6, "channel", R"sql(

-- One row a peer and stream. `instance` is drawn when a stream is opened and says that the numbers belong together.
CREATE TABLE stream_out(
  peer       BLOB NOT NULL CHECK(length(peer) = 32),
  stream     INTEGER NOT NULL,
  instance   BLOB NOT NULL CHECK(length(instance) = 16),
  last_assigned INTEGER NOT NULL DEFAULT 0,  -- highest number given to a body
  last_acked    INTEGER NOT NULL DEFAULT 0,  -- the peer has committed up to here
  renewed       INTEGER NOT NULL DEFAULT 0,  -- 1: drawn after a restore, and the peer does not follow it yet
  PRIMARY KEY(peer, stream)
) STRICT, WITHOUT ROWID;

CREATE TABLE stream_in(
  peer           BLOB NOT NULL CHECK(length(peer) = 32),
  stream         INTEGER NOT NULL,
  instance       BLOB NOT NULL CHECK(length(instance) = 16),
  last_committed INTEGER NOT NULL DEFAULT 0,
  renewed        INTEGER NOT NULL DEFAULT 0,  -- 1: we were restored, and the peer did not open its new one yet
  PRIMARY KEY(peer, stream)
) STRICT, WITHOUT ROWID;

-- What each peer said of itself in the last Hello that was believed and agreed to.
CREATE TABLE peer_hellos(
  peer    BLOB PRIMARY KEY CHECK(length(peer) = 32),
  heard   INTEGER NOT NULL,
  offered BLOB NOT NULL                      -- OfferedVersions (protocol/channel/versions.h)
) STRICT, WITHOUT ROWID;

-- The key that a pair exchanged out of band.
CREATE TABLE preshared_keys(
  peer      BLOB PRIMARY KEY CHECK(length(peer) = 32),
  secret    BLOB NOT NULL CHECK(length(secret) = 32),
  installed INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Bodies that the peer has not acknowledged. Sealed and signed anew at each transmission.
-- A body gets its number when the peer is there (protocol/channel/streams.h says why).
CREATE TABLE outbox(
  id        INTEGER PRIMARY KEY AUTOINCREMENT,
  peer      BLOB NOT NULL CHECK(length(peer) = 32),
  stream    INTEGER NOT NULL,
  number    INTEGER CHECK(number > 0),
  type      INTEGER NOT NULL,
  subject   BLOB CHECK(length(subject) = 16),
  queued_at INTEGER NOT NULL,
  body      BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX outbox_numbered ON outbox(peer, stream, number) WHERE number IS NOT NULL;
CREATE INDEX outbox_waiting ON outbox(peer, stream, id) WHERE number IS NULL;

-- Frames that were opened and could not be applied; later frames with the same subject wait here behind them.
CREATE TABLE dead_letter(
  id          INTEGER PRIMARY KEY,
  peer        BLOB NOT NULL CHECK(length(peer) = 32),
  stream      INTEGER NOT NULL,
  number      INTEGER NOT NULL,
  type        INTEGER NOT NULL,
  subject     BLOB CHECK(length(subject) = 16),
  sent_at     INTEGER NOT NULL,
  received_at INTEGER NOT NULL,
  body        BLOB NOT NULL,
  code        TEXT NOT NULL,
  sentence    TEXT NOT NULL,
  handled_at  INTEGER
) STRICT;
CREATE INDEX dead_letter_open ON dead_letter(peer, subject) WHERE handled_at IS NULL;

)sql"};

}  // namespace knoop::storage
