#include "storage/head_repository.h"

namespace knoop::storage {
namespace {

constexpr std::int64_t most_evidence = 16;
enum class Kept : std::uint8_t { newest = 0, fork = 1, rollback = 2 };

Result<void> keep(Transaction& tx, const MemberHead& head, Kept why, Timestamp now) {
  return tx.exec(
      "INSERT OR IGNORE INTO member_heads(member, incarnation, size, root, note, heard, kept) "
      "VALUES (?, ?, ?, ?, ?, ?, ?)",
      head.member, head.incarnation, head.size, head.root, head.note, now, static_cast<std::uint8_t>(why));
}

}  // namespace

Result<std::optional<OwnHead>> newest_own_head(Transaction& tx, std::uint32_t incarnation) {
  KNOOP_LET(row, tx.one("SELECT size, signed_at, note FROM audit_heads WHERE incarnation = ? "
                        "ORDER BY size DESC LIMIT 1",
                        incarnation));
  if (!row) return std::optional<OwnHead>();
  return std::optional(OwnHead{row->get<std::uint64_t>(0), row->get<Timestamp>(1), row->get<std::string>(2)});
}

Result<void> forget_own_heads(Transaction& tx, std::uint32_t incarnation, Timestamp then) {
  return tx.exec(
      "DELETE FROM audit_heads WHERE incarnation = ?1 AND signed_at < ?2 AND size < "
      "(SELECT max(size) FROM audit_heads WHERE incarnation = ?1)",
      incarnation, then);
}

Result<HeadNews> keep_member_head(Transaction& tx, const MemberHead& head, bool by_itself, Timestamp now) {
  KNOOP_LET(same, tx.one("SELECT 1 FROM member_heads WHERE member = ? AND incarnation = ? AND size = ? AND "
                         "root = ?",
                         head.member, head.incarnation, head.size, head.root));
  if (same) return HeadNews::known;
  // A liar's lies fill no disk: some are enough to show what it is.
  KNOOP_LET(evidence,
            tx.one("SELECT count(*) FROM member_heads WHERE member = ? AND kept != 0", head.member));
  if (evidence->get<std::int64_t>(0) >= most_evidence) return HeadNews::known;
  KNOOP_LET(other, tx.one("SELECT 1 FROM member_heads WHERE member = ? AND incarnation = ? AND size = ?",
                          head.member, head.incarnation, head.size));
  if (other) {
    KNOOP_TRY(tx.exec("UPDATE member_heads SET kept = 1 WHERE member = ? AND incarnation = ? AND size = ?",
                      head.member, head.incarnation, head.size));
    KNOOP_TRY(keep(tx, head, Kept::fork, now));
    return HeadNews::fork;
  }
  KNOOP_LET(larger, tx.one("SELECT 1 FROM member_heads WHERE member = ? AND (incarnation > ?2 OR "
                           "(incarnation = ?2 AND size > ?3))",
                           head.member, head.incarnation, head.size));
  if (larger) {
    if (!by_itself) return HeadNews::known;
    // The head that it now denies is evidence as well.
    KNOOP_TRY(tx.exec("UPDATE member_heads SET kept = 2 WHERE member = ? AND kept = 0", head.member));
    KNOOP_TRY(keep(tx, head, Kept::rollback, now));
    return HeadNews::rollback;
  }
  KNOOP_TRY(tx.exec("DELETE FROM member_heads WHERE member = ? AND kept = 0", head.member));
  KNOOP_TRY(keep(tx, head, Kept::newest, now));
  return HeadNews::newer;
}

Result<std::vector<std::string>> newest_member_heads(Transaction& tx, const MemberId& except,
                                                     std::size_t limit) {
  std::vector<std::string> out;
  KNOOP_TRY(
      tx.each("SELECT note, max(incarnation * 1000000000000 + size) FROM member_heads WHERE member != ? "
              "GROUP BY member ORDER BY heard DESC LIMIT ?",
              except, static_cast<std::int64_t>(limit), [&](const Row& row) -> Result<void> {
                out.push_back(row.get<std::string>(0));
                return {};
              }));
  return out;
}

Result<std::vector<MemberHead>> heads_of(Transaction& tx, const MemberId& member) {
  std::vector<MemberHead> out;
  KNOOP_TRY(
      tx.each("SELECT incarnation, size, root, note FROM member_heads WHERE member = ? "
              "ORDER BY incarnation, size, root",
              member, [&](const Row& row) -> Result<void> {
                out.push_back({member, row.get<std::uint32_t>(0), row.get<std::uint64_t>(1),
                               row.get<Hash256>(2), row.get<std::string>(3)});
                return {};
              }));
  return out;
}

}  // namespace knoop::storage
