#include "storage/hint_repository.h"

#include "storage/sealed_row.h"

namespace knoop::storage {
namespace {

struct SealedReason {
  std::string words;

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(bounded(self.words, 4000));
  }
};

template <typename... Args>
Result<std::vector<StoredHint>> hints_where(Transaction& tx, std::string_view rest, const Args&... args) {
  std::vector<StoredHint> out;
  const auto sql = fmt::format(
      "SELECT id, kind, subject, cause, client, raised, detail, closed, closed_by, reason, sealed FROM hints "
      "{}",
      rest);
  KNOOP_TRY(tx.each(sql, args..., [&](const Row& row) -> Result<void> {
    StoredHint hint{row.get<std::int64_t>(0),
                    row.get<std::uint8_t>(1),
                    row.get<std::string>(2),
                    row.get<std::string>(3),
                    row.get<std::optional<std::string>>(4).value_or(""),
                    row.get<Timestamp>(5),
                    row.get<std::string>(6),
                    row.get<std::optional<Timestamp>>(7),
                    row.get<std::optional<std::string>>(8).value_or(""),
                    row.get<std::optional<std::string>>(9).value_or("")};
    if (!row.is_null(10)) {
      KNOOP_LET(reason,
                open_row<SealedReason>(tx, {"hints", RowNumber(hint.id).view()}, row.get<ByteView>(10)));
      if (reason) hint.reason = std::move(reason->words);
    }
    out.push_back(std::move(hint));
    return {};
  }));
  return out;
}

Result<LookupHash> person(Transaction& tx, std::string_view user, std::string_view bsn) {
  Bytes value = to_bytes(view(user));
  value.push_back(0);
  value.insert(value.end(), bsn.begin(), bsn.end());
  auto hash = tx.vault().lookup("own family", value);
  wipe(value.data(), value.size());
  return hash;
}

}  // namespace

Result<bool> add_hint_row(Transaction& tx, const StoredHint& hint) {
  const std::optional<std::string> client =
      hint.client.empty() ? std::nullopt : std::optional<std::string>(hint.client);
  KNOOP_LET(added, tx.change("INSERT OR IGNORE INTO hints(kind, subject, cause, client, raised, detail) "
                             "VALUES (?, ?, ?, ?, ?, ?)",
                             hint.kind, hint.subject, hint.cause, client, hint.raised, hint.detail));
  return added > 0;
}

Result<std::vector<StoredHint>> hint_rows(Transaction& tx, bool open_only, const HintsAfter& page) {
  return hints_where(tx, "WHERE (closed IS NULL OR NOT ?) AND (NOT ? OR id < ?) ORDER BY id DESC LIMIT ?",
                     open_only, page.after.has_value(), std::get<0>(page.keys()), page.limit);
}

Result<std::optional<StoredHint>> find_open_hint(Transaction& tx, std::int64_t id) {
  KNOOP_LET(found, hints_where(tx, "WHERE id = ? AND closed IS NULL", id));
  return found.empty() ? std::nullopt : std::optional(std::move(found.front()));
}

Result<std::int64_t> count_open_hints(Transaction& tx) {
  KNOOP_LET(row, tx.one("SELECT count(*) FROM hints WHERE closed IS NULL"));
  return row->get<std::int64_t>(0);
}

Result<void> close_hint_row(Transaction& tx, const StoredHint& hint) {
  if (hint.client.empty())
    return tx.exec("UPDATE hints SET closed = ?, closed_by = ?, reason = ? WHERE id = ?", hint.closed,
                   hint.closed_by, hint.reason, hint.id);
  KNOOP_LET(sealed,
            seal_row(tx, hint.client, {"hints", RowNumber(hint.id).view()}, SealedReason{hint.reason}));
  return tx.exec("UPDATE hints SET closed = ?, closed_by = ?, sealed = ? WHERE id = ?", hint.closed,
                 hint.closed_by, sealed, hint.id);
}

Result<std::optional<std::int64_t>> count_lookup(Transaction& tx, std::string_view user, Date day,
                                                 std::string_view client) {
  KNOOP_LET(fresh, tx.change("INSERT OR IGNORE INTO lookups(user, day, client, times) VALUES (?, ?, ?, 0)",
                             user, day, client));
  if (fresh == 0 && !client.empty()) return std::optional<std::int64_t>{};
  KNOOP_TRY(tx.exec("UPDATE lookups SET times = times + 1 WHERE user = ? AND day = ? AND client = ?", user,
                    day, client));
  KNOOP_LET(row, tx.one("SELECT sum(times) FROM lookups WHERE user = ? AND day = ?", user, day));
  const auto count = row->get<std::int64_t>(0);
  if (count == 1) KNOOP_TRY(tx.exec("DELETE FROM lookups WHERE user = ? AND day < ?", user, day));
  return std::optional(count);
}

Result<void> add_own_family(Transaction& tx, std::string_view user, std::string_view bsn, Timestamp now) {
  KNOOP_LET(hash, person(tx, user, bsn));
  return tx.exec("INSERT OR IGNORE INTO own_family(user, person, added) VALUES (?, ?, ?)", user, hash, now);
}

Result<std::int64_t> count_own_family(Transaction& tx, std::string_view user) {
  KNOOP_LET(row, tx.one("SELECT count(*) FROM own_family WHERE user = ?", user));
  return row->get<std::int64_t>(0);
}

Result<bool> is_own_family(Transaction& tx, std::string_view user, std::string_view bsn) {
  KNOOP_LET(hash, person(tx, user, bsn));
  KNOOP_LET(row, tx.one("SELECT 1 FROM own_family WHERE user = ? AND person = ?", user, hash));
  return row.has_value();
}

Result<std::int64_t> forget_own_family(Transaction& tx, std::string_view user) {
  return tx.change("DELETE FROM own_family WHERE user = ?", user);
}

}  // namespace knoop::storage
