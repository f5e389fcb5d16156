// Signed heads of logs (protocol.md section 6): our own newest, and the newest known of every other member, with what was
// found to contradict it.
//
// A member's head says "my log begins with these entries", and binds it for ever. Two heads of one size with different roots
// are two histories: both notes stay as evidence. So does a head that the member itself says when it had signed a larger
// one: its log was set back. Of the rest only the newest is kept.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "crypto/keys.h"
#include "storage/database.h"

namespace knoop::storage {

struct OwnHead {
  std::uint64_t size = 0;
  Timestamp signed_at;
  std::string note;
};
/// The newest that was signed in this incarnation of our log.
[[nodiscard]] Result<std::optional<OwnHead>> newest_own_head(Transaction& tx, std::uint32_t incarnation);
/// Deletes those signed before `then`, but the newest.
[[nodiscard]] Result<void> forget_own_heads(Transaction& tx, std::uint32_t incarnation, Timestamp then);

/// A head of another member's log whose signature was checked.
struct MemberHead {
  MemberId member;
  std::uint32_t incarnation = 1;
  std::uint64_t size = 0;
  Hash256 root;
  std::string note;
};
/// What a head that came says beside those that are known.
enum class HeadNews : std::uint8_t {
  known,     ///< The same, or an older one of which nothing is known.
  newer,     ///< Kept as the newest.
  fork,      ///< Another root for a size that is known: both are kept.
  rollback,  ///< The member itself says less than it signed before: kept.
};
/// `by_itself`: it came from the member whose log it is. A fork or rollback is told once.
[[nodiscard]] Result<HeadNews> keep_member_head(Transaction& tx, const MemberHead& head, bool by_itself,
                                                Timestamp now);
/// The newest of each member but `except`.
[[nodiscard]] Result<std::vector<std::string>> newest_member_heads(Transaction& tx, const MemberId& except,
                                                                   std::size_t limit);
[[nodiscard]] Result<std::vector<MemberHead>> heads_of(Transaction& tx, const MemberId& member);

}  // namespace knoop::storage
