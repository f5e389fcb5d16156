// The stored state of an object, for whoever must notice that it was changed (node/http/versions.h). Not logged: it shows nobody anything.
#pragma once

#include "node/core/context.h"
#include "storage/object_state.h"

namespace knoop {

/// Nothing when there is no such object, or `id` can be none.
[[nodiscard]] inline Result<std::optional<std::string>> object_state(Context& context, storage::Kind kind,
                                                                     std::string_view id) {
  return storage::object_state(context.tx, kind, id);
}

}  // namespace knoop
