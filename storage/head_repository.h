// Signed heads of logs (protocol.md section 6): our own newest, and the newest known of every other member, with what was
// found to contradict it.
//
// A member's head says "my log begins with these entries", and binds it for ever. Two heads of one size with different roots
// are two histories: both notes stay as evidence. So does a head that the member itself says when it had signed a larger
// one: its log was set back. Of the rest only the newest is kept, and the newest of which it is known that it was witnessed.
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
/// Deletes those signed before `then`, but the newest and the newest that was witnessed.
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
/// `by_itself`: it came from the member whose log it is. A fork or rollback is told once. Of the same head the longer note
/// stays: the caller has made sure that it holds nothing but valid signatures.
[[nodiscard]] Result<HeadNews> keep_member_head(Transaction& tx, const MemberHead& head, bool by_itself,
                                                Timestamp now);
/// Whether this note, to the byte, is kept already: then nothing in it is to be checked again.
[[nodiscard]] Result<bool> knows_head(Transaction& tx, const MemberId& member, std::string_view note);
/// How this head is kept here, whatever its note said.
[[nodiscard]] Result<std::optional<std::string>> member_head_note(Transaction& tx, const MemberHead& head);
/// The witness `held` the one, and the member did not show that the other contains it: both are kept. True when it is news.
[[nodiscard]] Result<bool> keep_contradiction(Transaction& tx, const MemberHead& held, const MemberHead& head,
                                              Timestamp now);
/// The newest head that this node knows to have been witnessed. Older ones change nothing.
[[nodiscard]] Result<void> keep_witnessed_head(Transaction& tx, const MemberHead& head, Timestamp witnessed);

/// Two heads of one size with different roots are known of this log.
[[nodiscard]] Result<bool> has_forked(Transaction& tx, const MemberId& member, std::uint32_t incarnation);
/// Notes of heads that contradict each other by what stands in them (forks), of any member but `except`, at most `limit`.
[[nodiscard]] Result<std::vector<std::string>> fork_evidence(Transaction& tx,
                                                             const std::optional<MemberId>& except,
                                                             std::size_t limit);
/// The same for one size of one log.
[[nodiscard]] Result<std::vector<std::string>> fork_evidence_of(Transaction& tx, const MemberId& member,
                                                                std::uint32_t incarnation,
                                                                std::uint64_t size);

/// The newest of each member but `except`, in the order of members and beginning behind the first `skip`; round again
/// when there are fewer than `limit` behind them.
[[nodiscard]] Result<std::vector<std::string>> newest_member_heads(Transaction& tx, const MemberId& except,
                                                                   std::uint64_t skip, std::size_t limit);
/// The newest known of this member; nothing when none came.
[[nodiscard]] Result<std::optional<MemberHead>> newest_member_head(Transaction& tx, const MemberId& member);
[[nodiscard]] Result<std::vector<MemberHead>> heads_of(Transaction& tx, const MemberId& member);

/// What is known of one member's log.
struct KnownLog {
  MemberId member;
  std::uint32_t incarnation = 1;
  std::uint64_t size = 0;  ///< Of the newest head heard.
  Timestamp heard;
  std::uint64_t witnessed_size = 0;
  std::optional<Timestamp> witnessed;
  std::string witnessed_note;
  std::uint64_t forks =
      0;  ///< Heads that are evidence of two histories, of a log set back, of one not shown to continue.
  std::uint64_t rollbacks = 0;
  std::uint64_t unproven = 0;
};
[[nodiscard]] Result<std::vector<KnownLog>> known_logs(Transaction& tx);

}  // namespace knoop::storage
