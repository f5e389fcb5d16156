// ExchangeService as sender: what a withdrawal undoes, and who has to say that it did.
#include <map>

#include "node/core/exchange_parts.h"
#include "node/core/exchange_service.h"

namespace knoop {
namespace {

using namespace exchange_parts;
using audit::Event;
using audit::Outcome;
using consent::Reason;
using storage::ReleaseState;

}  // namespace

Result<ExchangeService::WithdrawalEffect> ExchangeService::basis_withdrawn(Context& context,
                                                                           const std::string& client,
                                                                           const BasisId& basis) {
  WithdrawalEffect effect;
  KNOOP_LET(names, storage::releases_on(context.tx, basis));
  std::map<MemberId, std::vector<ExchangeId>> disclosed;
  for (const storage::ReleaseName& name : names) {
    KNOOP_LET(release, storage::find_release(context.tx, name.peer, name.exchange));
    if (!release) continue;
    if (release->state == ReleaseState::offered) {
      KNOOP_TRY(cancel(context, *release, Reason::withdrawn));
      ++effect.cancelled;
    } else if (release->state == ReleaseState::disclosed) {
      disclosed[name.peer].push_back(name.exchange);
    }
  }
  for (const auto& [peer, exchanges] : disclosed) {
    KNOOP_TRY(send_withdrawal(context, client, basis, peer, exchanges));
    for (const ExchangeId& exchange : exchanges)
      KNOOP_TRY(tell(context, {ReleaseStep::withdrawn, peer, exchange, {}, client, 0, {}}));
    ++effect.followed;
  }
  return effect;
}

Result<void> ExchangeService::send_withdrawal(Context& context, const std::string& client,
                                              const BasisId& basis, const MemberId& peer,
                                              const std::vector<ExchangeId>& exchanges) {
  const exchange::ConsentWithdrawn message{basis, exchanges, context.now};
  KNOOP_LET(body, encode_checked(message));
  // Whoever is gone for longer than protective messages pass gets it on paper; it stays open in the list until then.
  const bool reachable = context.membership().card_of_former(peer) != nullptr;
  if (reachable) KNOOP_TRY(context.send(peer, MessageType::consent_withdrawn, std::nullopt, std::move(body)));
  KNOOP_TRY(storage::add_withdrawal_out(context.tx, basis, peer, context.now));
  return context
      .audit({.event = Event::consent_withdrawal_sent,
              .bases = {basis},
              .peer = peer,
              .client = client,
              .detail =
                  fmt::format("{} releases{}", exchanges.size(), reachable ? "" : "; to be told on paper")})
      .map([](std::uint64_t) {});
}

Result<std::vector<storage::WithdrawalOut>> ExchangeService::withdrawals(
    Context& context, bool open_only, const storage::WithdrawalsAfter& page) {
  return storage::withdrawals_out(context.tx, open_only, page);
}

Result<void> ExchangeService::watch_withdrawals(Context& context) {
  KNOOP_LET(late, storage::mark_withdrawals_overdue(context.tx, context.now - withdrawal_term, context.now));
  for (const storage::WithdrawalOut& one : late)
    KNOOP_TRY(context.audit({.event = Event::consent_withdrawal_overdue,
                             .outcome = Outcome::failed,
                             .bases = {one.basis},
                             .peer = one.peer,
                             .object = "consent " + one.basis.hex(),
                             .detail = "not acknowledged within a day"}));
  return {};
}

Result<void> ExchangeService::on_withdrawal_applied(Context& context, const Received& message) {
  KNOOP_LET(applied, decode<exchange::WithdrawalApplied>(message.body));
  KNOOP_LET(known, storage::mark_withdrawal_applied(context.tx, message.from, applied, context.now));
  if (!known) return fail(ErrorCode::not_found, Side::peer, "an answer to a withdrawal that was not sent");
  return context
      .audit({.event = Event::consent_withdrawal_acknowledged,
              .bases = {applied.basis},
              .object = "consent " + applied.basis.hex(),
              .detail = fmt::format("{} locked, {} flagged", applied.locked, applied.flagged)})
      .map([](std::uint64_t) {});
}

}  // namespace knoop
