// Consents, grounds, the texts that were shown and the organisation's policy, on disk. What may be recorded is
// protocol/consent's, who may is the service's.
#pragma once

#include "protocol/consent/policy.h"
#include "protocol/consent/text.h"
#include "storage/database.h"
#include "storage/rows_after.h"

namespace knoop::storage {

[[nodiscard]] Result<void> add_consent(Transaction& tx, const consent::Consent& record);
/// Overwrites: for withdrawn_at and used_at only.
[[nodiscard]] Result<void> update_consent(Transaction& tx, const consent::Consent& record);
[[nodiscard]] Result<std::optional<consent::Consent>> find_consent(Transaction& tx, const BasisId& id);
/// All of one client, of every kind, oldest first.
[[nodiscard]] Result<std::vector<consent::Consent>> consents_of(Transaction& tx, std::string_view client);
/// Of every client, the soonest first: to share, said yes, neither withdrawn nor used, with a last day from `from` to `until`.
[[nodiscard]] Result<std::vector<consent::Consent>> ending_consents(Transaction& tx, const Date& from,
                                                                    const Date& until, std::int64_t limit);
/// Where a record stands among all: by when it was recorded, then by id.
struct ConsentPlace {
  Timestamp recorded;
  BasisId id{};
};
struct ConsentsPage {
  std::vector<consent::Consent> records;
  std::optional<ConsentPlace> next;  ///< Of the last that was looked at, unless it was the very last.
};
/// Of every client, newest first; at most `limit` are looked at. Those whose client was destroyed are left out.
[[nodiscard]] Result<ConsentsPage> newest_consents(Transaction& tx, const std::optional<ConsentPlace>& before,
                                                   std::int64_t limit);

[[nodiscard]] Result<void> add_ground(Transaction& tx, const consent::Ground& record);
/// Overwrites: for what became of it.
[[nodiscard]] Result<void> update_ground(Transaction& tx, const consent::Ground& record);
[[nodiscard]] Result<std::optional<consent::Ground>> find_ground(Transaction& tx, const BasisId& id);
[[nodiscard]] Result<std::vector<consent::Ground>> grounds_of(Transaction& tx, std::string_view client);

/// That take_overdue_grounds() takes at once.
inline constexpr std::int64_t most_ground_tasks = 200;
/// By the day on which it is due; the most overdue come first.
using GroundsAfter = RowsAfter<Date, BasisId>;
[[nodiscard]] Result<std::vector<consent::Ground>> grounds_to_review(Transaction& tx,
                                                                     const GroundsAfter& page = {});
[[nodiscard]] Result<std::vector<consent::Ground>> grounds_to_tell(Transaction& tx,
                                                                   const GroundsAfter& page = {});
/// How much is to be done, and of that how much is late: numbers alone.
struct GroundTasks {
  std::int64_t reviews = 0;
  std::int64_t late_reviews = 0;
  std::int64_t tellings = 0;
  std::int64_t late_tellings = 0;
};
[[nodiscard]] Result<GroundTasks> count_ground_tasks(Transaction& tx, const Date& today);
/// Whose review is overdue today, or whose client should have been told, and that did not come out of here before.
struct OverdueGrounds {
  std::vector<consent::Ground> reviews;
  std::vector<consent::Ground> tellings;
};
[[nodiscard]] Result<OverdueGrounds> take_overdue_grounds(Transaction& tx, const Date& today);

/// The newest policy, or what holds where none was set.
[[nodiscard]] Result<consent::ConsentPolicy> consent_policy(Transaction& tx);
/// Gives the number of this version.
[[nodiscard]] Result<std::int64_t> add_consent_policy(Transaction& tx, const consent::ConsentPolicy& policy,
                                                      std::string_view by, Timestamp now);

/// Of those that come with Knoop and the organisation's own.
[[nodiscard]] Result<std::optional<consent::ConsentText>> find_consent_text(Transaction& tx,
                                                                            std::string_view version);
[[nodiscard]] Result<std::vector<consent::ConsentText>> consent_texts(Transaction& tx);
/// A version that is there already is never changed: conflict.
[[nodiscard]] Result<void> add_consent_text(Transaction& tx, const consent::ConsentText& text,
                                            std::string_view by, Timestamp now);

}  // namespace knoop::storage
