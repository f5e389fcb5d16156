// What somebody should look at (protocol/matching/quota.h, domain.md R2.6: whoever looks is seen). Notes each kind once a
// day and peer, in the log (`match.anomaly`) and for `knoop status`; stops nothing.
#pragma once

#include "protocol/matching/quota.h"
#include "storage/matching_repository.h"

namespace knoop {

class Context;

Result<void> note_hint(Context& context, const MemberId& peer, matching::Hint hint, std::string detail);
/// After the peer's handles or withdrawals of today were counted.
Result<void> watch_counts(Context& context, const storage::MatchingPair& pair);
/// Now and then: whether our own quota with a member is nearly used up (R8.5).
Result<void> watch_own_quota(Context& context);
/// Now and then: notices of matches that a peer left without receipt for a day (protocol.md section 3: a missing receipt
/// alarms). They are looked at again, which sends them once more.
Result<void> watch_receipts(Context& context);

}  // namespace knoop
