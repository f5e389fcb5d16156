#include "storage/handover_repository.h"

#include "storage/sealed_row.h"

namespace knoop::storage {
namespace {

constexpr std::string_view columns =
    "SELECT id, party, peer, client, sealed, state, version, responsible, not_taken, created, changed, task, "
    "task_owner, begins, due, remind, escalate, stage, overtaken FROM handovers ";

/// Words of professionals about a child.
struct SealedHandover {
  handover::Ask ask;
  std::optional<handover::Happening> pending;

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(self.ask, self.pending);
  }
};

Bytes happening_name(const HandoverId& id, std::uint32_t version) {
  Bytes name = row_name(id);
  append_u64(name, version);
  return name;
}

/// Nothing when its client was destroyed.
Result<std::optional<StoredHandover>> read(Transaction& tx, const Row& row) {
  StoredHandover out;
  out.id = row.get<HandoverId>(0);
  KNOOP_LET(words, open_row<SealedHandover>(tx, {"handovers", out.id.view()}, row.get<ByteView>(4)));
  if (!words) return std::optional<StoredHandover>{};
  out.party = static_cast<handover::Party>(row.get<std::uint8_t>(1));
  out.peer = row.get<MemberId>(2);
  out.client_ref = row.get<std::string>(3);
  out.ask = std::move(words->ask);
  out.state = static_cast<handover::State>(row.get<std::uint8_t>(5));
  out.version = row.get<std::uint32_t>(6);
  out.responsible = static_cast<handover::Party>(row.get<std::uint8_t>(7));
  out.pending = std::move(words->pending);
  out.not_taken = row.get<std::string>(8);
  out.created = row.get<Timestamp>(9);
  out.changed = row.get<Timestamp>(10);
  if (!row.is_null(11))
    out.deadline =
        handover::Deadline{static_cast<handover::Task>(row.get<std::uint8_t>(11)),
                           static_cast<handover::Party>(row.get<std::uint8_t>(12)),
                           {row.get<Date>(13), row.get<Date>(14), row.get<Date>(15), row.get<Date>(16)}};
  out.stage = static_cast<terms::Stage>(row.get<std::uint8_t>(17));
  out.overtaken = row.get<std::uint32_t>(18);
  return std::optional(std::move(out));
}

}  // namespace

Result<std::optional<StoredHandover>> find_handover(Transaction& tx, const HandoverId& id) {
  KNOOP_LET(row, tx.one(std::string(columns) + "WHERE id = ?", id));
  if (!row) return std::optional<StoredHandover>{};
  return read(tx, *row);
}

Result<void> put_handover(Transaction& tx, const StoredHandover& handover) {
  KNOOP_LET(sealed, seal_row(tx, handover.client_ref, {"handovers", handover.id.view()},
                             SealedHandover{handover.ask, handover.pending}));
  return tx.exec(
      "INSERT INTO handovers(id, party, peer, client, sealed, state, version, responsible, not_taken, "
      "created, changed, overtaken) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT(id) DO UPDATE SET sealed = excluded.sealed, "
      "state = excluded.state, version = excluded.version, responsible = excluded.responsible, "
      "not_taken = excluded.not_taken, changed = excluded.changed, overtaken = excluded.overtaken",
      handover.id, handover.party, handover.peer, handover.client_ref, sealed, handover.state,
      handover.version, handover.responsible, handover.not_taken, handover.created, handover.changed,
      handover.overtaken);
}

Result<void> put_deadline(Transaction& tx, const HandoverId& id,
                          const std::optional<handover::Deadline>& deadline, terms::Stage stage) {
  if (!deadline)
    return tx.exec(
        "UPDATE handovers SET task = NULL, task_owner = NULL, begins = NULL, due = NULL, remind = NULL, "
        "escalate = NULL, stage = 0, next_look = NULL WHERE id = ?",
        id);
  const terms::Span& span = deadline->span;
  return tx.exec(
      "UPDATE handovers SET task = ?, task_owner = ?, begins = ?, due = ?, remind = ?, escalate = ?, "
      "stage = ?, next_look = ? WHERE id = ?",
      deadline->task, deadline->owner, span.begins, span.due, span.remind, span.escalate, stage,
      terms::next_look(span, stage), id);
}

