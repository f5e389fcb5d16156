// 0011: files that belong to fragments (F18), ours and those of peers, in pieces (docs/spec/attachments.md).
#include "storage/migrations.h"

namespace knoop::storage {

extern const Migration m0011_attachments;
const Migration m0011_attachments{11, "attachments", R"sql(
-- The content of a file, ours or a peer's, whoever it belongs to. Nobody may read what is dropped: its pieces are deleted a
-- few at a time, because 50 MB in one event would hold everything up.
CREATE TABLE attachment_files(
  id      INTEGER PRIMARY KEY AUTOINCREMENT,
  client  TEXT NOT NULL,         -- own reference, whose file it is
  dropped INTEGER NOT NULL DEFAULT 0 CHECK(dropped IN (0, 1))
) STRICT;
CREATE INDEX attachment_files_dropped ON attachment_files(id) WHERE dropped = 1;
-- With rowids: a piece is far larger than a page.
CREATE TABLE attachment_pieces(
  file   INTEGER NOT NULL REFERENCES attachment_files(id) ON DELETE CASCADE,
  number INTEGER NOT NULL,
  hash   BLOB NOT NULL CHECK(length(hash) = 32),
  sealed BLOB NOT NULL,         -- the bytes, under the client's erasure key
  UNIQUE(file, number)
) STRICT;

-- A file that a person is putting in, until all of it is here; then it becomes a fragment, or nothing.
CREATE TABLE attachment_uploads(
  fragment   BLOB PRIMARY KEY CHECK(length(fragment) = 16),  -- the id that it will have
  file       INTEGER NOT NULL REFERENCES attachment_files(id),
  client     TEXT NOT NULL,
  name       TEXT NOT NULL,
  media_type TEXT NOT NULL,
  bytes      INTEGER NOT NULL,
  started    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The files of own fragments.
CREATE TABLE attachments_own(
  fragment BLOB PRIMARY KEY CHECK(length(fragment) = 16),
  file     INTEGER NOT NULL REFERENCES attachment_files(id)
) STRICT, WITHOUT ROWID;

-- Files of peers' fragments that wait, are coming, or came. One for a fragment and what it committed to, however many
-- releases brought it: a correction brings the words again, not the file. `exchange` is the one that it is asked for with.
CREATE TABLE attachments_in(
  peer     BLOB NOT NULL CHECK(length(peer) = 32),
  fragment BLOB NOT NULL CHECK(length(fragment) = 16),
  root     BLOB NOT NULL CHECK(length(root) = 32),
  exchange BLOB NOT NULL CHECK(length(exchange) = 16),
  file     INTEGER REFERENCES attachment_files(id),  -- while anything of it is kept
  bytes    INTEGER NOT NULL,     -- as announced
  have     INTEGER NOT NULL,     -- pieces that are here: 0 to have - 1
  hashes   BLOB,                 -- of all pieces, once the first came
  state    INTEGER NOT NULL,     -- storage/attachment_repository.h
  why      TEXT NOT NULL,        -- it waits, or ended without all of it
  asked    INTEGER NOT NULL,     -- when pieces were last asked for
  PRIMARY KEY(peer, fragment, root)
) STRICT, WITHOUT ROWID;
CREATE INDEX attachments_in_open ON attachments_in(state, asked) WHERE state IN (1, 2);

-- What a peer asked for last, so that one question is not answered again and again.
CREATE TABLE attachments_out(
  peer     BLOB NOT NULL CHECK(length(peer) = 32),
  exchange BLOB NOT NULL CHECK(length(exchange) = 16),
  fragment BLOB NOT NULL CHECK(length(fragment) = 16),
  asked_to INTEGER NOT NULL,     -- pieces before this number were asked for
  at       INTEGER NOT NULL,
  PRIMARY KEY(peer, exchange, fragment)
) STRICT, WITHOUT ROWID;

-- Who read which file when: its pieces are one entry in the log for a quarter of an hour. A reading in an emergency is
-- never covered by an ordinary one of a moment ago.
CREATE TABLE attachment_reads(
  reader    TEXT NOT NULL,
  fragment  BLOB NOT NULL CHECK(length(fragment) = 16),
  emergency INTEGER NOT NULL CHECK(emergency IN (0, 1)),
  at        INTEGER NOT NULL,
  PRIMARY KEY(reader, fragment, emergency)
) STRICT, WITHOUT ROWID;

-- However a fragment goes, its file goes with it.
CREATE TRIGGER attachments_own_gone AFTER DELETE ON fragments BEGIN
  DELETE FROM attachments_own WHERE fragment = old.id;
END;
CREATE TRIGGER attachments_own_dropped AFTER DELETE ON attachments_own BEGIN
  UPDATE attachment_files SET dropped = 1 WHERE id = old.file;
END;
CREATE INDEX received_fragments_fragment ON received_fragments(peer, fragment);
CREATE TRIGGER attachments_in_gone AFTER DELETE ON received_fragments
WHEN NOT EXISTS (SELECT 1 FROM received_fragments WHERE peer = old.peer AND fragment = old.fragment) BEGIN
  DELETE FROM attachments_in WHERE peer = old.peer AND fragment = old.fragment;
END;
CREATE TRIGGER attachments_in_dropped AFTER DELETE ON attachments_in BEGIN
  UPDATE attachment_files SET dropped = 1 WHERE id = old.file;
END;
)sql"};

}  // namespace knoop::storage
