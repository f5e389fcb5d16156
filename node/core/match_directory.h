// Which of our clients a match names, for the exchange of fragments: those whose contact data crossed, as long as the
// match lasts (R2.3, R2.4). Below that a peer may not ask anything about anybody.
#pragma once

#include "node/core/case_directory.h"
#include "node/core/service.h"
#include "storage/match_repository.h"

namespace knoop {

/// The match, when it is current and contact data crossed; not_found or wrong_state with what is missing otherwise.
[[nodiscard]] Result<storage::StoredMatch> usable_match(Context& context, const matching::MatchId& id);

/// Understands no message of its own; it is a service so that the node owns it like the others.
class MatchDirectory final : public Service, public CaseDirectory {
 public:
  void register_handlers(Dispatcher&) override {}
  Result<std::optional<Case>> find_case(Context& context, const MemberId& peer,
                                        const exchange::About& about) override;
};

}  // namespace knoop
