#include "node/core/leaving.h"

#include <algorithm>
#include <set>

#include "node/core/match_tasks.h"
#include "protocol/handover/machine.h"
#include "protocol/records/calendar.h"
#include "protocol/records/rules.h"
#include "storage/aftercare_repository.h"
#include "storage/consent_repository.h"
#include "storage/exchange_repository.h"
#include "storage/handover_repository.h"
#include "storage/records_repository.h"

namespace knoop {
namespace {

using storage::Duty;
using storage::DutyId;
using storage::Responsible;

constexpr std::size_t longest_person = 200;

HeldKind kind_of(Duty duty) {
  switch (duty) {
    case Duty::handover:
      return HeldKind::handover;
    case Duty::consent:
      return HeldKind::consent;
    case Duty::ground:
      return HeldKind::ground;
    case Duty::loan:
      return HeldKind::loan;
    case Duty::aftercare:
      return HeldKind::aftercare;
  }
  return HeldKind::handover;
}

template <typename Id>
Id as(const DutyId& id) {
  return *Id::from(id.view());
}

Result<bool> loan_runs(Context& context, const Responsible& one) {
  KNOOP_LET(fragments, storage::received_of(context.tx, one.client_ref));
  const auto exchange = as<ExchangeId>(one.id);
  return std::ranges::any_of(fragments, [&](const storage::ReceivedFragment& fragment) {
    return fragment.exchange == exchange && fragment.status == storage::LoanStatus::on_loan;
  });
}

/// Whether there is still something to answer for.
Result<bool> is_open(Context& context, const Responsible& one) {
  const Date today = dutch_day(context.now);
  switch (one.duty) {
    case Duty::handover: {
      KNOOP_LET(found, storage::find_handover(context.tx, as<HandoverId>(one.id)));
      return found && !handover::is_final(found->state);
    }
    case Duty::consent: {
      KNOOP_LET(found, storage::find_consent(context.tx, as<BasisId>(one.id)));
      return found && !found->withdrawn_at && (!found->until || *found->until >= today) &&
             (!found->once || !found->used_at);
    }
    case Duty::ground: {
      KNOOP_LET(found, storage::find_ground(context.tx, as<BasisId>(one.id)));
      return found && ((!found->ended_at && found->until >= today) || found->informing.told.empty());
    }
    case Duty::loan:
      return loan_runs(context, one);
    case Duty::aftercare: {
      KNOOP_LET(found, storage::find_aftercare(context.tx, as<storage::AftercareId>(one.id)));
      return found && aftercare::is_open(found->state);
    }
  }
  return false;
}

/// All that is open under one name, of these clients or of all.
struct Things {
  std::vector<std::pair<storage::StoredInvolvement, std::string>>
      involvements;  ///< With the client's reference.
  std::vector<Responsible> duties;
  std::vector<storage::OpenMatchTask> matches;  ///< That were given to them.
  std::vector<Responsible> over;                ///< Nothing is left to answer for.

