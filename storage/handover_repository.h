// Hand-overs on disk. The rules are in protocol/handover; logging what is read or changed is the service's.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "protocol/handover/messages.h"
#include "protocol/handover/terms.h"
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
  /// Ontvanger: events of ours that were overtaken and whose answer is still under way: the next answers are theirs.
  std::uint32_t overtaken = 0;
  std::string not_taken;  ///< Why the ontvanger's last event was not taken, at both sides; else empty.
  Timestamp created;
  Timestamp changed;
  /// What is owed by when, and how far that has come: written by put_deadline() alone.
  std::optional<handover::Deadline> deadline;
  terms::Stage stage = terms::Stage::running;
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

[[nodiscard]] Result<void> put_deadline(Transaction& tx, const HandoverId& id,
                                        const std::optional<handover::Deadline>& deadline,
                                        terms::Stage stage);
/// Those whose term may have come further by `today`, the longest due first; of these `limit`.
[[nodiscard]] Result<std::vector<StoredHandover>> handovers_to_look_at(Transaction& tx, Date today,
                                                                       std::int64_t limit);
/// The day on which the next one is looked at.
[[nodiscard]] Result<std::optional<Date>> next_handover_look(Transaction& tx);

struct HandoverFilter {
  std::optional<std::string> client_ref{};
  bool open_only = false;
  std::optional<std::pair<Timestamp, HandoverId>> after{};  ///< When the last of the page before was changed.
  std::int64_t limit = 1000;
};
/// Last changed first.
[[nodiscard]] Result<std::vector<StoredHandover>> list_handovers(Transaction& tx,
                                                                 const HandoverFilter& filter);

/// Those that began at this time or later, oldest first.
[[nodiscard]] Result<std::vector<StoredHandover>> handovers_since(Transaction& tx, Timestamp from);

}  // namespace knoop::storage
