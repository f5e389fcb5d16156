// 0009: heads of other members' logs (docs/spec/audit.md).
#include "storage/migrations.h"

namespace knoop::storage {

extern const Migration m0009_heads;
const Migration m0009_heads{9, "heads", R"sql(

-- kept: 0 the newest of its member; 1 one of two with different roots for one size; 2 contradicted by, or said after, a
-- larger one of the same log. 1 and 2 are evidence and stay.
CREATE TABLE member_heads(
  member      BLOB NOT NULL CHECK(length(member) = 32),
  incarnation INTEGER NOT NULL,
  size        INTEGER NOT NULL,
  root        BLOB NOT NULL CHECK(length(root) = 32),
  note        TEXT NOT NULL,
  heard       INTEGER NOT NULL,
  kept        INTEGER NOT NULL,
  PRIMARY KEY(member, incarnation, size, root)
) STRICT, WITHOUT ROWID;

)sql"};

}  // namespace knoop::storage
