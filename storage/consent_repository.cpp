#include "storage/consent_repository.h"

#include <algorithm>

#include "storage/sealed_row.h"

namespace knoop::storage {
namespace {

template <typename Record>
constexpr std::string_view table_of = "consents";
template <>
constexpr std::string_view table_of<consent::Ground> = "grounds";

/// Of a row of id and sealed record; nothing when its client was destroyed.
template <typename Record>
Result<std::optional<Record>> record_of(Transaction& tx, const Row& row) {
  const auto id = row.get<BasisId>(0);
  return open_row<Record>(tx, {table_of<Record>, id.view()}, row.get<ByteView>(1));
}

template <typename Record>
Result<Bytes> sealed(Transaction& tx, const Record& record) {
  return seal_row(tx, record.client, {table_of<Record>, record.id.view()}, record);
}

template <typename Record, typename... Args>
Result<std::vector<Record>> listed(Transaction& tx, std::string_view sql, const Args&... args) {
  std::vector<Record> records;
  KNOOP_TRY(tx.each(sql, args..., [&](const Row& row) -> Result<void> {
    KNOOP_LET(record, record_of<Record>(tx, row));
    if (record) records.push_back(std::move(*record));
    return {};
  }));
  return records;
}

template <typename Record>
Result<std::vector<Record>> records_of(Transaction& tx, std::string_view sql, std::string_view client) {
  KNOOP_LET(records, listed<Record>(tx, sql, client));
  std::ranges::sort(records, [](const Record& a, const Record& b) {
    return std::tie(a.recorded_at, a.id) < std::tie(b.recorded_at, b.id);
  });
  return records;
}

/// Of a yes that can still run out.
std::optional<Date> ends(const consent::Consent& record) {
  const bool yes = record.answer == consent::Answer::yes || record.answer == consent::Answer::partly;
  return record.kind == consent::Kind::sharing && yes && !record.withdrawn_at && !record.used_at
             ? record.until
             : std::nullopt;
}

}  // namespace

Result<void> add_consent(Transaction& tx, const consent::Consent& record) {
  KNOOP_LET(bytes, sealed(tx, record));
  return tx.exec("INSERT INTO consents(id, client, sealed, ends, recorded) VALUES (?, ?, ?, ?, ?)", record.id,
                 record.client, bytes, ends(record), record.recorded_at);
}

Result<void> update_consent(Transaction& tx, const consent::Consent& record) {
  KNOOP_LET(bytes, sealed(tx, record));
  return tx.exec("UPDATE consents SET sealed = ?, ends = ? WHERE id = ?", bytes, ends(record), record.id);
}

Result<std::optional<consent::Consent>> find_consent(Transaction& tx, const BasisId& id) {
  KNOOP_LET(row, tx.one("SELECT id, sealed FROM consents WHERE id = ?", id));
  if (!row) return std::optional<consent::Consent>{};
  return record_of<consent::Consent>(tx, *row);
}

Result<std::vector<consent::Consent>> ending_consents(Transaction& tx, const Date& from, const Date& until,
                                                      std::int64_t limit) {
  return listed<consent::Consent>(
      tx, "SELECT id, sealed FROM consents WHERE ends BETWEEN ? AND ? ORDER BY ends, id LIMIT ?", from, until,
      limit);
}

Result<std::vector<consent::Consent>> consents_of(Transaction& tx, std::string_view client) {
  return records_of<consent::Consent>(tx, "SELECT id, sealed FROM consents WHERE client = ?", client);
}

Result<ConsentsPage> newest_consents(Transaction& tx, const std::optional<ConsentPlace>& before,
                                     std::int64_t limit) {
  ConsentsPage page;
  std::int64_t looked = 0;
  ConsentPlace last;
  const auto visit = [&](const Row& row) -> Result<void> {
    ++looked;
    last = {row.get<Timestamp>(2), row.get<BasisId>(0)};
    KNOOP_LET(record, record_of<consent::Consent>(tx, row));
    if (record) page.records.push_back(std::move(*record));
    return {};
  };
  if (before)
    KNOOP_TRY(
        tx.each("SELECT id, sealed, recorded FROM consents WHERE (recorded, id) < (?, ?) "
                "ORDER BY recorded DESC, id DESC LIMIT ?",
                before->recorded, before->id, limit, visit));
  else
    KNOOP_TRY(tx.each("SELECT id, sealed, recorded FROM consents ORDER BY recorded DESC, id DESC LIMIT ?",
                      limit, visit));
  if (looked == limit) page.next = last;
  return page;
}

namespace {

std::optional<Date> review_due(const consent::Ground& ground) {
  return ground.review ? std::nullopt : std::optional(ground.review_due);
}
std::optional<Date> tell_due(const consent::Ground& ground) {
  return ground.informing.told_at ? std::nullopt : std::optional(ground.informing.due);
}

Result<std::vector<consent::Ground>> taken(Transaction& tx, std::string_view select, std::string_view mark,
                                           const Date& today) {
  KNOOP_LET(grounds, listed<consent::Ground>(tx, select, today, most_ground_tasks));
  for (const consent::Ground& ground : grounds) KNOOP_TRY(tx.exec(mark, ground.id));
  return grounds;
}

Result<std::vector<consent::Ground>> grounds_due(Transaction& tx, std::string_view column,
                                                 const GroundsAfter& page) {
  const auto [due, id] = page.keys();
  return listed<consent::Ground>(
      tx,
      fmt::format("SELECT id, sealed FROM grounds WHERE {0} IS NOT NULL AND (NOT ? OR ({0}, id) > (?, ?)) "
                  "ORDER BY {0}, id LIMIT ?",
                  column),
      page.after.has_value(), due, id, page.limit);
}

}  // namespace

Result<void> add_ground(Transaction& tx, const consent::Ground& record) {
  KNOOP_LET(bytes, sealed(tx, record));
  return tx.exec("INSERT INTO grounds(id, client, sealed, review_due, tell_due) VALUES (?, ?, ?, ?, ?)",
                 record.id, record.client, bytes, review_due(record), tell_due(record));
}

Result<void> update_ground(Transaction& tx, const consent::Ground& record) {
  KNOOP_LET(bytes, sealed(tx, record));
  // A term that was put off may become overdue once more.
  return tx.exec(
      "UPDATE grounds SET sealed = ?1, review_due = ?2, tell_told = tell_told AND tell_due IS ?3, tell_due = "
      "?3 "
      "WHERE id = ?4",
      bytes, review_due(record), tell_due(record), record.id);
}

Result<std::optional<consent::Ground>> find_ground(Transaction& tx, const BasisId& id) {
  KNOOP_LET(row, tx.one("SELECT id, sealed FROM grounds WHERE id = ?", id));
  if (!row) return std::optional<consent::Ground>{};
  return record_of<consent::Ground>(tx, *row);
}

Result<std::vector<consent::Ground>> grounds_of(Transaction& tx, std::string_view client) {
  return records_of<consent::Ground>(tx, "SELECT id, sealed FROM grounds WHERE client = ?", client);
}

Result<std::vector<consent::Ground>> grounds_to_review(Transaction& tx, const GroundsAfter& page) {
  return grounds_due(tx, "review_due", page);
}

Result<std::vector<consent::Ground>> grounds_to_tell(Transaction& tx, const GroundsAfter& page) {
  return grounds_due(tx, "tell_due", page);
}

Result<GroundTasks> count_ground_tasks(Transaction& tx, const Date& today) {
  KNOOP_LET(reviews, tx.one("SELECT count(*), coalesce(sum(review_due < ?), 0) FROM grounds "
                            "WHERE review_due IS NOT NULL",
                            today));
  KNOOP_LET(tellings,
            tx.one("SELECT count(*), coalesce(sum(tell_due < ?), 0) FROM grounds WHERE tell_due IS NOT NULL",
                   today));
  return GroundTasks{reviews->get<std::int64_t>(0), reviews->get<std::int64_t>(1),
                     tellings->get<std::int64_t>(0), tellings->get<std::int64_t>(1)};
}

Result<OverdueGrounds> take_overdue_grounds(Transaction& tx, const Date& today) {
  OverdueGrounds out;
  KNOOP_LET(reviews,
            taken(tx, "SELECT id, sealed FROM grounds WHERE review_due < ? AND review_told = 0 LIMIT ?",
                  "UPDATE grounds SET review_told = 1 WHERE id = ?", today));
  KNOOP_LET(tellings, taken(tx, "SELECT id, sealed FROM grounds WHERE tell_due < ? AND tell_told = 0 LIMIT ?",
                            "UPDATE grounds SET tell_told = 1 WHERE id = ?", today));
  out.reviews = std::move(reviews);
  out.tellings = std::move(tellings);
  return out;
}

Result<consent::ConsentPolicy> consent_policy(Transaction& tx) {
  KNOOP_LET(row, tx.one("SELECT record FROM consent_policies ORDER BY number DESC LIMIT 1"));
  if (!row) return consent::ConsentPolicy{};
  const auto policy = decode<consent::ConsentPolicy>(row->get<ByteView>(0));
  // A decision must not rest on what no administrator could have set.
  if (!policy || !consent::check_policy(*policy))
    return fail(ErrorCode::damaged_database, Side::ours,
                "the stored consent policy is none; restore the database");
  return *policy;
}

Result<std::int64_t> add_consent_policy(Transaction& tx, const consent::ConsentPolicy& policy,
                                        std::string_view by, Timestamp now) {
  KNOOP_LET(newest, tx.one("SELECT coalesce(max(number), 0) FROM consent_policies"));
  const std::int64_t number = newest->get<std::int64_t>(0) + 1;
  KNOOP_LET(bytes, encode_checked(policy));
  KNOOP_TRY(tx.exec("INSERT INTO consent_policies(number, record, set_by, set_at) VALUES (?, ?, ?, ?)",
                    number, bytes, by, now));
  return number;
}

Result<std::optional<consent::ConsentText>> find_consent_text(Transaction& tx, std::string_view version) {
  for (const consent::ConsentText& text : consent::built_in_texts())
    if (text.version == version) return std::optional(text);
  KNOOP_LET(row, tx.one("SELECT body FROM consent_texts WHERE version = ?", version));
  if (!row) return std::optional<consent::ConsentText>{};
  return std::optional(consent::ConsentText{std::string(version), row->get<std::string>(0)});
}

Result<std::vector<consent::ConsentText>> consent_texts(Transaction& tx) {
  const auto built_in = consent::built_in_texts();
  std::vector<consent::ConsentText> texts(built_in.begin(), built_in.end());
  KNOOP_TRY(tx.each("SELECT version, body FROM consent_texts ORDER BY added, version",
                    [&](const Row& row) -> Result<void> {
                      texts.push_back({row.get<std::string>(0), row.get<std::string>(1)});
                      return {};
                    }));
  return texts;
}

Result<void> add_consent_text(Transaction& tx, const consent::ConsentText& text, std::string_view by,
                              Timestamp now) {
  KNOOP_LET(known, find_consent_text(tx, text.version));
  if (known)
    return fail(ErrorCode::conflict, Side::user,
                "this version of the text exists, and a version never changes; choose another");
  return tx.exec("INSERT INTO consent_texts(version, body, added_by, added) VALUES (?, ?, ?, ?)",
                 text.version, text.body, by, now);
}

}  // namespace knoop::storage
