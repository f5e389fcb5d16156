#include "storage/match_task_repository.h"

#include <algorithm>

#include "protocol/matching/normalise.h"

namespace knoop::storage {
namespace {

constexpr std::string_view columns =
    "t.match, t.begun, t.state, t.owner, t.data_day, t.contact_day, t.contact_way, t.contact_at, t.declined, "
    "t.given_up, t.trouble, t.escalated_at, t.task, t.begins, t.due, t.remind, t.escalate, t.stage";
constexpr std::size_t after_columns = 18;

StoredMatchTask task_from(const Row& row) {
  StoredMatchTask out;
  out.match = row.get<matching::MatchId>(0);
  out.begun = row.get<Timestamp>(1);
  out.state = row.get<followup::State>(2);
  out.owner = row.get<std::string>(3);
  out.data_day = row.get<std::optional<Date>>(4);
  out.contact_day = row.get<std::optional<Date>>(5);
  out.contact_way = row.get<std::optional<followup::Way>>(6);
  out.contact_at = row.get<std::optional<Timestamp>>(7);
  out.declined = row.get<std::optional<followup::Reason>>(8);
  out.given_up = row.get<std::optional<Timestamp>>(9);
  out.trouble = row.get<std::optional<followup::Trouble>>(10);
  out.escalated_at = row.get<std::optional<Timestamp>>(11);
  if (!row.is_null(12))
    out.deadline =
        followup::Deadline{row.get<followup::Task>(12),
                           {row.get<Date>(13), row.get<Date>(14), row.get<Date>(15), row.get<Date>(16)}};
  out.stage = static_cast<terms::Stage>(row.get<std::uint8_t>(17));
  return out;
}

std::optional<Date> next_look(const StoredMatchTask& task) {
  if (!followup::is_open(task.state) || !task.deadline) return std::nullopt;
  return terms::next_look(task.deadline->span, task.stage);
}

}  // namespace

Result<std::optional<StoredMatchTask>> find_match_task(Transaction& tx, const matching::MatchId& id) {
  KNOOP_LET(row, tx.one(fmt::format("SELECT {} FROM match_tasks AS t WHERE t.match = ?", columns), id));
  if (!row) return std::optional<StoredMatchTask>{};
  return std::optional(task_from(*row));
}

Result<void> put_match_task(Transaction& tx, const StoredMatchTask& t) {
  std::optional<followup::Task> task;
  std::optional<terms::Span> span;
  if (t.deadline) {
    task = t.deadline->task;
    span = t.deadline->span;
  }
  const auto day = [&](Date terms::Span::*which) {
    return span ? std::optional((*span).*which) : std::optional<Date>();
  };
  return tx.exec(
      "INSERT OR REPLACE INTO match_tasks(match, begun, state, owner, data_day, contact_day, contact_way, "
      "contact_at, declined, given_up, trouble, escalated_at, task, begins, due, remind, escalate, stage, "
      "next_look) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      t.match, t.begun, t.state, t.owner, t.data_day, t.contact_day, t.contact_way, t.contact_at, t.declined,
      t.given_up, t.trouble, t.escalated_at, task, day(&terms::Span::begins), day(&terms::Span::due),
      day(&terms::Span::remind), day(&terms::Span::escalate), t.stage, next_look(t));
}

Result<std::vector<StoredMatchTask>> match_tasks_to_look_at(Transaction& tx, Date today, std::int64_t limit) {
  std::vector<StoredMatchTask> out;
  KNOOP_TRY(tx.each(fmt::format("SELECT {} FROM match_tasks AS t WHERE t.next_look <= ? "
                                "ORDER BY t.next_look, t.match LIMIT ?",
                                columns),
                    today, limit, [&](const Row& row) -> Result<void> {
                      out.push_back(task_from(row));
                      return {};
                    }));
  return out;
}

Result<std::optional<Date>> next_match_task_look(Transaction& tx) {
  KNOOP_LET(row, tx.one("SELECT min(next_look) FROM match_tasks WHERE next_look IS NOT NULL"));
  if (!row || row->is_null(0)) return std::optional<Date>{};
  return std::optional(row->get<Date>(0));
}

namespace {

template <typename... Args>
Result<void> each_open_task(Transaction& tx, std::string_view rest, std::vector<OpenMatchTask>& out,
                            const Args&... args) {
  return tx.each(fmt::format("SELECT {}, m.peer, m.client, c.ref FROM match_tasks AS t "
                             "JOIN matches AS m ON m.id = t.match LEFT JOIN clients AS c ON c.id = m.client "
                             "WHERE t.state < 6 {}",
                             columns, rest),
                 args..., [&](const Row& row) -> Result<void> {
                   out.push_back({task_from(row), row.get<MemberId>(after_columns),
                                  row.get<records::ClientId>(after_columns + 1),
                                  row.get<std::optional<std::string>>(after_columns + 2).value_or("")});
                   return {};
                 });
}

/// As they are written in tasks: all that name this professional.
Result<std::vector<std::string>> owners_named(Transaction& tx, std::string_view professional) {
  std::vector<std::string> out;
  KNOOP_TRY(tx.each("SELECT DISTINCT owner FROM match_tasks WHERE owner <> ''",
                    [&](const Row& row) -> Result<void> {
                      if (same_professional(row.get<std::string_view>(0), professional))
                        out.push_back(row.get<std::string>(0));
                      return {};
                    }));
  return out;
}

}  // namespace

Result<std::vector<OpenMatchTask>> open_match_tasks(Transaction& tx, std::int64_t limit) {
  std::vector<OpenMatchTask> out;
  KNOOP_TRY(each_open_task(tx, "ORDER BY t.due, t.match LIMIT ?", out, limit));
  return out;
}

Result<std::vector<OpenMatchTask>> open_match_tasks_of(Transaction& tx, std::string_view owner) {
  std::vector<OpenMatchTask> out;
  KNOOP_LET(names, owners_named(tx, owner));
  for (const std::string& name : names)
    KNOOP_TRY(each_open_task(tx, "AND t.owner = ? AND t.owner <> '' ORDER BY t.match", out, name));
  return out;
}

bool same_professional(std::string_view one, std::string_view other) {
  const auto folded = [](std::string_view name) {
    std::string out = matching::normalise(name);
    std::erase_if(out, [](char c) { return c == ' ' || c == '.' || c == ',' || c == '-' || c == '\''; });
    return out.empty() ? std::string(name) : out;
  };
  return folded(one) == folded(other);
}

Result<std::vector<matching::MatchId>> transfer_match_tasks(Transaction& tx, std::string_view from,
                                                            std::string_view to) {
  KNOOP_LET(names, owners_named(tx, from));
  std::vector<matching::MatchId> open;
  for (const std::string& name : names) {
    KNOOP_TRY(
        tx.each("SELECT match FROM match_tasks WHERE owner = ? AND owner <> '' AND state < 6 ORDER BY match",
                name, [&](const Row& row) -> Result<void> {
                  open.push_back(row.get<matching::MatchId>(0));
                  return {};
                }));
    KNOOP_TRY(tx.exec("UPDATE match_tasks SET owner = ?2 WHERE owner = ?1 AND owner <> ''", name, to));
  }
  return open;
}

}  // namespace knoop::storage
