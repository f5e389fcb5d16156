#include "node/core/aftercare_service.h"

#include <algorithm>

#include "node/core/hints.h"
#include "node/core/leaving.h"
#include "node/core/membership.h"
#include "protocol/records/calendar.h"
#include "storage/records_repository.h"

namespace knoop {
namespace {

using aftercare::State;
using storage::AftercareId;
using storage::StoredAftercare;

constexpr int most_years_ahead = 24;  // no care outlasts childhood
constexpr Milliseconds look_at_clock{60'000};
constexpr Milliseconds look_soon{60'000};
constexpr std::string_view transferred = "Overgedragen aan wie de nazorg coördineert.";

terms::AgreedTerms agreed(const Context& context) {
  const auto& convenant = context.membership().convenant();
  return convenant ? convenant->terms : terms::AgreedTerms{};
}

Result<void> log(Context& context, const StoredAftercare& plan, audit::Event event, audit::Action action,
                 std::string detail) {
  return context
      .audit({.event = event,
              .action = action,
              .client = plan.client_ref,
              .object = "aftercare " + plan.id.hex(),
              .detail = std::move(detail)})
      .map([](std::uint64_t) {});
}

Result<StoredAftercare> open_plan(Context& context, const AftercareId& id) {
  KNOOP_LET(found, storage::find_aftercare(context.tx, id));
  if (!found) return fail(ErrorCode::not_found, Side::user, "there is no plan of aftercare with this id");
  if (!aftercare::is_open(found->state))
    return fail(ErrorCode::wrong_state, Side::user, "the plan of aftercare is '{}' already",
                aftercare::to_string(found->state));
  return std::move(*found);
}

Result<void> check_end(const Context& context, Date ends) {
  const Date today = dutch_day(context.now);
  if (ends < today)
    return fail(ErrorCode::bad_value, Side::user, "ends: is past; hand over for nazorg at once");
  if (ends > today.plus_months(12 * most_years_ahead))
    return fail(ErrorCode::bad_value, Side::user, "ends: is more than {} years ahead", most_years_ahead);
  return {};
}

/// The term of a plan whose last day of care is known since today.
void set_term(const Context& context, StoredAftercare& plan) {
  const Date today = dutch_day(context.now);
  plan.span = aftercare::span_of(plan.ends, today, agreed(context));
  plan.stage = terms::Stage::running;
  plan.state = State::later;
  plan.changed = context.now;
}

}  // namespace

Result<StoredAftercare> AftercareService::watch(Context& context, const std::string& client_ref, Date ends,
                                                const std::string& who) {
  KNOOP_LET(client, storage::find_client(context.tx, client_ref));
  if (!client) return fail(ErrorCode::not_found, Side::user, "there is no client with this reference");
  KNOOP_TRY(check_end(context, ends));
  KNOOP_LET(open, storage::open_aftercare(context.tx, client_ref));
  if (open)
    return fail(ErrorCode::wrong_state, Side::user,
                "there is an open plan of aftercare of this client ({}): change its end instead",
                open->id.hex());
  StoredAftercare plan;
  plan.id = context.entropy.draw<AftercareId>();
  plan.client_ref = client_ref;
  plan.ends = ends;
  plan.created = context.now;
  set_term(context, plan);
  KNOOP_TRY(storage::put_aftercare(context.tx, plan));
  KNOOP_TRY(name_responsible(context, storage::Duty::aftercare, plan.id.view(), client_ref,
                             who.empty() ? context.actor.user : who));
  KNOOP_TRY(log(context, plan, audit::Event::aftercare_watched, audit::Action::create,
                fmt::format("care ends {}, plan due {}", ends.iso(), plan.span.due.iso())));
  context.wake();
  return plan;
}

Result<StoredAftercare> AftercareService::move_end(Context& context, const AftercareId& id, Date ends) {
  KNOOP_LET(plan, open_plan(context, id));
  KNOOP_TRY(check_end(context, ends));
  if (plan.ends == ends) return plan;
  plan.ends = ends;
  set_term(context, plan);
  KNOOP_TRY(storage::put_aftercare(context.tx, plan));
  KNOOP_TRY(log(context, plan, audit::Event::aftercare_changed, audit::Action::update,
                fmt::format("care ends {}, plan due {}", ends.iso(), plan.span.due.iso())));
  context.wake();
  return plan;
}

Result<StoredAftercare> AftercareService::close(Context& context, StoredAftercare plan, State state,
                                                const std::string& words) {
  if (words.size() > aftercare::max_words)
    return fail(ErrorCode::bad_value, Side::user, "words: at most {} bytes", aftercare::max_words);
  plan.state = state;
  plan.words = words;
  plan.changed = context.now;
  KNOOP_TRY(storage::put_aftercare(context.tx, plan));
  KNOOP_TRY(log(context, plan, audit::Event::aftercare_closed, audit::Action::update,
                std::string(aftercare::to_string(state))));
  return plan;
}

Result<StoredAftercare> AftercareService::made(Context& context, const AftercareId& id,
                                               const std::string& words,
                                               const std::optional<HandoverId>& handover) {
  KNOOP_LET(plan, open_plan(context, id));
  if (handover) {
    KNOOP_LET(found, storage::find_handover(context.tx, *handover));
    if (!found || found->client_ref != plan.client_ref || found->ask.kind != handover::Kind::aftercare)
      return fail(ErrorCode::bad_value, Side::user,
                  "handover: is no hand-over of the kind nazorg of this client");
    plan.handover = *handover;
  }
  if (words.empty() && !plan.handover)
    return fail(ErrorCode::bad_value, Side::user,
                "words: say where the plan is, or name the hand-over that carries it");
  return close(context, std::move(plan), State::made, words);
}

Result<StoredAftercare> AftercareService::not_needed(Context& context, const AftercareId& id,
                                                     const std::string& why) {
  KNOOP_LET(plan, open_plan(context, id));
  if (why.empty())
    return fail(ErrorCode::bad_value, Side::user, "words: say why no plan of aftercare is needed");
  return close(context, std::move(plan), State::not_needed, why);
}

Result<std::vector<StoredAftercare>> AftercareService::list(Context& context,
                                                            const storage::AftercareFilter& filter) {
  KNOOP_LET(plans, storage::list_aftercare(context.tx, filter));
  KNOOP_TRY(context.audit({.event = audit::Event::aftercare_read,
                           .action = audit::Action::read,
                           .client = filter.client_ref.value_or(""),
                           .object = "aftercare",
                           .detail = fmt::format("{} listed", plans.size())}));
  std::vector<std::string> refs;
  for (const StoredAftercare& plan : plans) refs.push_back(plan.client_ref);
  KNOOP_TRY(watch_shown(context, refs));
  return plans;
}

Result<std::optional<Timestamp>> AftercareService::on_tick(Context& context) {
  constexpr std::int64_t slice = 50;
  if (!context.clock_sure()) return std::optional(context.now + look_at_clock);
  const Date today = dutch_day(context.now);
  KNOOP_LET(plans, storage::aftercare_to_look_at(context.tx, today, slice));
  for (StoredAftercare& plan : plans) {
    const bool begins = plan.state == State::later;
    const terms::Stage stage = terms::stage_on(plan.span, today);
    audit::Event event = audit::Event::aftercare_reminded;
    if (stage == terms::Stage::overdue) event = audit::Event::aftercare_overdue;
    if (stage == terms::Stage::escalated) event = audit::Event::aftercare_escalated;
    const std::string due = fmt::format("care ends {}, plan due {}", plan.ends.iso(), plan.span.due.iso());
    plan.state = State::to_make;
    if (begins) KNOOP_TRY(log(context, plan, audit::Event::aftercare_due, audit::Action::execute, due));
    if (stage != plan.stage) KNOOP_TRY(log(context, plan, event, audit::Action::execute, due));
    plan.stage = stage;
    KNOOP_TRY(storage::put_aftercare(context.tx, plan));
  }
  if (std::ssize(plans) == slice) return std::optional(context.now);
  KNOOP_LET(next, storage::next_aftercare_look(context.tx));
  if (!next) return std::optional<Timestamp>{};
  return std::optional(std::max(start_of_dutch_day(*next), context.now + look_soon));
}

Result<void> aftercare_followed(Context& context, const storage::StoredHandover& handover) {
  if (handover.ask.kind != handover::Kind::aftercare || handover.party != handover::Party::afzender)
    return {};
  KNOOP_LET(plan, storage::open_aftercare(context.tx, handover.client_ref));
  if (!plan) return {};
  if (handover.state == handover::State::requested && plan->handover != handover.id) {
    plan->handover = handover.id;
    plan->changed = context.now;
    KNOOP_TRY(storage::put_aftercare(context.tx, *plan));
    return log(context, *plan, audit::Event::aftercare_changed, audit::Action::update,
               "handover " + handover.id.hex());
  }
  if (handover.state != handover::State::transferred || plan->handover != handover.id) return {};
  plan->state = State::made;
  plan->words = transferred;
  plan->changed = context.now;
  KNOOP_TRY(storage::put_aftercare(context.tx, *plan));
  return log(context, *plan, audit::Event::aftercare_closed, audit::Action::update,
             std::string(aftercare::to_string(State::made)));
}

}  // namespace knoop