Result<std::vector<StoredHandover>> handovers_to_look_at(Transaction& tx, Date today, std::int64_t limit) {
  std::vector<StoredHandover> out;
  KNOOP_TRY(tx.each(std::string(columns) + "WHERE next_look <= ? ORDER BY next_look, id LIMIT ?", today,
                    limit, [&](const Row& row) -> Result<void> {
                      KNOOP_LET(handover, read(tx, row));
                      if (handover) out.push_back(std::move(*handover));
                      return {};
                    }));
  return out;
}

Result<std::optional<Date>> next_handover_look(Transaction& tx) {
  KNOOP_LET(row, tx.one("SELECT min(next_look) FROM handovers WHERE next_look IS NOT NULL"));
  if (!row || row->is_null(0)) return std::optional<Date>{};
  return std::optional(row->get<Date>(0));
}

Result<void> add_happening(Transaction& tx, const HandoverId& id, const StoredHappening& happening) {
  KNOOP_LET(row, tx.one("SELECT client FROM handovers WHERE id = ?", id));
  if (!row) return fail(ErrorCode::conflict, Side::ours, "there is no hand-over for what happened");
  KNOOP_LET(sealed,
            seal_row(tx, row->get<std::string_view>(0),
                     {"handover_happenings", happening_name(id, happening.version)}, happening.happening));
  return tx.exec("INSERT INTO handover_happenings(handover, version, state, sealed) VALUES (?, ?, ?, ?)", id,
                 happening.version, happening.state, sealed);
}

Result<std::vector<StoredHappening>> happenings_of(Transaction& tx, const HandoverId& id) {
  std::vector<StoredHappening> out;
  KNOOP_TRY(tx.each(
      "SELECT version, state, sealed FROM handover_happenings WHERE handover = ? ORDER BY version", id,
      [&](const Row& row) -> Result<void> {
        const auto version = row.get<std::uint32_t>(0);
        KNOOP_LET(happening,
                  open_row<handover::Happening>(tx, {"handover_happenings", happening_name(id, version)},
                                                row.get<ByteView>(2)));
        if (happening)
          out.push_back(
              {version, static_cast<handover::State>(row.get<std::uint8_t>(1)), std::move(*happening)});
        return {};
      }));
  return out;
}

Result<std::vector<StoredHandover>> list_handovers(Transaction& tx, const HandoverFilter& filter) {
  std::vector<StoredHandover> out;
  std::optional<Timestamp> changed;
  std::optional<HandoverId> id;
  if (filter.after) std::tie(changed, id) = *filter.after;
  std::int64_t seen = filter.limit;
  // Some rows are not shown: their client was destroyed, or they are over. The page is filled from those behind.
  while (seen == filter.limit && std::ssize(out) < filter.limit) {
    seen = 0;
    std::vector<std::pair<Timestamp, HandoverId>> places;
    KNOOP_TRY(tx.each(std::string(columns) +
                          "WHERE (?1 IS NULL OR client = ?1) AND (?3 IS NULL OR changed < ?3 OR "
                          "(changed = ?3 AND id > ?4)) ORDER BY changed DESC, id LIMIT ?2",
                      filter.client_ref, filter.limit, changed, id, [&](const Row& row) -> Result<void> {
                        ++seen;
                        KNOOP_LET(handover, read(tx, row));
                        if (handover) places.emplace_back(handover->changed, handover->id);
                        if (handover && std::ssize(out) < filter.limit &&
                            (!filter.open_only || !handover::is_final(handover->state)))
                          out.push_back(std::move(*handover));
                        return {};
                      }));
    if (places.empty()) break;
    changed = places.back().first;
    id = places.back().second;
  }
  return out;
}

Result<std::vector<StoredHandover>> handovers_since(Transaction& tx, Timestamp from) {
  std::vector<StoredHandover> out;
  KNOOP_TRY(tx.each(std::string(columns) + "WHERE created >= ? ORDER BY created, id", from,
                    [&](const Row& row) -> Result<void> {
                      KNOOP_LET(handover, read(tx, row));
                      if (handover) out.push_back(std::move(*handover));
                      return {};
                    }));
  return out;
}

}  // namespace knoop::storage