  [[nodiscard]] std::size_t size() const { return involvements.size() + duties.size() + matches.size(); }
};

Result<void> gather(Context& context, std::string_view name, const std::set<std::string>& clients,
                    Things& out) {
  const auto wanted = [&](const std::string& ref) { return clients.empty() || clients.contains(ref); };
  KNOOP_LET(involvements, storage::involvements_by(context.tx, name, dutch_day(context.now), most_held + 1));
  for (storage::StoredInvolvement& stored : involvements) {
    KNOOP_LET(client, storage::find_client(context.tx, stored.client));
    if (client && wanted(client->client.ref))
      out.involvements.emplace_back(std::move(stored), client->client.ref);
  }
  KNOOP_LET(duties, storage::responsible_for(context.tx, name));
  for (Responsible& one : duties) {
    if (!wanted(one.client_ref)) continue;
    KNOOP_LET(open, is_open(context, one));
    (open ? out.duties : out.over).push_back(std::move(one));
  }
  KNOOP_LET(matches, storage::open_match_tasks_of(context.tx, name));
  for (storage::OpenMatchTask& one : matches)
    if (wanted(one.client_ref)) out.matches.push_back(std::move(one));
  return {};
}

Result<Things> things_of(Context& context, const std::string& name, const std::string& account,
                         const std::vector<std::string>& clients) {
  Things out;
  const std::set<std::string> only(clients.begin(), clients.end());
  KNOOP_TRY(gather(context, name, only, out));
  KNOOP_LET(by_name, storage::professional_hash(context.tx, name));
  KNOOP_LET(by_account, storage::professional_hash(context.tx, account));
  if (!account.empty() && by_account != by_name) KNOOP_TRY(gather(context, account, only, out));
  return out;
}

Held held_of(const storage::StoredInvolvement& stored, const std::string& ref) {
  return {HeldKind::involvement, std::to_string(static_cast<std::int64_t>(stored.id)), ref,
          stored.involvement.professional.name};
}
Held held_of(const storage::OpenMatchTask& one) {
  return {HeldKind::match, one.task.match.hex(), one.client_ref, one.task.owner};
}
Held held_of(const Responsible& one) {
  return {kind_of(one.duty), one.id.hex(), one.client_ref, one.professional};
}

std::vector<Held> list_of(const Things& things) {
  std::vector<Held> out;
  for (const auto& [stored, ref] : things.involvements) out.push_back(held_of(stored, ref));
  for (const Responsible& one : things.duties) out.push_back(held_of(one));
  for (const storage::OpenMatchTask& one : things.matches) out.push_back(held_of(one));
  return out;
}

Result<void> log_moved(Context& context, const Held& held, const std::string& to) {
  return context
      .audit({.event = audit::Event::responsible_changed,
              .action = audit::Action::update,
              .client = held.client_ref,
              .object = fmt::format("{} {}", to_string(held.kind), held.id),
              .detail = fmt::format("from {} to {}", held.professional, to)})
      .map([](std::uint64_t) {});
}

/// With what is missing, as the colleague is known from own involvements.
Result<records::Professional> completed(Context& context, records::Professional to) {
  KNOOP_LET(own, storage::involvements_by(context.tx, to.name, Date{1900, 1, 1}, 1));
  if (!own.empty()) {
    const records::Professional& known = own.front().involvement.professional;
    if (to.function.empty()) to.function = known.function;
    if (to.phone.empty()) to.phone = known.phone;
    if (to.email.empty()) to.email = known.email;
  }
  return to;
}

Result<void> check_colleague(Context& context, const Leaving& leaving) {
  KNOOP_LET(leaver, storage::professional_hash(context.tx, leaving.name));
  KNOOP_LET(account, storage::professional_hash(context.tx, leaving.account));
  KNOOP_LET(to, storage::professional_hash(context.tx, leaving.to.name));
  if (to == leaver || (!leaving.account.empty() && to == account))
    return fail(ErrorCode::bad_value, Side::user, "to: is the professional who leaves");
  KNOOP_LET(gone, storage::find_leaver(context.tx, leaving.to.name));
  if (gone)
    return fail(ErrorCode::bad_value, Side::user, "to: left as well, on {}; name a colleague who is there",
                gone->left.iso());
  return {};
}

Result<void> check_names(const Leaving& leaving) {
  if (leaving.name.empty() || leaving.name.size() > longest_person || leaving.account.size() > longest_person)
    return fail(ErrorCode::bad_value, Side::user, "name: of who leaves, of 1 to {} bytes", longest_person);
  return {};
}

Result<void> move_involvement(Context& context, storage::StoredInvolvement stored, const std::string& ref,
                              const records::Professional& to) {
  const Held before = held_of(stored, ref);
  stored.involvement.professional = to;
  records::Involvement of_today = stored.involvement;  // only whom it names is new
  of_today.from = of_today.until = dutch_day(context.now);
  if (const auto problem = records::check(of_today, of_today.from))
    return fail(ErrorCode::bad_value, Side::user, "to: {} {}", problem->field, problem->reason);
  KNOOP_TRY(storage::update_involvement(context.tx, stored, context.now));
  return log_moved(context, before, to.name);
}

}  // namespace

Result<std::vector<Held>> caseload(Context& context, const std::string& name, const std::string& account) {
  KNOOP_LET(things, things_of(context, name, account, {}));
  std::vector<Held> out = list_of(things);
  std::set<std::string> refs;
  for (const Held& held : out) refs.insert(held.client_ref);
  KNOOP_TRY(context.audit({.event = audit::Event::caseload_read,
                           .action = audit::Action::read,
                           .detail = fmt::format("{} things of one professional", out.size())}));
  for (const std::string& ref : refs)
    KNOOP_TRY(
        context.audit({.event = audit::Event::caseload_read, .action = audit::Action::read, .client = ref}));
  return out;
}

Result<Left> leave(Context& context, const Leaving& leaving) {
  KNOOP_TRY(check_names(leaving));
  const bool taken = !leaving.to.name.empty();
  if (taken) KNOOP_TRY(check_colleague(context, leaving));
  KNOOP_LET(known, storage::find_leaver(context.tx, leaving.name));
  storage::Leaver leaver = known.value_or(
      storage::Leaver{leaving.name, leaving.account, dutch_day(context.now), context.actor.user});
  if (!leaving.account.empty()) leaver.account = leaving.account;
  KNOOP_TRY(storage::put_leaver(context.tx, leaver));

  Left out;
  if (taken) {
    KNOOP_LET(to, completed(context, leaving.to));
    KNOOP_LET(things, things_of(context, leaver.name, leaver.account, leaving.clients));
    if (things.size() > static_cast<std::size_t>(most_held))
      return fail(ErrorCode::over_limit, Side::user,
                  "more than {} things of this professional: name clients, and hand them over in parts",
                  most_held);
    out.moved = list_of(things);
    for (auto& [stored, ref] : things.involvements)
      KNOOP_TRY(move_involvement(context, std::move(stored), ref, to));
    for (Responsible& one : things.duties) {
      KNOOP_TRY(log_moved(context, held_of(one), to.name));
      one.professional = to.name;
      KNOOP_TRY(storage::put_responsible(context.tx, one));
    }
    for (storage::OpenMatchTask& one : things.matches) {
      KNOOP_TRY(log_moved(context, held_of(one), to.name));
      one.task.owner = to.name;
      KNOOP_TRY(storage::put_match_task(context.tx, one.task));
    }
    // And of tasks that are done, so that one which opens again opens with a colleague.
    if (leaving.clients.empty())
      for (const std::string& name : {leaver.name, leaver.account})
        if (!name.empty()) KNOOP_TRY(transfer_match_tasks(context, name, to.name));
  }
  KNOOP_LET(rest, things_of(context, leaver.name, leaver.account, {}));
  out.untaken = list_of(rest);
  // So that looking for what nobody took costs as much as there is, however long somebody worked here.
  for (const Responsible& one : rest.over) KNOOP_TRY(storage::drop_responsible(context.tx, one.duty, one.id));
  KNOOP_TRY(context.audit(
      {.event = audit::Event::professional_left,
       .action = audit::Action::update,
       .object = "professional " + leaver.name,
       .detail = fmt::format("{} moved, {} not taken by anybody", out.moved.size(), out.untaken.size())}));
  context.wake();
  return out;
}

Result<void> come_back(Context& context, const std::string& name) {
  KNOOP_LET(was, storage::remove_leaver(context.tx, name));
  if (!was) return fail(ErrorCode::not_found, Side::user, "nobody of this name is recorded as having left");
  return context
      .audit({.event = audit::Event::professional_back,
              .action = audit::Action::update,
              .object = "professional " + name})
      .map([](std::uint64_t) {});
}

Result<std::vector<Untaken>> untaken(Context& context) {
  std::vector<Untaken> out;
  KNOOP_LET(gone, storage::leavers(context.tx));
  for (const storage::Leaver& leaver : gone) {
    KNOOP_LET(things, things_of(context, leaver.name, leaver.account, {}));
    for (Held& held : list_of(things)) out.push_back({std::move(held), leaver.left});
  }
  return out;
}

Result<void> name_responsible(Context& context, Duty duty, ByteView id, const std::string& client_ref,
                              std::string_view who) {
  std::string_view name = who.substr(0, std::min(who.find(','), longest_person));
  while (!name.empty() && name.back() == ' ') name.remove_suffix(1);
  if (name.empty() || client_ref.empty()) return {};
  const DutyId object = *DutyId::from(id);
  KNOOP_LET(known, storage::find_responsible(context.tx, duty, object));
  if (known) return {};
  return storage::put_responsible(context.tx, {duty, object, client_ref, std::string(name)});
}

}  // namespace knoop
