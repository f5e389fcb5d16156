// Heads of logs on their way (protocol.md section 6): ours is signed by itself, at most half a minute behind and only when
// the log grew, and goes out with every Hello together with what is known of others. Cosigning is witnessing.h's.
//
// So a member that shows two histories shows them to people who talk to each other: two heads of one size with different
// roots, or a head that says less than its member signed before, are kept as evidence and logged (log.fork-seen,
// log.rollback-seen). Whoever finds two histories sends both heads to every member, and repeats them in Hello: everybody can
// check them alone. That a log was set back shows only to whom its member greets, since an older head is no lie by itself;
// each member that holds a newer one sees it then. Nothing else about heads is logged, or telling heads would make logs grow.
//
// Hello also gives back to a member what its sender holds of that member's own log. A node whose database was set back to a
// copy hears of its own later heads that way; it keeps them, logs it, and discloses nothing (log_standing.h).
//
// A hostile peer can send heads that it made up: without the signature of the log's own member they are dropped. It can
// leave heads out: whoever hears of them from somebody else has them anyway. Of a note nothing is kept but the owner's
// signature and valid cosignatures.
#pragma once

#include "node/core/service.h"
#include "protocol/audit/witness.h"
#include "protocol/channel/messages.h"
#include "storage/head_repository.h"

namespace knoop {

/// Signs our own.
class HeadService final : public Service {
 public:
  void register_handlers(Dispatcher&) override {}
  Result<std::optional<Timestamp>> on_tick(Context& context) override;

 private:
  std::optional<Timestamp> due_;
};

/// Adds our newest head and those of others to a Hello for `to`. Reads only.
Result<void> add_heads(storage::Transaction& tx, const Membership& membership, const MemberId& to,
                       Hello& hello);
/// Keeps what a believed Hello told. Never fails for what the peer sent.
Result<void> take_heads(Context& context, const MemberId& from, const Hello& hello);

/// How a head came here.
enum class HeadSource : std::uint8_t {
  itself,  ///< From the member whose log it is, as its newest.
  told,    ///< In a Hello of somebody else.
  passed,  ///< Sent on as evidence by somebody else: who sent it has told everybody.
};
/// The same for one head. Nothing when it was dropped.
Result<std::optional<storage::HeadNews>> take_head(Context& context, const MemberId& from,
                                                   const std::string& note, HeadSource source);
/// The witness holds `held` of this log, and its member signed `head` without showing that it contains the other. Kept and
/// logged once; when the two have one size, everybody is told.
Result<void> take_contradiction(Context& context, const MemberId& from, const storage::MemberHead& held,
                                const storage::MemberHead& head);

/// Our own head of this size, with the cosignatures that it has. Nothing when it is not kept.
Result<std::optional<std::string>> own_cosigned_head(storage::Transaction& tx, const Membership& membership,
                                                     std::uint32_t incarnation, std::uint64_t size);
/// The size of the newest witnessed head of this log of ours; of the newest one when none was.
Result<std::optional<std::uint64_t>> last_certain_head(storage::Transaction& tx, std::uint32_t incarnation);
/// The root of our own log at this size.
Result<Hash256> own_root(storage::Transaction& tx, std::uint32_t incarnation, std::uint64_t size);

/// No log of a node grows so far; what says so is no head of one.
inline constexpr std::uint64_t max_log_size = 1'000'000'000'000;

}  // namespace knoop
