// 0025: uploads go on after a restart of the node, and belong to who began them (docs/spec/import.md).
#include "storage/migrations.h"

namespace knoop::storage {

extern const Migration m0025_uploads;
const Migration m0025_uploads{25, "uploads", R"sql(

ALTER TABLE import_jobs ADD COLUMN begun_by TEXT NOT NULL DEFAULT '';      -- role and account
ALTER TABLE import_jobs ADD COLUMN continued INTEGER NOT NULL DEFAULT 0;   -- when something of it last came
ALTER TABLE import_jobs ADD COLUMN mapping_body TEXT NOT NULL DEFAULT '';  -- as it was at the start
-- How far the reader of each file of an import is. Only while the files come.
CREATE TABLE import_readers(
  job    INTEGER NOT NULL REFERENCES import_jobs(id) ON DELETE CASCADE,
  file   INTEGER NOT NULL,
  next   INTEGER NOT NULL,                   -- the chunk that comes next
  sealed BLOB NOT NULL,                      -- the reader, with the half record that it has, under the job's key
  PRIMARY KEY(job, file)
) STRICT, WITHOUT ROWID;

ALTER TABLE attachment_uploads ADD COLUMN begun_by TEXT NOT NULL DEFAULT '';

)sql"};

}  // namespace knoop::storage
