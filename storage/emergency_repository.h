// Readings in an emergency of what a lease had closed, until the privacy officer judged them (R8.1, protocol.md section 4).
// The rules are node/core/exchange_service's; these functions keep and give back.
#pragma once

#include "protocol/consent/ground.h"
#include "storage/database.h"
#include "storage/rows_after.h"

namespace knoop::storage {

struct EmergencyRead {
  std::int64_t id = 0;
  std::string client;  ///< Own reference.
  std::string reason;
  std::uint32_t fragments = 0;  ///< That were closed, and shown.
  std::string by;
  Timestamp at;
  Date due;  ///< Of its review.
  std::optional<consent::Review> review{};
};

/// That take_overdue_emergency_reads() takes at once.
inline constexpr std::int64_t most_emergency_reads = 200;
/// By the day on which its review is due; the most overdue come first.
using EmergencyReadsAfter = RowsAfter<Date, std::int64_t>;

/// Gives its id.
[[nodiscard]] Result<std::int64_t> add_emergency_read(Transaction& tx, const EmergencyRead& read);
[[nodiscard]] Result<std::optional<EmergencyRead>> find_emergency_read(Transaction& tx, std::int64_t id);
[[nodiscard]] Result<void> set_emergency_review(Transaction& tx, std::int64_t id,
                                                const consent::Review& review);
[[nodiscard]] Result<std::vector<EmergencyRead>> emergency_reads_to_review(
    Transaction& tx, const EmergencyReadsAfter& page = {});
/// Numbers alone.
struct EmergencyTasks {
  std::int64_t reviews = 0;
  std::int64_t late_reviews = 0;
};
[[nodiscard]] Result<EmergencyTasks> count_emergency_reads(Transaction& tx, const Date& today);
/// Whose review is overdue today, and that did not come out of here before.
[[nodiscard]] Result<std::vector<EmergencyRead>> take_overdue_emergency_reads(Transaction& tx,
                                                                              const Date& today);

}  // namespace knoop::storage
