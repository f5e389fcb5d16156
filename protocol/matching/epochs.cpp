#include "protocol/matching/epochs.h"

#include "crypto/base/assert.h"

namespace knoop::matching {

std::string_view to_string(EndReason why) {
  switch (why) {
    case EndReason::complete:
      return "complete";
    case EndReason::overdue:
      return "overdue";
    case EndReason::peer:
      return "ended by the peer";
    case EndReason::replaced:
      return "replaced";
  }
  KNOOP_ASSERT(false, "an EndReason outside its enumeration");
}

std::optional<EndReason> ends(const NewerEpoch& newer, Timestamp now) {
  if (!newer.agreed) return std::nullopt;  // never before the newer one can take over
  if (newer.complete && newer.peer_complete) return EndReason::complete;
  if (now - *newer.agreed >= std::chrono::days{overlap_days}) return EndReason::overdue;
  return std::nullopt;
}

bool is_due(Timestamp opened, Timestamp now) {
  return now - opened >= std::chrono::days{epoch_days};
}

Result<void> may_open(Epoch newest, Epoch wanted, std::int64_t opened_in_window) {
  if (wanted <= newest)
    return fail(
        ErrorCode::wrong_state, Side::peer,
        "the peer opened matching epoch {}, this node is at {}; open the next one from either side if "
        "a node was restored",
        wanted, newest);
  if (wanted - newest > furthest_ahead)
    return fail(ErrorCode::bad_value, Side::peer, "the peer opened matching epoch {}, this node is at {}",
                wanted, newest);
  if (opened_in_window >= most_opened)
    return fail(ErrorCode::over_limit, Side::peer,
                "{} matching epochs were opened with the peer in {} days; it waits until the oldest is past",
                opened_in_window, opening_window_days);
  return {};
}

}  // namespace knoop::matching
