// 0018: what follows professionals rather than records: who answers for what, who left, and plans of aftercare.
#include "storage/migrations.h"

namespace knoop::storage {

extern const Migration m0018_follow_up;
const Migration m0018_follow_up{18, "follow-up", R"sql(

CREATE TABLE responsibles(
  duty         INTEGER NOT NULL,                -- storage/responsible_repository.h
  id           BLOB NOT NULL CHECK(length(id) = 16),
  client       TEXT NOT NULL,                   -- own reference
  sealed       BLOB NOT NULL,                   -- the name of the professional, under the client's erasure key
  professional BLOB NOT NULL CHECK(length(professional) = 16),  -- hash of that name
  PRIMARY KEY(duty, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX responsibles_professional ON responsibles(professional, duty, id);
CREATE INDEX responsibles_client ON responsibles(client);

-- Professionals of ours, no clients: nothing here is sealed under a client's key.
CREATE TABLE leavers(
  hash         BLOB PRIMARY KEY CHECK(length(hash) = 16),
  account_hash BLOB NOT NULL CHECK(length(account_hash) = 16),
  name         TEXT NOT NULL,
  account      TEXT NOT NULL,
  left_on      INTEGER NOT NULL,
  recorded_by  TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX leavers_account ON leavers(account_hash);

CREATE TABLE aftercare(
  id        BLOB PRIMARY KEY CHECK(length(id) = 16),
  client    TEXT NOT NULL,                      -- own reference
  ends      INTEGER NOT NULL,                   -- the last day of the care that was indicated
  state     INTEGER NOT NULL,                   -- protocol/aftercare/plan.h
  sealed    BLOB NOT NULL,                      -- the words of professionals, under the client's erasure key
  handover  BLOB CHECK(length(handover) = 16),  -- of the kind nazorg, once it was asked
  begins    INTEGER NOT NULL,                   -- the term of the plan, and how far it has come
  due       INTEGER NOT NULL,
  remind    INTEGER NOT NULL,
  escalate  INTEGER NOT NULL,
  stage     INTEGER NOT NULL,
  next_look INTEGER,
  created   INTEGER NOT NULL,
  changed   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX aftercare_client ON aftercare(client);
CREATE INDEX aftercare_open ON aftercare(due) WHERE state IN (1, 2);
CREATE INDEX aftercare_look ON aftercare(next_look) WHERE next_look IS NOT NULL;

)sql"};

}  // namespace knoop::storage
