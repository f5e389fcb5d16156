// Plans of aftercare on disk (R5.5). The rules are in protocol/aftercare/plan.h; logging what is read or changed is the service's.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "protocol/aftercare/plan.h"
#include "protocol/ids.h"
#include "storage/database.h"

namespace knoop::storage {

using AftercareId = Fixed<struct AftercareIdTag, 16>;

struct StoredAftercare {
  AftercareId id;
  std::string client_ref;
  Date ends;  ///< The last day of the indicated care.
  aftercare::State state = aftercare::State::later;
  std::string words;  ///< Why it is not needed, or where the plan is; empty while it is open.
  std::optional<HandoverId> handover;
  terms::Span span;
  terms::Stage stage = terms::Stage::running;
  Timestamp created;
  Timestamp changed;
};

[[nodiscard]] Result<std::optional<StoredAftercare>> find_aftercare(Transaction& tx, const AftercareId& id);
/// The one that is open, of a client; there is at most one.
[[nodiscard]] Result<std::optional<StoredAftercare>> open_aftercare(Transaction& tx, std::string_view client);
[[nodiscard]] Result<void> put_aftercare(Transaction& tx, const StoredAftercare& plan);

/// Those that become a task, or whose term may have come further, by `today`; the longest due first.
[[nodiscard]] Result<std::vector<StoredAftercare>> aftercare_to_look_at(Transaction& tx, Date today,
                                                                        std::int64_t limit);
[[nodiscard]] Result<std::optional<Date>> next_aftercare_look(Transaction& tx);

struct AftercareFilter {
  std::optional<std::string> client_ref{};
  bool tasks_only = false;  ///< Those that are to be made now.
  bool open_only = false;
  std::int64_t limit = 1000;
};
/// Soonest due first.
[[nodiscard]] Result<std::vector<StoredAftercare>> list_aftercare(Transaction& tx,
                                                                  const AftercareFilter& filter);

}  // namespace knoop::storage
