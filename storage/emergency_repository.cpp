#include "storage/emergency_repository.h"

#include "storage/sealed_row.h"

namespace knoop::storage {
namespace {

struct Why {
  std::string reason;

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(bounded(self.reason, 300));
  }
};

constexpr std::string_view table = "emergency_reads";
constexpr std::string_view columns =
    "id, client, sealed, fragments, read_by, read_at, due, verdict, words, reviewed_by, reviewed_at";

/// Nothing when its client was destroyed.
Result<std::optional<EmergencyRead>> read_from(Transaction& tx, const Row& row) {
  EmergencyRead out;
  out.id = row.get<std::int64_t>(0);
  out.client = row.get<std::string>(1);
  const RowNumber number(out.id);
  KNOOP_LET(why, open_row<Why>(tx, {table, number.view()}, row.get<ByteView>(2)));
  if (!why) return std::optional<EmergencyRead>{};
  out.reason = std::move(why->reason);
  out.fragments = row.get<std::uint32_t>(3);
  out.by = row.get<std::string>(4);
  out.at = row.get<Timestamp>(5);
  out.due = row.get<Date>(6);
  if (!row.is_null(7))
    out.review = consent::Review{static_cast<consent::Verdict>(row.get<std::uint8_t>(7)),
                                 row.get<std::string>(8), row.get<std::string>(9), row.get<Timestamp>(10)};
  return std::optional(std::move(out));
}

template <typename... Args>
Result<std::vector<EmergencyRead>> reads_where(Transaction& tx, std::string_view condition,
                                               std::int64_t limit, const Args&... args) {
  std::vector<EmergencyRead> out;
  KNOOP_TRY(
      tx.each(fmt::format("SELECT {} FROM emergency_reads WHERE verdict IS NULL{} ORDER BY due, id LIMIT ?",
                          columns, condition),
              args..., limit, [&](const Row& row) -> Result<void> {
                KNOOP_LET(one, read_from(tx, row));
                if (one) out.push_back(std::move(*one));
                return {};
              }));
  return out;
}

}  // namespace

Result<std::int64_t> add_emergency_read(Transaction& tx, const EmergencyRead& read) {
  KNOOP_LET(last, tx.one("SELECT ifnull(max(id), 0) FROM emergency_reads"));
  const std::int64_t id = last->get<std::int64_t>(0) + 1;
  const RowNumber number(id);
  KNOOP_LET(sealed, seal_row(tx, read.client, {table, number.view()}, Why{read.reason}));
  KNOOP_TRY(
      tx.exec("INSERT INTO emergency_reads(id, client, sealed, fragments, read_by, read_at, due) "
              "VALUES (?, ?, ?, ?, ?, ?, ?)",
              id, read.client, sealed, read.fragments, read.by, read.at, read.due));
  return id;
}

Result<std::optional<EmergencyRead>> find_emergency_read(Transaction& tx, std::int64_t id) {
  KNOOP_LET(row, tx.one(fmt::format("SELECT {} FROM emergency_reads WHERE id = ?", columns), id));
  if (!row) return std::optional<EmergencyRead>{};
  return read_from(tx, *row);
}

Result<void> set_emergency_review(Transaction& tx, std::int64_t id, const consent::Review& review) {
  return tx.exec(
      "UPDATE emergency_reads SET verdict = ?, words = ?, reviewed_by = ?, reviewed_at = ? WHERE id = ?",
      review.verdict, review.words, review.by, review.at, id);
}

Result<std::vector<EmergencyRead>> emergency_reads_to_review(Transaction& tx,
                                                             const EmergencyReadsAfter& page) {
  const auto [due, id] = page.keys();
  return reads_where(tx, " AND (NOT ? OR (due, id) > (?, ?))", page.limit, page.after.has_value(), due, id);
}

Result<EmergencyTasks> count_emergency_reads(Transaction& tx, const Date& today) {
  KNOOP_LET(row, tx.one("SELECT count(*), ifnull(sum(due < ?), 0) FROM emergency_reads WHERE verdict IS NULL",
                        today));
  return EmergencyTasks{row->get<std::int64_t>(0), row->get<std::int64_t>(1)};
}

Result<std::vector<EmergencyRead>> take_overdue_emergency_reads(Transaction& tx, const Date& today) {
  KNOOP_LET(late, reads_where(tx, " AND overdue = 0 AND due < ?", most_emergency_reads, today));
  for (const EmergencyRead& one : late)
    KNOOP_TRY(tx.exec("UPDATE emergency_reads SET overdue = 1 WHERE id = ?", one.id));
  return late;
}

}  // namespace knoop::storage
