// A new version of the convenant, and what follows from it (protocol.md section 1, docs/spec/membership.md).
//
// A version comes from a person (`knoop convenant install`) or from another member (ConvenantPush, a protective message):
// whoever sees in a Hello that a peer holds less passes on what it lacks, in order. Either way it is taken in one
// transaction, with everything that follows: whoever it leaves out loses what was shared with it (Service::
// on_member_left), messages that wait for it become void, and only what is protective passes from then on.
//
// Between two members with different versions nothing but protective messages passes until the lower one has taken the
// higher: so a node that hears of a higher version takes it before anything else. A member that claims a number which
// nobody signed keeps only its own link quiet.
//
// A second valid text of an installed number is kept as evidence, logged, and shown; it freezes the membership until a
// later version names one of the two (membership.h).
//
// A hostile member can push texts: without the managers' signatures they become dead letters and change nothing. It can
// refuse to take a version that leaves it out: then everybody else refuses what it says.
#pragma once

#include <set>

#include "node/core/membership.h"
#include "node/core/service.h"

namespace knoop {

/// Before the convenant expires somebody must gather signatures: everybody hears of it so long before.
inline constexpr int expiry_warning_days = 60;

/// Whole days until the installed convenant expires; nothing while that is further off than expiry_warning_days.
[[nodiscard]] std::optional<std::int64_t> days_to_expiry(const Membership& membership, Timestamp now);

enum class Expired : std::uint8_t {
  refused,  ///< A person installs the version that is to hold.
  taken,    ///< One on the way to a later version.
};

/// Takes a version, or keeps a second text as evidence; logs what it does. The last thing an event does. Besides the
/// errors of Membership::judge(): expired, and wrong_state for one that begins more than a day from now.
Result<JudgedConvenant> take_convenant(Context& context, const std::string& note,
                                       const std::optional<MemberId>& source, Expired expired);

class MembershipService final : public Service {
 public:
  void register_handlers(Dispatcher& dispatcher) override;
  Result<void> on_peer_heard(Context& context, const MemberId& peer) override;
  Result<std::optional<Timestamp>> on_tick(Context& context) override;

 private:
  Result<void> on_push(Context& context, const Received& message);
  Result<void> warn(Context& context);
  /// Former members whose two years are over; what still waited for them is a task on paper.
  Result<void> forget(Context& context);
};

}  // namespace knoop
