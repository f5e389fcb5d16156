// What is due, and for whom it waits (R2.7, R5.6): the open hand-overs with their terms and the matches that ask for contact, soonest
// first. A professional's list begins here each morning; what is late cannot be missed, since it stands on top.
//
// Called by the API for professionals and team leads; reading it is logged. Holds references of own clients and names of
// organisations, nothing of a dossier.
#pragma once

#include <string>
#include <vector>

#include "node/core/context.h"
#include "protocol/terms/deadline.h"

namespace knoop {

enum class WorkKind : std::uint8_t { handover, match };

struct WorkItem {
  WorkKind kind{};
  std::string id;
  std::string client_ref;
  MemberId peer;
  std::string task;  ///< As professionals name it.
  bool ours = true;  ///< We owe it; otherwise the other organisation does, and we watch.
  Date due;
  terms::Stage stage{};
};

/// Sorted by due; what is ours before what is theirs on one day.
[[nodiscard]] Result<std::vector<WorkItem>> work_list(Context& context);

}  // namespace knoop
