// What is due, and for whom it waits (R2.2, R2.7, R5.5, R5.6), soonest first: open hand-overs with their terms, matches that ask for
// contact, involvements and consents that nearly end, plans of aftercare that are to be made, and what somebody who left had and nobody took. A
// professional's list begins here each morning; what is late cannot be missed, since it stands on top.
//
// Called by the API for professionals and team leads, who see references of own clients and names of organisations and colleagues,
// nothing of a dossier; and for monitors, who see that something is late and at which organisation, and no client, id or person
// (R2.7). Both are logged.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "node/core/context.h"
#include "protocol/names.h"
#include "protocol/terms/deadline.h"

namespace knoop {

enum class WorkKind : std::uint8_t { handover, match, involvement, aftercare, takeover, consent };
inline constexpr std::array<Named<WorkKind>, 6> work_kinds{{{WorkKind::handover, "handover"},
                                                            {WorkKind::match, "match"},
                                                            {WorkKind::involvement, "involvement"},
                                                            {WorkKind::aftercare, "aftercare"},
                                                            {WorkKind::takeover, "takeover"},
                                                            {WorkKind::consent, "consent"}}};
[[nodiscard]] constexpr std::string_view to_string(WorkKind kind) {
  return name_in(work_kinds, kind);
}

struct WorkItem {
  WorkKind kind{};
  std::string id;
  std::string client_ref;
  std::optional<MemberId> peer;  ///< None: nobody else is waited for.
  std::string task;              ///< As professionals name it.
  bool ours = true;              ///< We owe it; otherwise the other organisation does, and we watch.
  Date due;
  terms::Stage stage{};
  std::string owner{};    ///< Of our own professionals; empty: everybody's.
  std::string trouble{};  ///< Why everybody sees it: a professional escalated it, or who had it left.
};

/// Sorted by due; what is ours before what is theirs on one day. With `owner`: what is theirs, what nobody owns, and what
/// was escalated, by the clock or by a person, whoever owns it. So many at once, behind the place_in_work() of the last; of each kind
/// the 10,000 that are due soonest.
[[nodiscard]] Result<std::vector<WorkItem>> work_list(Context& context, std::string_view owner = "",
                                                      std::int64_t limit = 100'000,
                                                      std::string_view after = "");
/// A text that sorts as the list does.
[[nodiscard]] std::string place_in_work(const WorkItem& item);

/// One line of a monitor's list: so many tasks of a kind, with one organisation, at one stage.
struct WorkStatus {
  WorkKind kind{};
  std::optional<MemberId> peer;
  bool ours = true;
  terms::Stage stage{};
  std::int64_t count = 0;
  Date oldest_due;
};
[[nodiscard]] Result<std::vector<WorkStatus>> work_status(Context& context);

}  // namespace knoop
