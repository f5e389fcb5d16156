#include "node/core/exchange_service.h"

#include <algorithm>

#include "node/core/exchange_parts.h"
#include "protocol/records/calendar.h"

namespace knoop {
namespace {

using audit::Action;
using audit::Event;

constexpr Milliseconds look_at_clock{60'000};
/// An import changes fragments without waking anybody.
constexpr Milliseconds look_for_corrections{600'000};

Timestamp next_midnight(Timestamp now) {
  return start_of_dutch_day(Date::from_days(dutch_day(now).days() + 1));
}

}  // namespace

void ExchangeService::register_handlers(Dispatcher& dispatcher) {
  const auto on = [&](MessageType type, Audience audience,
                      Result<void> (ExchangeService::*handler)(Context&, const Received&)) {
    dispatcher.on(type, audience, [this, handler](Context& context, const Received& message) {
      return (this->*handler)(context, message);
    });
  };
  on(MessageType::fragment_request, Audience::members, &ExchangeService::on_request);
  on(MessageType::fragment_refusal, Audience::members, &ExchangeService::on_refusal);
  on(MessageType::release_offer, Audience::members, &ExchangeService::on_offer);
  on(MessageType::release_receipt, Audience::members, &ExchangeService::on_receipt);
  on(MessageType::release_key, Audience::members, &ExchangeService::on_key);
  on(MessageType::release_cancelled, Audience::members, &ExchangeService::on_cancelled);
  dispatcher.on(
      MessageType::consent_withdrawn, Audience::members_and_former,
      [this](Context& context, const Received& message) { return on_withdrawn(context, message); },
      [this](Context& context, const Received& message) {
        return on_unreadable_withdrawal(context, message);
      });
  on(MessageType::withdrawal_applied, Audience::members_and_former, &ExchangeService::on_withdrawal_applied);
  on(MessageType::consent_statement, Audience::members, &ExchangeService::on_statement);
  on(MessageType::consent_state_request, Audience::members, &ExchangeService::on_state_request);
  on(MessageType::consent_state, Audience::members, &ExchangeService::on_state);
  on(MessageType::fragment_corrected, Audience::members_and_former, &ExchangeService::on_corrected);
}

Result<std::optional<Timestamp>> ExchangeService::on_tick(Context& context) {
  if (!context.clock_sure()) return std::optional(context.now + look_at_clock);
  KNOOP_TRY(send_corrections(context));
  KNOOP_LET(waiting, watch_waiting(context));
  KNOOP_TRY(note_owners(context));
  KNOOP_TRY(watch_withdrawals(context));
  KNOOP_TRY(watch_emergencies(context));
  KNOOP_LET(expired, storage::lock_expired(context.tx, dutch_day(context.now), context.now));
  for (const storage::Expired& one : expired)
    KNOOP_TRY(context.audit({.event = Event::fragment_locked,
                             .peer = one.peer,
                             .action = Action::update,
                             .client = one.client,
                             .detail = fmt::format("{} past their last day", one.locked)}));
  const Timestamp next = std::min(next_midnight(context.now), context.now + look_for_corrections);
  return std::optional(std::min(next, waiting.value_or(next)));
}

Result<std::optional<Case>> ExchangeService::find_case(Context& context, const MemberId& peer,
                                                       const exchange::About& about) {
  for (CaseDirectory* directory : directories_) {
    KNOOP_LET(found, directory->find_case(context, peer, about));
    if (found) return found;
  }
  return std::optional<Case>{};
}

Result<void> ExchangeService::tell(Context& context, ReleaseNews news) {
  KNOOP_LET(correction, storage::is_correction(context.tx, news.peer, news.exchange));
  news.correction = correction;
  for (ReleaseObserver* observer : observers_) KNOOP_TRY(observer->on_release(context, news));
  return {};
}

Result<void> ExchangeService::on_member_left(Context& context, const MemberId& peer) {
  return end_open(context, peer, "one of the two is no member any more");
}

Result<void> ExchangeService::on_restored(Context& context, const MemberId& peer, Restored) {
  return end_open(context, peer, "one of the two was restored from a backup");
}

Result<void> ExchangeService::end_open(Context& context, const MemberId& peer, std::string_view why) {
  const auto log = [&](const std::string& client, const ExchangeId& exchange) -> Result<void> {
    return context
        .audit({.event = Event::release_cancelled,
                .outcome = audit::Outcome::refused,
                .peer = peer,
                .client = client,
                .object = exchange_parts::name_of(exchange),
                .detail = std::string(why)})
        .map([](std::uint64_t) {});
  };
  KNOOP_LET(releases, storage::open_releases(context.tx, peer));
  for (storage::Release& release : releases) {
    release.state = storage::ReleaseState::cancelled;
    release.offer.reset();
    release.secrets.reset();
    release.changed = context.now;
    KNOOP_TRY(storage::put_release(context.tx, release));
    KNOOP_TRY(log(release.client, release.request.exchange));
  }
  KNOOP_LET(acquisitions, storage::open_acquisitions(context.tx, peer));
  for (storage::Acquisition& acquisition : acquisitions) {
    acquisition.state = storage::AcquisitionState::cancelled;
    acquisition.offer.reset();
    acquisition.changed = context.now;
    KNOOP_TRY(storage::put_acquisition(context.tx, acquisition));
    KNOOP_TRY(log(acquisition.client, acquisition.request.exchange));
  }
  return {};
}

}  // namespace knoop
