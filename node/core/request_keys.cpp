#include "node/core/request_keys.h"

namespace knoop {

Result<std::optional<Timestamp>> RequestKeyService::on_tick(Context& context) {
  KNOOP_LET(dropped, storage::drop_old_requests(context.tx, context.now, slice));
  if (dropped == slice) return std::optional(context.now);
  KNOOP_LET(oldest, storage::oldest_request(context.tx));
  // A first key is given later at the earliest, so nothing is due before that either.
  const Timestamp from = oldest.value_or(context.now);
  return std::optional(std::max(from + storage::answers_kept, context.now + pause));
}

}  // namespace knoop
