#include "node/core/match_tasks.h"

#include <algorithm>

#include "node/core/membership.h"
#include "protocol/records/calendar.h"
#include "storage/records_repository.h"

namespace knoop {

using followup::Event;
using followup::State;
using storage::StoredMatch;
using storage::StoredMatchTask;

namespace {

constexpr Milliseconds look_again = std::chrono::hours{1};
constexpr std::size_t longest_owner = 200;

terms::AgreedTerms agreed(const Context& context) {
  const auto& convenant = context.membership().convenant();
  return convenant ? convenant->terms : terms::AgreedTerms{};
}

StoredMatchTask new_task(const StoredMatch& match) {
  StoredMatchTask out;
  out.match = match.id;
  out.begun = match.found;
  out.state = followup::state_of(facts_of(match, out));
  return out;
}

followup::Days days_of(const StoredMatch& match, const StoredMatchTask& task, Date today) {
  const Date begun = dutch_day(task.begun);
  const bool chosen = match.verdict != matching::Verdict::certain && match.own_choice_at;
  return {begun, match.contact_before, chosen ? std::max(begun, dutch_day(*match.own_choice_at)) : begun,
          task.data_day.value_or(today), today};
}

Result<StoredMatch> existing(Context& context, const matching::MatchId& id) {
  KNOOP_LET(match, storage::find_match(context.tx, id));
  if (!match) return fail(ErrorCode::not_found, Side::user, "there is no match {}", id.hex());
  return std::move(*match);
}

Result<void> log(Context& context, const StoredMatch& match, audit::Event event, std::string detail) {
  return context
      .audit({.event = event,
              .peer = match.peer,
              .action = audit::Action::update,
              .client = match.client_ref,
              .object = "match " + match.id.hex(),
              .detail = std::move(detail)})
      .map([](std::uint64_t) {});
}

audit::Event event_of(terms::Stage stage) {
  switch (stage) {
    case terms::Stage::overdue:
      return audit::Event::match_overdue;
    case terms::Stage::escalated:
      return audit::Event::match_escalated;
    case terms::Stage::running:
    case terms::Stage::reminded:
      break;
  }
  return audit::Event::match_reminded;
}

terms::Stage next(terms::Stage stage) {
  return static_cast<terms::Stage>(static_cast<std::uint8_t>(stage) + 1);
}

}  // namespace

followup::Facts facts_of(const StoredMatch& match, const StoredMatchTask& task) {
  const auto since = [&](const std::optional<Timestamp>& at) { return at && *at >= task.begun; };
  followup::Facts out;
  out.live = !match.ended;
  out.certain = match.verdict == matching::Verdict::certain;
  if (match.own_choice == storage::Choice::contact)
    out.choice = followup::Choice::contact;
  else if (match.own_choice && since(match.own_choice_at))
    out.choice = followup::Choice::no_contact;
  out.given_up = since(task.given_up);
  out.data = match.peer_notice.has_value();
  out.contacted = since(task.contact_at);
  if (since(match.outcome_at)) out.own = match.outcome;
  if (since(match.peer_outcome_at)) out.peer = match.peer_outcome;
  return out;
}

Result<StoredMatchTask> match_task(Context& context, const StoredMatch& match) {
  KNOOP_LET(known, storage::find_match_task(context.tx, match.id));
  return known ? std::move(*known) : new_task(match);
}

Result<void> check_step(const Context& context, const StoredMatch& match, const StoredMatchTask& task,
                        Event event, const std::optional<matching::Outcome>& outcome) {
  followup::Said said;
  said.outcome = outcome;
  said.overdue = task.deadline && dutch_day(context.now) > task.deadline->span.due;
  const followup::Step step = followup::step(facts_of(match, task), event, followup::By::us, said);
  if (step.answer == followup::Answer::moves) return {};
  if (step.answer == followup::Answer::too_early)
    return fail(ErrorCode::wrong_state, Side::user,
                "contact was chosen for match {} and the other organisation told; it has until {} to answer",
                match.id.hex(), task.deadline ? task.deadline->span.due.iso() : "the end of its term");
  return fail(ErrorCode::wrong_state, Side::user, "'{}' is not possible now: match {} is '{}'",
              followup::to_string(event), match.id.hex(), followup::to_string(step.next));
}

Result<void> keep_match(Context& context, const StoredMatch& match) {
  KNOOP_LET(task, match_task(context, match));
  return keep_match(context, match, std::move(task));
}

Result<void> keep_match(Context& context, const StoredMatch& match, StoredMatchTask task) {
  KNOOP_TRY(storage::put_match(context.tx, match));
  KNOOP_LET(known, storage::find_match_task(context.tx, match.id));
  const Date today = dutch_day(context.now);
  const followup::Facts facts = facts_of(match, task);
  task.state = followup::state_of(facts);
  if (facts.data && !task.data_day) task.data_day = today;
  if (const auto owed = followup::deadline_of(task.state, days_of(match, task, today), agreed(context))) {
    // A term that runs goes on, whatever makes us look.
    if (!task.deadline || task.deadline->task != owed->task) {
      task.deadline = owed;
      task.stage = terms::Stage::running;
    }
  } else if (task.state != State::lapsed) {
    task.deadline.reset();
    task.stage = terms::Stage::running;
    task.trouble.reset();
    task.escalated_at.reset();
  }
  if (known == task) return {};
  KNOOP_TRY(storage::put_match_task(context.tx, task));
  if (followup::is_open(task.state) && terms::stage_on(task.deadline->span, today) > task.stage)
    context.wake();
  return {};
}

Result<void> begin_task_anew(Context& context, const matching::MatchId& id) {
  StoredMatchTask task;
  task.match = id;
  task.begun = context.now;
  task.state = State::lapsed;
  return storage::put_match_task(context.tx, task);
}

Date contact_term(const Context& context) {
  const terms::AgreedTerms terms = agreed(context);
  return terms::span_of(dutch_day(context.now), terms.contact_days, terms::Count::working_days, {}, terms)
      .due;
}

Result<std::string> owner_of(Context& context, const StoredMatchTask& task, records::ClientId client) {
  if (!task.owner.empty()) return task.owner;
  KNOOP_LET(involvements, storage::involvements_of(context.tx, client));
  const Date today = dutch_day(context.now);
  for (const auto& stored : involvements)
    if (stored.involvement.active(today)) return stored.involvement.professional.name;
  return std::string();
}

Result<MatchTaskView> view_match_task(Context& context, const StoredMatch& match) {
  KNOOP_LET(task, match_task(context, match));
  KNOOP_LET(owner, owner_of(context, task, match.client));
  return MatchTaskView{std::move(task), std::move(owner)};
}

Result<std::size_t> transfer_match_tasks(Context& context, std::string_view from, std::string_view to) {
  if (from.empty() || to.size() > longest_owner)
    return fail(ErrorCode::bad_value, Side::user, "a professional is named with 1 to {} bytes",
                longest_owner);
  KNOOP_LET(moved, storage::transfer_match_tasks(context.tx, from, to));
  for (const matching::MatchId& id : moved) {
    KNOOP_LET(match, existing(context, id));
    KNOOP_TRY(log(context, match, audit::Event::match_task_changed,
                  fmt::format("from {} to {}", from, to.empty() ? "whose involvement it is" : to)));
  }
  return moved.size();
}

Result<void> involvements_changed(Context& context, records::ClientId client) {
  KNOOP_LET(matches, storage::matches_of_client(context.tx, client));
  if (matches.empty()) return {};
  KNOOP_LET(involvements, storage::involvements_of(context.tx, client));
  const Date today = dutch_day(context.now);
  for (const StoredMatch& match : matches) {
    KNOOP_LET(task, match_task(context, match));
    const auto theirs = [&](const storage::StoredInvolvement& stored) {
      return storage::same_professional(stored.involvement.professional.name, task.owner);
    };
    // Who was given it without an involvement of their own keeps it.
    if (task.owner.empty() || std::ranges::none_of(involvements, theirs) ||
        std::ranges::any_of(involvements, [&](const storage::StoredInvolvement& stored) {
          return theirs(stored) && stored.involvement.active(today);
        }))
      continue;
    task.owner.clear();
    KNOOP_TRY(storage::put_match_task(context.tx, task));
    if (followup::is_open(task.state))
      KNOOP_TRY(
          log(context, match, audit::Event::match_task_changed, "the involvement of its owner has ended"));
  }
  return {};
}

Result<std::optional<Timestamp>> MatchTaskService::on_tick(Context& context) {
  constexpr std::int64_t slice = 50;
  const Date today = dutch_day(context.now);
  KNOOP_LET(tasks, storage::match_tasks_to_look_at(context.tx, today, slice));
  for (StoredMatchTask& task : tasks) {
    KNOOP_ASSERT(task.deadline.has_value(), "what is looked at has a term");
    KNOOP_LET(match, existing(context, task.match));
    // Each stage, also when the node was off while they passed.
    for (const terms::Stage reached = terms::stage_on(task.deadline->span, today); task.stage < reached;) {
      task.stage = next(task.stage);
      KNOOP_TRY(log(context, match, event_of(task.stage),
                    fmt::format("{}, due {}", followup::to_string(task.deadline->task),
                                task.deadline->span.due.iso())));
    }
    KNOOP_TRY(storage::put_match_task(context.tx, task));
  }
  if (tasks.size() == static_cast<std::size_t>(slice)) return std::optional(context.now);
  // Not only at midnight: a clock that was in doubt may be believed again at any time.
  return std::optional(context.now + look_again);
}

Result<void> MatchTaskService::assign(Context& context, const matching::MatchId& id, std::string_view owner) {
  if (owner.size() > longest_owner)
    return fail(ErrorCode::bad_value, Side::user, "an owner is named with at most {} bytes", longest_owner);
  KNOOP_LET(match, existing(context, id));
  KNOOP_LET(task, match_task(context, match));
  KNOOP_TRY(check_step(context, match, task, Event::assign));
  task.owner = owner;
  KNOOP_TRY(log(context, match, audit::Event::match_task_changed,
                owner.empty() ? "given back to whose involvement it is" : fmt::format("given to {}", owner)));
  return keep_match(context, match, std::move(task));
}

Result<void> MatchTaskService::contacted(Context& context, const matching::MatchId& id, Date day,
                                         followup::Way way) {
  KNOOP_LET(match, existing(context, id));
  KNOOP_LET(task, match_task(context, match));
  KNOOP_TRY(check_step(context, match, task, Event::contact));
  if (day > dutch_day(context.now))
    return fail(ErrorCode::bad_value, Side::user, "contact on {} lies ahead; it is recorded afterwards",
                day.iso());
  if (way != followup::Way::already && day < dutch_day(task.begun))
    return fail(ErrorCode::bad_value, Side::user,
                "contact on {} was before the match; say that it was there already", day.iso());
  task.contact_day = day;
  task.contact_way = way;
  task.contact_at = context.now;
  KNOOP_TRY(log(context, match, audit::Event::match_task_changed,
                fmt::format("contact: {} on {}", followup::to_string(way), day.iso())));
  return keep_match(context, match, std::move(task));
}

Result<void> MatchTaskService::escalate(Context& context, const matching::MatchId& id,
                                        followup::Trouble trouble) {
  KNOOP_LET(match, existing(context, id));
  KNOOP_LET(task, match_task(context, match));
  KNOOP_TRY(check_step(context, match, task, Event::escalate));
  task.trouble = trouble;
  task.escalated_at = context.now;
  KNOOP_TRY(log(context, match, audit::Event::match_task_changed,
                fmt::format("escalated: {}", followup::to_string(trouble))));
  return keep_match(context, match, std::move(task));
}

}  // namespace knoop
