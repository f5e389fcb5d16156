// Who watches a member's log, by the convenant and the cards (docs/spec/audit.md "Witnesses").
#pragma once

#include <functional>

#include "config/card.h"
#include "config/convenant.h"
#include "protocol/audit/witness.h"

namespace knoop {

/// The newest card of a member that is known, or null.
using FindCard = std::function<const Card*(const MemberId&)>;

/// The witness set of this member's log under this version. A witness whose card is not known is counted among those that
/// are named and cannot cosign; a rule without any stands for a member for whom the convenant names none.
[[nodiscard]] audit::WitnessRule witness_rule(const Convenant& convenant, const MemberId& member,
                                              const FindCard& card);

}  // namespace knoop
