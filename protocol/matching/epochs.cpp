#include "protocol/matching/epochs.h"

#include <algorithm>

#include "crypto/base/assert.h"
#include "crypto/hash.h"

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
    case EndReason::left:
      return "no member any more";
  }
  KNOOP_ASSERT(false, "an EndReason outside its enumeration");
}

std::optional<EndReason> ends(const NewerEpoch& newer, Timestamp now) {
  if (!newer.agreed) return std::nullopt;  // never before the newer one can take over
  if (newer.complete && newer.peer_complete) return EndReason::complete;
  if (now - *newer.agreed >= std::chrono::days{overlap_days}) return EndReason::overdue;
  return std::nullopt;
}

Milliseconds spread(const NetworkId& network, const MemberId& one, const MemberId& other, Epoch epoch) {
  constexpr std::int64_t seconds = std::chrono::seconds{std::chrono::days{spread_days}}.count();
  Bytes input = to_bytes("knoop/v1/epoch-spread");
  input.push_back(0);
  append(input, network.view());
  append(input, std::min(one, other).view());
  append(input, std::max(one, other).view());
  append_u64(input, epoch);
  const Hash256 hash = sha256(input);
  std::uint64_t number = 0;
  for (const Byte byte : hash.view().first(8)) number = number << 8U | byte;
  return std::chrono::seconds{static_cast<std::int64_t>(number % static_cast<std::uint64_t>(seconds))};
}

bool is_due(Timestamp opened, Milliseconds earlier, Timestamp now) {
  return now - opened >= std::chrono::days{epoch_days} - earlier;
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
