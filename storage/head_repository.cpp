#include "storage/head_repository.h"

namespace knoop::storage {
namespace {

constexpr std::int64_t most_evidence = 16;
enum class Kept : std::uint8_t { newest = 0, fork = 1, rollback = 2, unproven = 3 };

Result<void> keep(Transaction& tx, const MemberHead& head, Kept why, Timestamp now) {
  return tx.exec(
      "INSERT INTO member_heads(member, incarnation, size, root, note, heard, kept) VALUES (?, ?, ?, ?, ?, "
      "?, ?) "
      "ON CONFLICT DO UPDATE SET kept = excluded.kept",
      head.member, head.incarnation, head.size, head.root, head.note, now, static_cast<std::uint8_t>(why));
}

/// A liar's lies fill no disk: some are enough to show what it is.
Result<bool> has_enough(Transaction& tx, const MemberId& member) {
  KNOOP_LET(evidence, tx.one("SELECT count(*) FROM member_heads WHERE member = ? AND kept != 0", member));
  return evidence->get<std::int64_t>(0) >= most_evidence;
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
      "(SELECT max(size) FROM audit_heads WHERE incarnation = ?1) AND size <> ifnull("
      "(SELECT max(size) FROM audit_heads WHERE incarnation = ?1 AND witnessed_at IS NOT NULL), -1)",
      incarnation, then);
}

Result<HeadNews> keep_member_head(Transaction& tx, const MemberHead& head, bool by_itself, Timestamp now) {
  KNOOP_LET(same,
            tx.one("SELECT length(note) FROM member_heads WHERE member = ? AND incarnation = ? AND size = ? "
                   "AND root = ?",
                   head.member, head.incarnation, head.size, head.root));
  if (same) {
    if (same->get<std::uint64_t>(0) < head.note.size())
      KNOOP_TRY(
          tx.exec("UPDATE member_heads SET note = ? WHERE member = ? AND incarnation = ? AND size = ? AND "
                  "root = ?",
                  head.note, head.member, head.incarnation, head.size, head.root));
    return HeadNews::known;
  }
  KNOOP_LET(enough, has_enough(tx, head.member));
  if (enough) return HeadNews::known;
  // Logs follow each other: a liar's numbers fill no disk.
  KNOOP_LET(last,
            tx.one("SELECT ifnull(max(incarnation), ?2) FROM (SELECT incarnation FROM member_heads WHERE "
                   "member = ?1 UNION ALL SELECT incarnation FROM member_incarnations WHERE member = ?1)",
                   head.member, head.incarnation));
  if (head.incarnation > last->get<std::uint32_t>(0) + 1) return HeadNews::known;
  KNOOP_LET(other, tx.one("SELECT 1 FROM member_heads WHERE member = ? AND incarnation = ? AND size = ?",
                          head.member, head.incarnation, head.size));
  if (other) {
    KNOOP_TRY(tx.exec("UPDATE member_heads SET kept = 1 WHERE member = ? AND incarnation = ? AND size = ?",
                      head.member, head.incarnation, head.size));
    KNOOP_TRY(keep(tx, head, Kept::fork, now));
    return HeadNews::fork;
  }
  KNOOP_LET(
      larger,
      tx.one("SELECT max(incarnation = ?2) FROM member_heads WHERE member = ?1 AND (incarnation > ?2 OR "
             "(incarnation = ?2 AND size > ?3))",
             head.member, head.incarnation, head.size));
  const bool newest = larger->is_null(0);
  // The newest of an earlier log may come late: it shows what a later log hides.
  const bool newest_of_its_log = newest || larger->get<std::int64_t>(0) == 0;
  if (by_itself ? !newest : !newest_of_its_log) {
    if (!by_itself) return HeadNews::known;
    // The head that it now denies is evidence as well.
    KNOOP_TRY(
        tx.exec("UPDATE member_heads SET kept = 2 WHERE member = ?1 AND kept = 0 AND incarnation = "
                "(SELECT max(incarnation) FROM member_heads WHERE member = ?1)",
                head.member));
    KNOOP_TRY(keep(tx, head, Kept::rollback, now));
    return HeadNews::rollback;
  }
  // The newest of an earlier log stays: a later log that hides it is seen by it.
  KNOOP_TRY(tx.exec("DELETE FROM member_heads WHERE member = ? AND incarnation = ? AND kept = 0", head.member,
                    head.incarnation));
  KNOOP_TRY(keep(tx, head, Kept::newest, now));
  return HeadNews::newer;
}

Result<bool> knows_head(Transaction& tx, const MemberId& member, std::string_view note) {
  KNOOP_LET(row, tx.one("SELECT 1 FROM member_heads WHERE member = ? AND note = ?", member, note));
  return row.has_value();
}

Result<std::optional<std::string>> member_head_note(Transaction& tx, const MemberHead& head) {
  KNOOP_LET(
      row,
      tx.one("SELECT note FROM member_heads WHERE member = ? AND incarnation = ? AND size = ? AND root = ?",
             head.member, head.incarnation, head.size, head.root));
  if (!row) return std::optional<std::string>();
  return std::optional(row->get<std::string>(0));
}

Result<bool> keep_contradiction(Transaction& tx, const MemberHead& held, const MemberHead& head,
                                Timestamp now) {
  const bool fork = held.size == head.size && held.incarnation == head.incarnation;
  const Kept why = fork ? Kept::fork : Kept::unproven;
  KNOOP_LET(known, tx.one("SELECT 1 FROM member_heads WHERE member = ? AND incarnation = ? AND kept = ?",
                          held.member, held.incarnation, static_cast<std::uint8_t>(why)));
  KNOOP_LET(enough, has_enough(tx, held.member));
  if (known || enough) return false;
  KNOOP_TRY(keep(tx, held, why, now));
  KNOOP_TRY(keep(tx, head, why, now));
  return true;
}

Result<void> keep_witnessed_head(Transaction& tx, const MemberHead& head, Timestamp witnessed) {
  return tx.exec(
      "INSERT INTO witnessed_heads(member, incarnation, size, witnessed, note) VALUES (?, ?, ?, ?, ?) "
      "ON CONFLICT(member) DO UPDATE SET incarnation = excluded.incarnation, size = excluded.size, "
      "witnessed = excluded.witnessed, note = excluded.note WHERE excluded.incarnation > incarnation OR "
      "(excluded.incarnation = incarnation AND excluded.size > size)",
      head.member, head.incarnation, head.size, witnessed, head.note);
}

Result<bool> has_forked(Transaction& tx, const MemberId& member, std::uint32_t incarnation) {
  KNOOP_LET(row,
            tx.one("SELECT 1 FROM member_heads WHERE member = ? AND incarnation = ? AND kept = 1 LIMIT 1",
                   member, incarnation));
  return row.has_value();
}

Result<std::vector<std::string>> fork_evidence(Transaction& tx, const std::optional<MemberId>& except,
                                               std::size_t limit) {
  std::vector<std::string> out;
  KNOOP_TRY(
      tx.each("SELECT note FROM member_heads WHERE kept = 1 AND (?1 IS NULL OR member <> ?1) "
              "ORDER BY member, incarnation, size, root LIMIT ?2",
              except, static_cast<std::int64_t>(limit), [&](const Row& row) -> Result<void> {
                out.push_back(row.get<std::string>(0));
                return {};
              }));
  return out;
}

Result<std::vector<std::string>> fork_evidence_of(Transaction& tx, const MemberId& member,
                                                  std::uint32_t incarnation, std::uint64_t size) {
  std::vector<std::string> out;
  KNOOP_TRY(
      tx.each("SELECT note FROM member_heads WHERE kept = 1 AND member = ? AND incarnation = ? AND size = ?",
              member, incarnation, size, [&](const Row& row) -> Result<void> {
                out.push_back(row.get<std::string>(0));
                return {};
              }));
  return out;
}

Result<std::vector<std::string>> newest_member_heads(Transaction& tx, const MemberId& except,
                                                     std::uint64_t skip, std::size_t limit) {
  std::vector<std::string> all;
  KNOOP_TRY(
      tx.each("SELECT note, max(incarnation * 1000000000000 + size) FROM member_heads WHERE member != ? "
              "GROUP BY member ORDER BY member",
              except, [&](const Row& row) -> Result<void> {
                all.push_back(row.get<std::string>(0));
                return {};
              }));
  if (all.size() <= limit) return all;
  std::vector<std::string> out;
  for (std::size_t i = 0; i < limit; ++i) out.push_back(std::move(all[(skip + i) % all.size()]));
  return out;
}

Result<std::optional<MemberHead>> newest_member_head(Transaction& tx, const MemberId& member) {
  KNOOP_LET(row, tx.one("SELECT incarnation, size, root, note FROM member_heads WHERE member = ? "
                        "ORDER BY incarnation DESC, size DESC LIMIT 1",
                        member));
  if (!row) return std::optional<MemberHead>();
  return std::optional(MemberHead{member, row->get<std::uint32_t>(0), row->get<std::uint64_t>(1),
                                  row->get<Hash256>(2), row->get<std::string>(3)});
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

Result<std::vector<KnownLog>> known_logs(Transaction& tx) {
  std::vector<KnownLog> out;
  KNOOP_TRY(
      tx.each("SELECT h.member, h.incarnation, h.size, max(h.incarnation * 1000000000000 + h.size), h.heard, "
              "sum(h.kept = 1), sum(h.kept = 2), sum(h.kept = 3), w.size, w.witnessed, w.note "
              "FROM member_heads h LEFT JOIN witnessed_heads w ON w.member = h.member GROUP BY h.member "
              "ORDER BY h.member",
              [&](const Row& row) -> Result<void> {
                KnownLog log;
                log.member = row.get<MemberId>(0);
                log.incarnation = row.get<std::uint32_t>(1);
                log.size = row.get<std::uint64_t>(2);
                log.heard = row.get<Timestamp>(4);
                log.forks = row.get<std::uint64_t>(5);
                log.rollbacks = row.get<std::uint64_t>(6);
                log.unproven = row.get<std::uint64_t>(7);
                log.witnessed_size = row.get<std::optional<std::uint64_t>>(8).value_or(0);
                log.witnessed = row.get<std::optional<Timestamp>>(9);
                log.witnessed_note = row.get<std::optional<std::string>>(10).value_or("");
                out.push_back(std::move(log));
                return {};
              }));
  return out;
}

}  // namespace knoop::storage
