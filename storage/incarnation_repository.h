// Later logs of other members as far as they were shown, and what is in doubt since a restore (docs/spec/audit.md
// "Incarnations"). Rows only: the rules are node/core/incarnations'.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "storage/head_repository.h"

namespace knoop::storage {

enum class IncarnationState : std::uint8_t {
  refused = 0,   ///< It hides entries that are known here.
  accepted = 1,  ///< It goes on from all that is known here.
  allowed = 2,   ///< A person looked at what it hides.
};

struct MemberIncarnation {
  MemberId member;
  std::uint32_t incarnation = 2;
  std::uint64_t size = 0;  ///< Of the log before, by the first entry; and its root.
  Hash256 root;
  std::string head;  ///< The head with which it was shown first, and how it was (audit::LogOpening).
  Bytes opening;
  IncarnationState state = IncarnationState::refused;
  std::optional<std::string> larger;  ///< The head that it hides.
  bool renewed = false;               ///< The streams with this member began anew because of it.
  Timestamp seen;
};
[[nodiscard]] Result<std::optional<MemberIncarnation>> member_incarnation(Transaction& tx,
                                                                          const MemberId& member,
                                                                          std::uint32_t incarnation);
[[nodiscard]] Result<void> put_member_incarnation(Transaction& tx, const MemberIncarnation& row);
/// The newest of each member that was shown any.
[[nodiscard]] Result<std::vector<MemberIncarnation>> newest_incarnations(Transaction& tx);

/// The largest heads of one log of a member: what this node cosigned, what it knows to be witnessed, and any other.
struct KnownHeads {
  std::optional<MemberHead> cosigned;
  std::optional<MemberHead> newest;
  std::optional<std::uint64_t> witnessed;  ///< Its size.
  std::string witnessed_note;
};
[[nodiscard]] Result<KnownHeads> known_heads(Transaction& tx, const MemberId& member,
                                             std::uint32_t incarnation);

/// Every client about whom a consent or ground is recorded, or a statement of somebody else; gives how many.
[[nodiscard]] Result<std::int64_t> doubt_clients(Transaction& tx, Timestamp since);
[[nodiscard]] Result<std::optional<Timestamp>> client_doubted(Transaction& tx, std::string_view client);
[[nodiscard]] Result<void> end_doubt(Transaction& tx, std::string_view client);
[[nodiscard]] Result<std::vector<std::string>> doubted_clients(Transaction& tx, std::size_t limit);
[[nodiscard]] Result<std::int64_t> count_doubted_clients(Transaction& tx);

/// What this member lent before `since`; gives how many fragments are concerned.
[[nodiscard]] Result<std::int64_t> doubt_loans(Transaction& tx, const MemberId& owner, Timestamp since);
[[nodiscard]] Result<std::optional<Timestamp>> loans_doubted(Transaction& tx, const MemberId& owner);

}  // namespace knoop::storage
