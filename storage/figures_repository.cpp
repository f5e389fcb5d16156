#include "storage/figures_repository.h"

namespace knoop::storage {

Result<MatchCounts> count_matches(Transaction& tx, Timestamp from, Timestamp until, const Date& today) {
  // A match without contact counts as late while contact is owed: in the states before concluded (protocol/followup/names.h).
  KNOOP_LET(
      row,
      tx.one("SELECT count(*), coalesce(sum(t.contact_day <= m.contact_before), 0), "
             "coalesce(sum(t.contact_day > m.contact_before OR (t.contact_day IS NULL AND m.ended IS NULL "
             "AND t.state < 6 AND m.contact_before < ?3)), 0) "
             "FROM matches AS m LEFT JOIN match_tasks AS t ON t.match = m.id "
             "WHERE m.found >= ?1 AND m.found < ?2",
             from, until, today));
  return MatchCounts{row->get<std::int64_t>(0), row->get<std::int64_t>(1), row->get<std::int64_t>(2)};
}

Result<std::array<std::int64_t, 3>> count_circles(Transaction& tx) {
  KNOOP_LET(
      row,
      tx.one("SELECT coalesce(sum(peers = 1), 0), coalesce(sum(peers = 2), 0), coalesce(sum(peers > 2), 0) "
             "FROM (SELECT count(DISTINCT peer) AS peers FROM matches WHERE ended IS NULL GROUP BY client)"));
  return std::array{row->get<std::int64_t>(0), row->get<std::int64_t>(1), row->get<std::int64_t>(2)};
}

}  // namespace knoop::storage
