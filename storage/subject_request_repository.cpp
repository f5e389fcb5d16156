#include "storage/subject_request_repository.h"

#include "storage/sealed_row.h"

namespace knoop::storage {
namespace {

constexpr std::int64_t most_overdue_at_once = 100;
constexpr int soon_days = 7;

struct SealedRequest {
  std::string who;
  std::vector<SubjectRequestNote> notes;

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(bounded(self.who, 200), bounded(self.notes, most_request_notes));
  }
};

constexpr std::string_view columns = "id, client, kind, state, received, due, extended, closed, sealed";

Result<SubjectRequest> request_from(Transaction& tx, const Row& row) {
  SubjectRequest out;
  out.id = row.get<SubjectRequestId>(0);
  out.client = row.get<std::optional<std::string>>(1).value_or("");
  out.kind = row.get<SubjectRequestKind>(2);
  out.state = row.get<SubjectRequestState>(3);
  out.received = row.get<Date>(4);
  out.due = row.get<Date>(5);
  out.extended = row.get<bool>(6);
  out.closed = row.get<std::optional<Date>>(7);
  if (!row.is_null(8)) {
    KNOOP_LET(words, open_row<SealedRequest>(tx, {"subject_requests", out.id.view()}, row.get<ByteView>(8)));
    if (words) {
      out.who = std::move(words->who);
      out.notes = std::move(words->notes);
    }
  }
  return out;
}

template <typename... Args>
Result<std::vector<SubjectRequest>> requests(Transaction& tx, std::string_view rest, const Args&... args) {
  std::vector<SubjectRequest> out;
  KNOOP_TRY(tx.each(fmt::format("SELECT {} FROM subject_requests {}", columns, rest), args...,
                    [&](const Row& row) -> Result<void> {
                      KNOOP_LET(one, request_from(tx, row));
                      out.push_back(std::move(one));
                      return {};
                    }));
  return out;
}

}  // namespace

std::string_view to_string(SubjectRequestKind kind) {
  for (const auto& [value, text] : subject_request_kinds)
    if (value == kind) return text;
  return "";
}
std::string_view to_string(SubjectRequestState state) {
  for (const auto& [value, text] : subject_request_states)
    if (value == state) return text;
  return "";
}

Result<void> put_subject_request(Transaction& tx, const SubjectRequest& r) {
  KNOOP_LET(sealed, seal_row(tx, r.client, {"subject_requests", r.id.view()}, SealedRequest{r.who, r.notes}));
  return tx.exec(
      "INSERT INTO subject_requests(id, client, kind, state, received, due, extended, closed, sealed) "
      "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT(id) DO UPDATE SET state = ?4, "
      "told = told AND due = ?6, due = ?6, extended = ?7, closed = ?8, sealed = ?9",
      r.id, r.client, r.kind, r.state, r.received, r.due, r.extended, r.closed, sealed);
}

Result<std::optional<SubjectRequest>> find_subject_request(Transaction& tx, const SubjectRequestId& id) {
  KNOOP_LET(found, requests(tx, "WHERE id = ?", id));
  return found.empty() ? std::nullopt : std::optional(std::move(found.front()));
}

Result<std::vector<SubjectRequest>> subject_requests(Transaction& tx,
                                                     const std::optional<std::string>& client, bool open_only,
                                                     const SubjectRequestsAfter& page) {
  const auto [closed, due, id] = page.keys();
  return requests(tx,
                  "WHERE client IS NOT NULL AND (?1 IS NULL OR client = ?1) AND (closed IS NULL OR NOT ?2) "
                  "AND (NOT ?3 OR (closed IS NOT NULL, due, id) > (?4, ?5, ?6)) "
                  "ORDER BY closed IS NOT NULL, due, id LIMIT ?7",
                  client, open_only, page.after.has_value(), closed, due, id, page.limit);
}

Result<std::vector<SubjectRequest>> take_overdue_requests(Transaction& tx, const Date& today) {
  KNOOP_LET(found, requests(tx, "WHERE closed IS NULL AND due < ? AND told = 0 ORDER BY due, id LIMIT ?",
                            today, most_overdue_at_once));
  for (const SubjectRequest& one : found)
    KNOOP_TRY(tx.exec("UPDATE subject_requests SET told = 1 WHERE id = ?", one.id));
  return found;
}

Result<void> forget_requests_of(Transaction& tx, std::string_view client, const Date& today) {
  return tx.exec(
      "UPDATE subject_requests SET state = CASE WHEN closed IS NULL AND kind = 3 THEN 2 ELSE state END, "
      "closed = coalesce(closed, ?2), client = NULL, sealed = NULL WHERE client = ?1",
      client, today);
}

Result<SubjectRequestCounts> count_subject_requests(Transaction& tx, const Date& today) {
  KNOOP_LET(row,
            tx.one("SELECT count(*), coalesce(sum(due >= ?1 AND due < ?2), 0), coalesce(sum(due < ?1), 0) "
                   "FROM subject_requests WHERE closed IS NULL",
                   today, Date::from_days(today.days() + soon_days)));
  return SubjectRequestCounts{row->get<std::int64_t>(0), row->get<std::int64_t>(1),
                              row->get<std::int64_t>(2)};
}

}  // namespace knoop::storage
