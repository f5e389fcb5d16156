// 0017: the tasks that matches are (docs/spec/followup.md): one row for each match.
#include "storage/migrations.h"

namespace knoop::storage {

extern const Migration m0017_match_tasks;
const Migration m0017_match_tasks{17, "match_tasks", R"sql(

-- What a match itself knows (choices, contact data, outcomes, its end) stands in matches and nowhere else. No words of people
-- about a child: codes and days. state follows from both, as of the last change, for lists and terms.
CREATE TABLE match_tasks(
  match        BLOB PRIMARY KEY CHECK(length(match) = 16),
  begun        INTEGER NOT NULL,                  -- when the match was found, or came back after a while
  state        INTEGER NOT NULL,                  -- protocol/followup/names.h
  owner        TEXT NOT NULL DEFAULT '',          -- empty: the professional of the involvement
  data_day     INTEGER,                           -- when contact data first came
  contact_day  INTEGER,
  contact_way  INTEGER,
  contact_at   INTEGER,                           -- when that was recorded
  declined     INTEGER,                           -- why there is no contact
  given_up     INTEGER,                           -- when we stopped waiting for the other side
  trouble      INTEGER,                           -- why a professional escalated it
  escalated_at INTEGER,
  task         INTEGER,                           -- what is owed (protocol/followup/terms.h), and the days of its term;
  begins       INTEGER,                           -- kept while the match has ended, should it come back
  due          INTEGER,
  remind       INTEGER,
  escalate     INTEGER,
  stage        INTEGER NOT NULL DEFAULT 0,        -- protocol/terms/deadline.h
  next_look    INTEGER                            -- the day on which the stage may change
) STRICT, WITHOUT ROWID;
CREATE INDEX match_tasks_look ON match_tasks(next_look) WHERE next_look IS NOT NULL;
CREATE INDEX match_tasks_due ON match_tasks(due, match) WHERE state < 6;
CREATE INDEX match_tasks_owner ON match_tasks(owner) WHERE owner <> '';

)sql"};

}  // namespace knoop::storage
