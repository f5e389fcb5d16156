// ExchangeService and what it has on loan: who may read it, and for how long without a word from its owner.
#include "node/core/exchange_parts.h"
#include "node/core/exchange_service.h"
#include "protocol/records/calendar.h"
#include "storage/consent_repository.h"
#include "storage/incarnation_repository.h"

namespace knoop {
namespace {

using audit::Action;
using audit::Event;
using storage::LoanStatus;

/// Contact is written down this often: a lease counts in days.
constexpr Milliseconds note_each = std::chrono::hours{1};
constexpr std::size_t max_emergency_reason = 300;

Milliseconds lease(const Context& context) {
  const auto& convenant = context.membership().convenant();
  const ConvenantTerms terms = convenant ? convenant->terms : ConvenantTerms{};
  return std::chrono::hours{24} * terms.lease_calendar_days;
}

audit::AuditEntry about(Event event, std::int64_t id, const std::string& client) {
  return {.event = event,
          .action = Action::update,
          .client = client,
          .object = fmt::format("emergency-read {}", id),
          .emergency = true};
}

}  // namespace

Result<void> ExchangeService::on_peer_ready(Context& context, const MemberId& peer) {
  return storage::note_heard(context.tx, peer, context.now);
}

Result<void> ExchangeService::note_owners(Context& context) {
  KNOOP_LET(owners, storage::owners_of_loans(context.tx));
  for (const MemberId& owner : owners) {
    if (!context.reachable(owner)) continue;
    KNOOP_LET(heard, storage::last_heard(context.tx, owner));
    if (!heard || *heard + note_each <= context.now)
      KNOOP_TRY(storage::note_heard(context.tx, owner, context.now));
  }
  return {};
}

Result<ExchangeService::Reading> ExchangeService::reading_of(Context& context,
                                                             const storage::ReceivedFragment& fragment) {
  if (fragment.status == LoanStatus::taken_over || fragment.status == LoanStatus::flagged)
    return Reading::open;
  if (fragment.status != LoanStatus::on_loan || fragment.until < dutch_day(context.now))
    return Reading::closed;
  // After a restore, of ours or of its owner's, that it was taken back may be forgotten.
  KNOOP_LET(doubted, storage::loans_doubted(context.tx, fragment.peer));
  if (doubted && fragment.received <= *doubted) return Reading::after_lease;
  if (context.reachable(fragment.peer)) return Reading::open;
  KNOOP_LET(heard, storage::last_heard(context.tx, fragment.peer));
  return heard && context.now <= *heard + lease(context) ? Reading::open : Reading::after_lease;
}

Result<std::vector<storage::ReceivedFragment>> ExchangeService::received(Context& context,
                                                                         const std::string& client,
                                                                         const storage::ReceivedAfter& page) {
  return read_received(context, client, {}, page);
}

Result<std::vector<storage::ReceivedFragment>> ExchangeService::received_in_emergency(
    Context& context, const std::string& client, const std::string& reason) {
  KNOOP_TRY(check_emergency_reason(reason));
  return read_received(context, client, reason, {storage::no_limit});
}

Result<void> ExchangeService::check_emergency_reason(const std::string& reason) {
  if (!reason.empty() && reason.size() <= max_emergency_reason) return {};
  return fail(ErrorCode::bad_value, Side::user,
              "say in a sentence of at most {} bytes why this cannot wait until the owner is heard from",
              max_emergency_reason);
}

Result<void> ExchangeService::add_emergency(Context& context, const std::string& client,
                                            const std::string& reason, std::uint32_t fragments) {
  KNOOP_LET(policy, storage::consent_policy(context.tx));
  const Date today = dutch_day(context.now);
  const Date due = Date::from_days(today.days() + policy.grounds.emergency_review_days);
  KNOOP_LET(id, storage::add_emergency_read(
                    context.tx, {0, client, reason, fragments, context.actor.user, context.now, due}));
  audit::AuditEntry entry = about(Event::emergency_read, id, client);
  entry.action = Action::create;
  entry.authorisation = reason;
  entry.detail = fmt::format("{} fragments; review due {}", fragments, due.iso());
  return context.audit(std::move(entry)).map([](std::uint64_t) {});
}

Result<std::vector<storage::ReceivedFragment>> ExchangeService::read_received(
    Context& context, const std::string& client, const std::string& emergency,
    const storage::ReceivedAfter& page) {
  KNOOP_LET(fragments, storage::received_of(context.tx, client, page));
  std::uint32_t broken_open_in_all = 0;
  for (storage::ReceivedFragment& one : fragments) {
    KNOOP_LET(reading, reading_of(context, one));
    one.lapsed = reading == Reading::after_lease;
    const bool broken_open = one.lapsed && !emergency.empty();
    if (reading != Reading::open && !broken_open) {
      const Category category = one.fragment.content.category;
      one.fragment.content = {};
      one.fragment.content.category = category;
      one.fragment.withheld.clear();
      continue;
    }
    if (broken_open) ++broken_open_in_all;
    const std::string_view category = to_string(one.fragment.content.category);
    KNOOP_TRY(
        context.audit({.event = Event::fragment_read,
                       .bases = {one.basis},
                       .peer = one.peer,
                       .action = Action::read,
                       .client = client,
                       .object = "fragment " + one.fragment.id.hex(),
                       .purpose = std::string(to_string(one.purpose)),
                       .authorisation = broken_open ? emergency : "",
                       .emergency = broken_open,
                       .detail = fmt::format("{}{}", category, broken_open ? " after its lease" : "")}));
  }
  if (broken_open_in_all > 0) KNOOP_TRY(add_emergency(context, client, emergency, broken_open_in_all));
  return fragments;
}

Result<std::vector<storage::EmergencyRead>> ExchangeService::emergency_reads(
    Context& context, const storage::EmergencyReadsAfter& page) {
  KNOOP_LET(waiting, storage::emergency_reads_to_review(context.tx, page));
  for (const storage::EmergencyRead& one : waiting)
    KNOOP_TRY(context.audit({.event = Event::client_read,
                             .action = Action::read,
                             .client = one.client,
                             .object = fmt::format("emergency-read {}", one.id),
                             .detail = "an emergency that waits for its review"}));
  return waiting;
}

Result<storage::EmergencyTasks> ExchangeService::emergency_tasks(Context& context) {
  return storage::count_emergency_reads(context.tx, dutch_day(context.now));
}

Result<storage::EmergencyRead> ExchangeService::review_emergency(Context& context, std::int64_t id,
                                                                 consent::Verdict verdict,
                                                                 const std::string& words) {
  KNOOP_LET(found, storage::find_emergency_read(context.tx, id));
  if (!found) return fail(ErrorCode::not_found, Side::user, "there is no such reading in an emergency");
  if (found->review)
    return fail(ErrorCode::wrong_state, Side::user, "this reading in an emergency is reviewed already");
  if (context.actor.user.empty() || context.actor.user == found->by)
    return fail(ErrorCode::forbidden, Side::user, "nobody reviews an emergency of their own");
  if (words.empty())
    return fail(ErrorCode::bad_value, Side::user, "say why the emergency was justified or not");
  found->review = consent::Review{verdict, words, context.actor.user, context.now};
  KNOOP_TRY(storage::set_emergency_review(context.tx, id, *found->review));
  audit::AuditEntry entry = about(Event::emergency_reviewed, id, found->client);
  entry.detail = to_string(verdict);
  KNOOP_TRY(context.audit(std::move(entry)));
  return std::move(*found);
}

Result<void> ExchangeService::watch_emergencies(Context& context) {
  KNOOP_LET(late, storage::take_overdue_emergency_reads(context.tx, dutch_day(context.now)));
  for (const storage::EmergencyRead& one : late) {
    audit::AuditEntry entry = about(Event::emergency_overdue, one.id, one.client);
    entry.outcome = audit::Outcome::failed;
    entry.action = Action::execute;
    entry.detail = "review by the privacy officer";
    KNOOP_TRY(context.audit(std::move(entry)));
  }
  return {};
}

Result<void> ExchangeService::take_over(Context& context, const MemberId& peer, const ExchangeId& exchange,
                                        const FragmentId& fragment, const std::string& ground) {
  if (ground.empty())
    return fail(ErrorCode::bad_value, Side::user,
                "say on which ground the fragment becomes part of our own dossier");
  KNOOP_LET(found, storage::find_received(context.tx, peer, exchange, fragment));
  if (!found) return fail(ErrorCode::not_found, Side::user, "there is no such received fragment");
  KNOOP_LET(reading, reading_of(context, *found));
  if (found->status != LoanStatus::on_loan || reading == Reading::closed)
    return fail(ErrorCode::wrong_state, Side::user,
                "only a fragment on loan can be taken over; this one is not");
  if (reading == Reading::after_lease)
    return fail(
        ErrorCode::not_fresh, Side::peer,
        "its owner was not heard from within the lease, so its consent may have been withdrawn; wait until "
        "the owner can be reached");
  KNOOP_TRY(storage::set_loan_status(context.tx, *found, LoanStatus::taken_over, context.now));
  return context
      .audit({.event = Event::fragment_changed,
              .bases = {found->basis},
              .peer = peer,
              .action = Action::update,
              .client = found->client,
              .object = "fragment " + fragment.hex(),
              .authorisation = ground,
              .detail = "taken over"})
      .map([](std::uint64_t) {});
}

}  // namespace knoop
