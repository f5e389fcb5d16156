// What ties a log to the one before it. A node that was restored from a backup does not go on in its old log, of which it may
// have forgotten the end: it opens the next incarnation, whose first entry holds in `reference` the last signed head of the
// one before, with the witnesses' cosignatures (protocol.md section 6).
//
// A hostile node can open an incarnation to be rid of entries it regrets: then a larger head of the earlier log is known to
// witnesses or in an older export, and the two do not fit. Signatures are checked where the keys are known (knoop-verify).
#pragma once

#include <optional>

#include "crypto/checkpoint.h"
#include "crypto/note.h"
#include "protocol/audit/origin.h"

namespace knoop::audit {

struct HeadBefore {
  Note note;
  Checkpoint head;
};

/// From the `reference` of a log's first entry: nothing for the first incarnation, whose reference is empty; otherwise a head
/// of the same member's log with the number below. An Error says what is wrong.
[[nodiscard]] Result<std::optional<HeadBefore>> head_before(const LogOrigin& origin,
                                                            std::string_view reference);

}  // namespace knoop::audit
