// A match as a task (R2.7, docs/spec/followup.md): whose it is, what is owed by when, reminders, contact, escalation. "Both
// entered it and nobody called" stands on top of a list, and on everybody's when it has been there too long.
//
// What a match knows of itself (choices, contact data, outcomes, its end) stays where it was; the task keeps the rest, and its
// state follows from both by the table in protocol/followup. So every change of a match goes through keep_match().
//
// The owner is who was given the task; when nobody was, the professional whose involvement it is, and when there is none any
// more, nobody: then it is shown to all. So a task can be without an owner and never without somebody who sees it.
//
// MatchTaskService watches the terms: reminded, overdue, escalated, each logged once for each term, however long the node was
// off and however often it ended.
//
// Called by the API for professionals and team leads with the actor's Context. Errors: not_found (no such match), wrong_state
// (the table says not now; the sentence names the state as it is), bad_value (a name or day that cannot be).
#pragma once

#include <string>

#include "node/core/service.h"
#include "protocol/followup/machine.h"
#include "storage/match_task_repository.h"

namespace knoop {

/// What the table judges, from the match and its task.
[[nodiscard]] followup::Facts facts_of(const storage::StoredMatch& match,
                                       const storage::StoredMatchTask& task);

/// The task of a match, or the one it has when it was just found.
[[nodiscard]] Result<storage::StoredMatchTask> match_task(Context& context,
                                                          const storage::StoredMatch& match);
/// Whether a professional may do this now: wrong_state with the state as it is otherwise.
[[nodiscard]] Result<void> check_step(const Context& context, const storage::StoredMatch& match,
                                      const storage::StoredMatchTask& task, followup::Event event,
                                      const std::optional<matching::Outcome>& outcome = std::nullopt);

/// Stores the match, and its task in the state that both are in now.
Result<void> keep_match(Context& context, const storage::StoredMatch& match);
/// The same when something of the task changed as well.
Result<void> keep_match(Context& context, const storage::StoredMatch& match, storage::StoredMatchTask task);

/// A match that comes back within this time goes on with its task; later it is a new one.
inline constexpr Milliseconds same_task_within = std::chrono::hours{7 * 24};
/// The match is back after longer: a new task, of which nothing is known but that contact is wanted, if it was. The caller
/// keeps the match afterwards.
Result<void> begin_task_anew(Context& context, const matching::MatchId& id);
/// The last good day for contact about a match that is found now.
[[nodiscard]] Date contact_term(const Context& context);

/// A task with who owns it, for showing.
struct MatchTaskView {
  storage::StoredMatchTask task;
  std::string owner;  ///< Empty: everybody's.
};
[[nodiscard]] Result<MatchTaskView> view_match_task(Context& context, const storage::StoredMatch& match);
[[nodiscard]] Result<std::string> owner_of(Context& context, const storage::StoredMatchTask& task,
                                           records::ClientId client);

/// A professional leaves, or gives everything to a colleague: what was given to `from` is `to`'s, or, when that is empty, of
/// whoever has the involvement. What nobody was given follows the involvements by itself. Logged for each open task; returns
/// how many.
Result<std::size_t> transfer_match_tasks(Context& context, std::string_view from, std::string_view to);
/// Involvements of this client changed: a task that was given to somebody whose own involvement with it ended goes back to
/// whoever has one, or to all.
Result<void> involvements_changed(Context& context, records::ClientId client);

class MatchTaskService final : public Service {
 public:
  void register_handlers(Dispatcher&) override {}
  Result<std::optional<Timestamp>> on_tick(Context& context) override;

  /// `owner`: a professional as people write the name; empty gives it back to whoever has the involvement.
  Result<void> assign(Context& context, const matching::MatchId& id, std::string_view owner);
  /// Contact was made on this day, not later than today and not before the match unless it was there already.
  Result<void> contacted(Context& context, const matching::MatchId& id, Date day, followup::Way way);
  /// Its owner cannot get further: shown to everybody until it is concluded.
  Result<void> escalate(Context& context, const matching::MatchId& id, followup::Trouble trouble);
};

}  // namespace knoop
