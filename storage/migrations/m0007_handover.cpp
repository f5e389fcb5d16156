// 0007: warm hand-overs (docs/spec/handover.md): one row each at both sides, and what happened to it in order.
#include "storage/migrations.h"

namespace knoop::storage {

extern const Migration m0007_handover;
const Migration m0007_handover{7, "handover", R"sql(

CREATE TABLE handovers(
  id          BLOB PRIMARY KEY CHECK(length(id) = 16),
  party       INTEGER NOT NULL CHECK(party IN (1, 2)),   -- what we are: 1 afzender, 2 ontvanger
  peer        BLOB NOT NULL CHECK(length(peer) = 32),
  client      TEXT NOT NULL,                             -- own reference
  sealed      BLOB NOT NULL,                             -- the Ask, and an ontvanger's own Happening that the afzender
                                                         -- has not taken yet, under the client's erasure key
  state       INTEGER NOT NULL,
  version     INTEGER NOT NULL,
  responsible INTEGER NOT NULL CHECK(responsible IN (1, 2)),
  not_taken   TEXT NOT NULL DEFAULT '',                  -- why the ontvanger's last event was not taken
  created     INTEGER NOT NULL,
  changed     INTEGER NOT NULL,
  overtaken   INTEGER NOT NULL DEFAULT 0,                -- ontvanger: own events whose answer comes too late
  task        INTEGER,                                   -- what is owed (protocol/handover/terms.h), by whom, and
  task_owner  INTEGER,                                   -- the days of its term; nothing at the end
  begins      INTEGER,
  due         INTEGER,
  remind      INTEGER,
  escalate    INTEGER,
  stage       INTEGER NOT NULL DEFAULT 0,                -- protocol/terms/deadline.h
  next_look   INTEGER                                    -- the day on which the stage may change
) STRICT, WITHOUT ROWID;
CREATE INDEX handovers_client ON handovers(client);
CREATE INDEX handovers_changed ON handovers(changed);
CREATE INDEX handovers_look ON handovers(next_look) WHERE next_look IS NOT NULL;

CREATE TABLE handover_happenings(
  handover  BLOB NOT NULL REFERENCES handovers(id) ON DELETE CASCADE,
  version   INTEGER NOT NULL,
  state     INTEGER NOT NULL,
  sealed    BLOB NOT NULL,                               -- a Happening
  PRIMARY KEY(handover, version)
) STRICT, WITHOUT ROWID;

)sql"};

}  // namespace knoop::storage
