// Who is to be told of which hand-overs after a restore (docs/spec/handover.md "After a restore"). Rows only: the rules are
// node/core/handover_restored.cpp's.
#pragma once

#include <optional>
#include <vector>

#include "crypto/keys.h"
#include "protocol/ids.h"
#include "storage/database.h"

namespace knoop::storage {

struct HandoverRestore {
  bool awaits = false;    ///< We were restored; what the peer's copies say counts until it has told all.
  bool owes_end = false;  ///< The peer was restored, and we have not said yet that all is told.
};
/// Nothing stored: neither.
[[nodiscard]] Result<HandoverRestore> handover_restore(Transaction& tx, const MemberId& peer);
[[nodiscard]] Result<void> put_handover_restore(Transaction& tx, const MemberId& peer,
                                                const HandoverRestore& row);
/// Whoever has something to hear from us.
[[nodiscard]] Result<std::vector<MemberId>> peers_to_tell_handovers(Transaction& tx);

/// All hand-overs with this peer of which it ever heard.
[[nodiscard]] Result<void> tell_handovers(Transaction& tx, const MemberId& peer);
[[nodiscard]] Result<std::vector<HandoverId>> handovers_to_tell(Transaction& tx, const MemberId& peer,
                                                                std::int64_t limit);
[[nodiscard]] Result<bool> is_to_be_told(Transaction& tx, const HandoverId& handover);
[[nodiscard]] Result<void> handover_is_told(Transaction& tx, const HandoverId& handover);
/// It was told to this peer since its restore, or ours.
[[nodiscard]] Result<bool> was_told(Transaction& tx, const MemberId& peer, const HandoverId& handover);

/// What happened in this version and later ones is forgotten: the other copy says otherwise.
[[nodiscard]] Result<void> forget_happenings(Transaction& tx, const HandoverId& handover, std::uint32_t from);

}  // namespace knoop::storage
