#include "storage/incarnation_repository.h"

namespace knoop::storage {
namespace {

constexpr std::string_view columns =
    "member, incarnation, size, root, head, opening, state, larger, renewed, seen";

MemberIncarnation from_row(const Row& row) {
  return {row.get<MemberId>(0),
          row.get<std::uint32_t>(1),
          row.get<std::uint64_t>(2),
          row.get<Hash256>(3),
          row.get<std::string>(4),
          row.get<Bytes>(5),
          static_cast<IncarnationState>(row.get<std::uint8_t>(6)),
          row.get<std::optional<std::string>>(7),
          row.get<std::uint8_t>(8) != 0,
          row.get<Timestamp>(9)};
}

}  // namespace

Result<std::optional<MemberIncarnation>> member_incarnation(Transaction& tx, const MemberId& member,
                                                            std::uint32_t incarnation) {
  KNOOP_LET(row, tx.one(fmt::format("SELECT {} FROM member_incarnations WHERE member = ? AND incarnation = ?",
                                    columns),
                        member, incarnation));
  if (!row) return std::optional<MemberIncarnation>();
  return std::optional(from_row(*row));
}

Result<void> put_member_incarnation(Transaction& tx, const MemberIncarnation& row) {
  return tx.exec(fmt::format("INSERT OR REPLACE INTO member_incarnations({}) "
                             "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                             columns),
                 row.member, row.incarnation, row.size, row.root, row.head, row.opening,
                 static_cast<std::uint8_t>(row.state), row.larger, row.renewed ? 1 : 0, row.seen);
}

Result<std::vector<MemberIncarnation>> newest_incarnations(Transaction& tx) {
  std::vector<MemberIncarnation> out;
  KNOOP_TRY(tx.each(fmt::format("SELECT {} FROM member_incarnations a WHERE incarnation = (SELECT "
                                "max(incarnation) FROM member_incarnations b WHERE b.member = a.member) "
                                "ORDER BY member",
                                columns),
                    [&](const Row& row) -> Result<void> {
                      out.push_back(from_row(row));
                      return {};
                    }));
  return out;
}

Result<KnownHeads> known_heads(Transaction& tx, const MemberId& member, std::uint32_t incarnation) {
  const auto head = [&](const Row& row) {
    return MemberHead{member, incarnation, row.get<std::uint64_t>(0), row.get<Hash256>(1),
                      row.get<std::string>(2)};
  };
  KnownHeads out;
  KNOOP_LET(cosigned,
            tx.one("SELECT size, root, note FROM cosigned_logs WHERE member = ? AND incarnation = ?", member,
                   incarnation));
  if (cosigned) out.cosigned = head(*cosigned);
  KNOOP_LET(newest, tx.one("SELECT size, root, note FROM member_heads WHERE member = ? AND incarnation = ? "
                           "ORDER BY size DESC LIMIT 1",
                           member, incarnation));
  if (newest) out.newest = head(*newest);
  KNOOP_LET(witnessed, tx.one("SELECT size, note FROM witnessed_heads WHERE member = ? AND incarnation = ?",
                              member, incarnation));
  if (witnessed) {
    out.witnessed = witnessed->get<std::uint64_t>(0);
    out.witnessed_note = witnessed->get<std::string>(1);
  }
  return out;
}

Result<std::int64_t> doubt_clients(Transaction& tx, Timestamp since) {
  return tx.change(
      "INSERT OR REPLACE INTO doubted_clients(client, since) SELECT client, ? FROM "
      "(SELECT client FROM consents UNION SELECT client FROM grounds UNION SELECT client FROM "
      "consents_elsewhere)",
      since);
}

Result<std::optional<Timestamp>> client_doubted(Transaction& tx, std::string_view client) {
  KNOOP_LET(row, tx.one("SELECT since FROM doubted_clients WHERE client = ?", client));
  if (!row) return std::optional<Timestamp>();
  return std::optional(row->get<Timestamp>(0));
}

Result<void> end_doubt(Transaction& tx, std::string_view client) {
  return tx.exec("DELETE FROM doubted_clients WHERE client = ?", client);
}

Result<std::vector<std::string>> doubted_clients(Transaction& tx, std::size_t limit) {
  std::vector<std::string> out;
  KNOOP_TRY(tx.each("SELECT client FROM doubted_clients ORDER BY client LIMIT ?",
                    static_cast<std::int64_t>(limit), [&](const Row& row) -> Result<void> {
                      out.push_back(row.get<std::string>(0));
                      return {};
                    }));
  return out;
}

Result<std::int64_t> count_doubted_clients(Transaction& tx) {
  KNOOP_LET(row, tx.one("SELECT count(*) FROM doubted_clients"));
  return row->get<std::int64_t>(0);
}

Result<std::int64_t> doubt_loans(Transaction& tx, const MemberId& owner, Timestamp since) {
  KNOOP_TRY(tx.exec("INSERT OR REPLACE INTO doubted_loans(owner, since) VALUES (?, ?)", owner, since));
  KNOOP_LET(row, tx.one("SELECT count(*) FROM received_fragments WHERE peer = ? AND status = 1", owner));
  return row->get<std::int64_t>(0);
}

Result<std::optional<Timestamp>> loans_doubted(Transaction& tx, const MemberId& owner) {
  KNOOP_LET(row, tx.one("SELECT since FROM doubted_loans WHERE owner = ?", owner));
  if (!row) return std::optional<Timestamp>();
  return std::optional(row->get<Timestamp>(0));
}

}  // namespace knoop::storage
