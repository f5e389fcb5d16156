#include "storage/consent_repository.h"

#include <algorithm>

#include "protocol/codec/codec.h"

namespace knoop::storage {
namespace {

template <typename Record>
Result<Record> record_of(const Row& row) {
  auto record = decode<Record>(row.get<ByteView>(0));
  if (!record)
    return fail(ErrorCode::damaged_database, Side::ours,
                "a stored consent cannot be read; restore the database");
  return std::move(*record);
}

template <typename Record>
Result<std::vector<Record>> records_of(Transaction& tx, std::string_view sql, std::string_view client) {
  std::vector<Record> records;
  KNOOP_TRY(tx.each(sql, client, [&](const Row& row) -> Result<void> {
    KNOOP_LET(record, record_of<Record>(row));
    records.push_back(std::move(record));
    return {};
  }));
  std::ranges::sort(records, [](const Record& a, const Record& b) {
    return std::tie(a.recorded_at, a.id) < std::tie(b.recorded_at, b.id);
  });
  return records;
}

template <typename Record>
Result<std::vector<Record>> listed(Transaction& tx, std::string_view sql) {
  std::vector<Record> records;
  KNOOP_TRY(tx.each(sql, most_ground_tasks, [&](const Row& row) -> Result<void> {
    KNOOP_LET(record, record_of<Record>(row));
    records.push_back(std::move(record));
    return {};
  }));
  return records;
}

}  // namespace

Result<void> add_consent(Transaction& tx, const consent::Consent& record) {
  KNOOP_LET(bytes, encode_checked(record));
  return tx.exec("INSERT INTO consents(id, client, record) VALUES (?, ?, ?)", record.id, record.client,
                 bytes);
}

Result<void> update_consent(Transaction& tx, const consent::Consent& record) {
  KNOOP_LET(bytes, encode_checked(record));
  return tx.exec("UPDATE consents SET record = ? WHERE id = ?", bytes, record.id);
}

Result<std::optional<consent::Consent>> find_consent(Transaction& tx, const BasisId& id) {
  KNOOP_LET(row, tx.one("SELECT record FROM consents WHERE id = ?", id));
  if (!row) return std::optional<consent::Consent>{};
  KNOOP_LET(record, record_of<consent::Consent>(*row));
  return std::optional(std::move(record));
}

Result<std::vector<consent::Consent>> consents_of(Transaction& tx, std::string_view client) {
  return records_of<consent::Consent>(tx, "SELECT record FROM consents WHERE client = ?", client);
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
  std::vector<consent::Ground> grounds;
  KNOOP_TRY(tx.each(select, today, most_ground_tasks, [&](const Row& row) -> Result<void> {
    KNOOP_LET(ground, record_of<consent::Ground>(row));
    grounds.push_back(std::move(ground));
    return {};
  }));
  for (const consent::Ground& ground : grounds) KNOOP_TRY(tx.exec(mark, ground.id));
  return grounds;
}

}  // namespace

Result<void> add_ground(Transaction& tx, const consent::Ground& record) {
  KNOOP_LET(bytes, encode_checked(record));
  return tx.exec("INSERT INTO grounds(id, client, record, review_due, tell_due) VALUES (?, ?, ?, ?, ?)",
                 record.id, record.client, bytes, review_due(record), tell_due(record));
}

Result<void> update_ground(Transaction& tx, const consent::Ground& record) {
  KNOOP_LET(bytes, encode_checked(record));
  // A term that was put off may become overdue once more.
  return tx.exec(
      "UPDATE grounds SET record = ?1, review_due = ?2, tell_told = tell_told AND tell_due IS ?3, tell_due = "
      "?3 "
      "WHERE id = ?4",
      bytes, review_due(record), tell_due(record), record.id);
}

Result<std::optional<consent::Ground>> find_ground(Transaction& tx, const BasisId& id) {
  KNOOP_LET(row, tx.one("SELECT record FROM grounds WHERE id = ?", id));
  if (!row) return std::optional<consent::Ground>{};
  KNOOP_LET(record, record_of<consent::Ground>(*row));
  return std::optional(std::move(record));
}

Result<std::vector<consent::Ground>> grounds_of(Transaction& tx, std::string_view client) {
  return records_of<consent::Ground>(tx, "SELECT record FROM grounds WHERE client = ?", client);
}

Result<std::vector<consent::Ground>> grounds_to_review(Transaction& tx) {
  return listed<consent::Ground>(
      tx, "SELECT record FROM grounds WHERE review_due IS NOT NULL ORDER BY review_due, id LIMIT ?");
}

Result<std::vector<consent::Ground>> grounds_to_tell(Transaction& tx) {
  return listed<consent::Ground>(
      tx, "SELECT record FROM grounds WHERE tell_due IS NOT NULL ORDER BY tell_due, id LIMIT ?");
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
  KNOOP_LET(reviews, taken(tx, "SELECT record FROM grounds WHERE review_due < ? AND review_told = 0 LIMIT ?",
                           "UPDATE grounds SET review_told = 1 WHERE id = ?", today));
  KNOOP_LET(tellings, taken(tx, "SELECT record FROM grounds WHERE tell_due < ? AND tell_told = 0 LIMIT ?",
                            "UPDATE grounds SET tell_told = 1 WHERE id = ?", today));
  out.reviews = std::move(reviews);
  out.tellings = std::move(tellings);
  return out;
}

Result<consent::ConsentPolicy> consent_policy(Transaction& tx) {
  KNOOP_LET(row, tx.one("SELECT record FROM consent_policies ORDER BY number DESC LIMIT 1"));
  if (!row) return consent::ConsentPolicy{};
  KNOOP_LET(policy, record_of<consent::ConsentPolicy>(*row));
  // A decision must not rest on what no administrator could have set.
  if (!consent::check_policy(policy))
    return fail(ErrorCode::damaged_database, Side::ours,
                "the stored consent policy is none; restore the database");
  return policy;
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
