// 0024: keys of requests that are not to be done twice (docs/spec/api.md "Once and no more").
#include "storage/migrations.h"

namespace knoop::storage {

extern const Migration m0024_request_keys;
const Migration m0024_request_keys{24, "request keys", R"sql(

CREATE TABLE request_keys(
  who    TEXT NOT NULL,                      -- the account, and where it comes from
  key    TEXT NOT NULL,
  at     INTEGER NOT NULL,
  sealed BLOB,                               -- what was asked (a hash) and answered, under a key of nobody (waiting.h);
                                             -- NULL: a client was destroyed since
  PRIMARY KEY(who, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX request_keys_at ON request_keys(at);

)sql"};

}  // namespace knoop::storage
