// What happens after a node was restored from a backup (protocol.md sections 2 and 6, docs/spec/audit.md "Incarnations"): it may
// have forgotten the end of its log, what it was told and what it promised. So it discloses nothing until its privacy officer,
// who sees what was lost, opens the next incarnation of the log.
//
// Opening, in one transaction: the first entry holds the newest head of the log before that anybody told of, and the
// officer's approval and reason; the new log is the one that is written to from there; streams with every peer begin anew; open
// exchanges end, and matching begins anew with everybody. Fails closed: consents and grounds count for nothing until a
// professional looked at each client's, since a withdrawal may be forgotten; what others lent opens in an emergency only, since
// they may have taken it back. The journal of erasures was applied before, when the records were opened (erasure.md). What is
// lost stays lost: nothing is asked back from peers yet, and what_was_lost() says so.
//
// The others. A member's later log is believed when its Hello shows the first entry, signed and approved, and it holds a head
// no smaller than any of the log before that is known here: cosigned by this node, witnessed, or (when nobody watches that
// log) any. Then the streams with that member begin anew, and what it lent opens in an emergency only until it is lent anew: a
// withdrawal that it never sent may be forgotten there. Else it is refused: both heads are kept, logged and passed on, it is
// cosigned no more, and only what is protective passes. A larger head that comes later has the same effect.
//
// A hostile node can open an incarnation to be rid of entries it regrets: whoever cosigned them refuses, and a quorum of
// witnesses always has an honest one that did. It can name a larger head than it ever had: that hides nothing, and lies about
// itself only. A member that was honest and is refused all the same (a head that only one member heard) is let through by
// the privacy officer there, who says why.
#pragma once

#include "node/core/context.h"
#include "node/core/heads.h"
#include "storage/incarnation_repository.h"

namespace knoop {

// ---- as the restored

/// What the officer sees before opening. No personal data.
struct Loss {
  bool set_back = false;  ///< Others know more of this node than it does itself. Else nothing below counts.
  std::uint32_t incarnation = 1;
  std::uint64_t size = 0;  ///< Of the log as it is here.
  /// The newest head that others know, or, when they know of no larger one, the own newest: what the next log goes on from.
  std::optional<storage::MemberHead> head;
  std::size_t witnesses = 0;  ///< That the convenant names for this log.
  std::size_t quorum =
      0;                  ///< So many must have told what they hold, or the newest head may not be known yet.
  std::size_t heard = 0;  ///< That told since this node started.
  std::int64_t clients = 0;  ///< With consents or grounds, which will be in doubt.
  std::int64_t loans = 0;    ///< Fragments of others, which will open in an emergency only.
  std::int64_t waiting = 0;  ///< Messages that wait; most of them will be dropped.
};
[[nodiscard]] Result<Loss> what_was_lost(Context& context);

/// `size` and `root`: of Loss::head, as the officer saw it. The last thing that its event does. Errors, nothing having
/// changed: forbidden (not a privacy officer), bad_value (no reason), wrong_state (nothing was lost; also when it was done
/// already), unwitnessed (too few witnesses told what they hold), conflict (another head is the newest now).
Result<audit::LogOrigin> open_incarnation(Context& context, std::uint64_t size, const Hash256& root,
                                          const std::string& reason);

/// For Hello, when the own log is not the first: how it begins, under the own head of this size.
[[nodiscard]] Result<std::optional<Bytes>> own_opening(storage::Transaction& tx, std::uint32_t incarnation,
                                                       std::uint64_t size);

// ---- as the others

enum class LaterLog : std::uint8_t {
  none,     ///< It goes on in a log that is believed.
  renew,    ///< It goes on in a later log, and the streams with it have to begin anew because of that.
  refused,  ///< Its later log is not believed.
};
/// Looks at what a believed Hello says of its sender's own log. Logs what is new, once.
[[nodiscard]] Result<LaterLog> take_incarnation(Context& context, const MemberId& from, const Hello& hello);
/// The streams began anew.
Result<void> incarnation_renewed(Context& context, const MemberId& from, const Hello& hello);
/// A head of an earlier log was heard: does the later one hide it?
Result<void> look_back(Context& context, const storage::MemberHead& head, bool witnessed);
/// This log of the member is its first, or believed.
[[nodiscard]] Result<bool> is_believed(Context& context, const MemberId& member, std::uint32_t incarnation);
/// The privacy officer lets a refused log through. The last thing that its event does. forbidden, not_found, wrong_state, bad_value
/// (no reason).
Result<void> allow_incarnation(Context& context, const MemberId& member, const std::string& reason);

}  // namespace knoop
