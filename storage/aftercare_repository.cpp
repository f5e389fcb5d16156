#include "storage/aftercare_repository.h"

#include "storage/sealed_row.h"

namespace knoop::storage {
namespace {

using aftercare::State;

constexpr std::string_view columns =
    "SELECT id, client, ends, state, sealed, handover, begins, due, remind, escalate, stage, created, "
    "changed FROM aftercare ";

struct SealedAftercare {
  std::string words;

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(bounded(self.words, aftercare::max_words));
  }
};

/// Nothing when its client was destroyed.
Result<std::optional<StoredAftercare>> read(Transaction& tx, const Row& row) {
  StoredAftercare out;
  out.id = row.get<AftercareId>(0);
  KNOOP_LET(sealed, open_row<SealedAftercare>(tx, {"aftercare", out.id.view()}, row.get<ByteView>(4)));
  if (!sealed) return std::optional<StoredAftercare>{};
  out.client_ref = row.get<std::string>(1);
  out.ends = row.get<Date>(2);
  out.state = row.get<State>(3);
  out.words = std::move(sealed->words);
  out.handover = row.get<std::optional<HandoverId>>(5);
  out.span = {row.get<Date>(6), row.get<Date>(7), row.get<Date>(8), row.get<Date>(9)};
  out.stage = row.get<terms::Stage>(10);
  out.created = row.get<Timestamp>(11);
  out.changed = row.get<Timestamp>(12);
  return std::optional(std::move(out));
}

template <typename... Args>
Result<std::vector<StoredAftercare>> all(Transaction& tx, std::string_view rest, const Args&... args) {
  std::vector<StoredAftercare> out;
  KNOOP_TRY(tx.each(std::string(columns) + std::string(rest), args..., [&](const Row& row) -> Result<void> {
    KNOOP_LET(plan, read(tx, row));
    if (plan) out.push_back(std::move(*plan));
    return {};
  }));
  return out;
}

Result<std::optional<StoredAftercare>> first(Result<std::vector<StoredAftercare>> found) {
  if (!found) return fail(found.error());
  if (found->empty()) return std::optional<StoredAftercare>{};
  return std::optional(std::move(found->front()));
}

std::optional<Date> look_of(const StoredAftercare& plan) {
  if (!aftercare::is_open(plan.state)) return std::nullopt;
  if (plan.state == State::later) return plan.span.begins;
  return terms::next_look(plan.span, plan.stage);
}

}  // namespace

Result<std::optional<StoredAftercare>> find_aftercare(Transaction& tx, const AftercareId& id) {
  return first(all(tx, "WHERE id = ?", id));
}

Result<std::optional<StoredAftercare>> open_aftercare(Transaction& tx, std::string_view client) {
  return first(all(tx, "WHERE client = ? AND state IN (1, 2) ORDER BY due LIMIT 1", client));
}

Result<void> put_aftercare(Transaction& tx, const StoredAftercare& plan) {
  KNOOP_LET(sealed,
            seal_row(tx, plan.client_ref, {"aftercare", plan.id.view()}, SealedAftercare{plan.words}));
  return tx.exec(
      "INSERT OR REPLACE INTO aftercare(id, client, ends, state, sealed, handover, begins, due, remind, "
      "escalate, stage, next_look, created, changed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      plan.id, plan.client_ref, plan.ends, plan.state, sealed, plan.handover, plan.span.begins, plan.span.due,
      plan.span.remind, plan.span.escalate, plan.stage, look_of(plan), plan.created, plan.changed);
}

Result<std::vector<StoredAftercare>> aftercare_to_look_at(Transaction& tx, Date today, std::int64_t limit) {
  return all(tx, "WHERE next_look <= ? ORDER BY next_look, id LIMIT ?", today, limit);
}

Result<std::optional<Date>> next_aftercare_look(Transaction& tx) {
  KNOOP_LET(row, tx.one("SELECT min(next_look) FROM aftercare WHERE next_look IS NOT NULL"));
  if (!row || row->is_null(0)) return std::optional<Date>{};
  return std::optional(row->get<Date>(0));
}

Result<std::vector<StoredAftercare>> list_aftercare(Transaction& tx, const AftercareFilter& filter) {
  std::string rest = "WHERE (?1 IS NULL OR client = ?1)";
  if (filter.tasks_only) rest += " AND state = 2";
  if (filter.open_only) rest += " AND state IN (1, 2)";
  rest += " ORDER BY due, id LIMIT ?2";
  return all(tx, rest, filter.client_ref, filter.limit);
}

}  // namespace knoop::storage
