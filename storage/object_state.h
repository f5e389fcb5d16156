// What a change of an object has to notice about it (docs/spec/api.md "Two people at once"): the columns of its row that a person can
// see or change, as one text. Two texts are the same when nobody changed it in between; what timers note for themselves (that they
// reminded, when they look again) is not in it. Sealed columns stand in it as they are: what was sealed anew counts as changed.
#pragma once

#include "storage/database.h"

namespace knoop::storage {

enum class Kind {
  client,
  involvement,
  fragment,
  match,
  handover,
  consent,
  ground,
  import,
  account,
  subject_request,
  destruction,
  aftercare,
  emergency_read,
  import_mapping,
  consent_policy,  ///< There is one: "current".
};

/// `id` is what stands in the address: hexadecimal, a number or a name. Nothing when there is no such object.
[[nodiscard]] Result<std::optional<std::string>> object_state(Transaction& tx, Kind kind,
                                                              std::string_view id);

}  // namespace knoop::storage
