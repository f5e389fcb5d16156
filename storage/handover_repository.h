// Hand-overs on disk. The rules are in protocol/handover; logging what is read or changed is the service's.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "protocol/handover/messages.h"
#include "storage/database.h"

namespace knoop::storage {

struct StoredHandover {
  HandoverId id;
  handover::Party party{};  ///< What we are.
  MemberId peer;
  std::string client_ref;  ///< Own client.
  handover::Ask ask;
  handover::State state{};
  std::uint32_t version = 0;
  handover::Party responsible{};
  std::optional<handover::Happening> pending;  ///< Ontvanger: ours, not yet taken by the afzender.
  std::string not_taken;                       ///< Ontvanger: why our last event was not taken; else empty.
  Timestamp created;
  Timestamp changed;
};

/// One event that moved a hand-over, with the state it led to.
struct StoredHappening {
  std::uint32_t version = 0;
  handover::State state{};
  handover::Happening happening;
};

[[nodiscard]] Result<std::optional<StoredHandover>> find_handover(Transaction& tx, const HandoverId& id);
[[nodiscard]] Result<void> put_handover(Transaction& tx, const StoredHandover& handover);
[[nodiscard]] Result<void> add_happening(Transaction& tx, const HandoverId& id,
                                         const StoredHappening& happening);
[[nodiscard]] Result<std::vector<StoredHappening>> happenings_of(Transaction& tx, const HandoverId& id);

struct HandoverFilter {
  std::optional<std::string> client_ref{};
  bool open_only = false;
  std::int64_t limit = 1000;
};
/// Last changed first.
[[nodiscard]] Result<std::vector<StoredHandover>> list_handovers(Transaction& tx,
                                                                 const HandoverFilter& filter);

}  // namespace knoop::storage
