// The task that each match is (R2.7, docs/spec/followup.md), one row a match, beside what the match itself knows
// (match_repository.h). Keeps no rule: protocol/followup decides, node/core/match_tasks.h asks it and logs.
//
// Called by the services with the transaction of their event.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "protocol/followup/terms.h"
#include "storage/match_repository.h"

namespace knoop::storage {

struct StoredMatchTask {
  matching::MatchId match;
  Timestamp begun;  ///< Choices and outcomes of before belong to an earlier task.
  followup::State state = followup::State::to_judge;
  std::string owner;             ///< A professional who was given it; empty: who has the involvement.
  std::optional<Date> data_day;  ///< When contact data of the peer first came.
  std::optional<Date> contact_day;
  std::optional<followup::Way> contact_way;
  std::optional<Timestamp> contact_at;
  std::optional<followup::Reason> declined;
  std::optional<Timestamp> given_up;         ///< We had wanted contact, and stopped waiting.
  std::optional<followup::Trouble> trouble;  ///< A professional escalated it.
  std::optional<Timestamp> escalated_at;
  std::optional<followup::Deadline>
      deadline;  ///< Counts in open states only; kept while the match has ended.
  terms::Stage stage = terms::Stage::running;
  friend bool operator==(const StoredMatchTask&, const StoredMatchTask&) = default;
};

[[nodiscard]] Result<std::optional<StoredMatchTask>> find_match_task(Transaction& tx,
                                                                     const matching::MatchId& id);
[[nodiscard]] Result<void> put_match_task(Transaction& tx, const StoredMatchTask& task);

/// Open tasks whose stage may change on this day or did before; the longest waiting first.
[[nodiscard]] Result<std::vector<StoredMatchTask>> match_tasks_to_look_at(Transaction& tx, Date today,
                                                                          std::int64_t limit);
[[nodiscard]] Result<std::optional<Date>> next_match_task_look(Transaction& tx);

/// An open task with what a list shows of its match.
struct OpenMatchTask {
  StoredMatchTask task;
  MemberId peer;
  records::ClientId client{};
  std::string client_ref;
};
/// Soonest due first.
[[nodiscard]] Result<std::vector<OpenMatchTask>> open_match_tasks(Transaction& tx, std::int64_t limit);

/// Those that were given to this professional.
[[nodiscard]] Result<std::vector<OpenMatchTask>> open_match_tasks_of(Transaction& tx, std::string_view owner);

/// Whether two texts name one professional: capitals, spaces and points make no difference.
[[nodiscard]] bool same_professional(std::string_view one, std::string_view other);
/// Gives every task that was given to `from` to `to`; empty: to who has the involvement. Returns those that are open.
[[nodiscard]] Result<std::vector<matching::MatchId>> transfer_match_tasks(Transaction& tx,
                                                                          std::string_view from,
                                                                          std::string_view to);

}  // namespace knoop::storage
