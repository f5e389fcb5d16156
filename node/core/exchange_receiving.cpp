// ExchangeService as receiver: what is asked of a peer, what it offers and opens, and what it withdraws.
#include <algorithm>

#include "node/core/exchange_parts.h"
#include "node/core/exchange_service.h"
#include "node/core/leaving.h"
#include "node/core/witnessing.h"
#include "protocol/records/calendar.h"

namespace knoop {
namespace {

using namespace exchange_parts;
using audit::Action;
using audit::Event;
using audit::Outcome;
using consent::Reason;
using storage::AcquisitionState;
using storage::LoanStatus;

}  // namespace

Result<ExchangeId> ExchangeService::request(Context& context, const Question& question) {
  KNOOP_LET(known, find_case(context, question.peer, question.about));
  if (!known)
    return fail(ErrorCode::not_found, Side::user, "there is no such match or hand-over with this member");
  if (question.categories.empty())
    return fail(ErrorCode::bad_value, Side::user,
                "name the categories that are needed; everything is never asked for");
  if (question.occasion.empty() || question.goal.empty())
    return fail(ErrorCode::bad_value, Side::user,
                "a request names its occasion and its goal (aanleiding en doel)");
  storage::Acquisition acquisition;
  acquisition.peer = question.peer;
  acquisition.state = AcquisitionState::asked;
  acquisition.client = known->client;
  acquisition.request = {context.entropy.draw<ExchangeId>(),
                         question.about,
                         question.purpose,
                         question.occasion,
                         question.goal,
                         question.categories,
                         std::string(to_string(context.actor.role)),
                         question.form};
  acquisition.created = acquisition.changed = context.now;
  KNOOP_TRY(send(context, question.peer, MessageType::fragment_request, acquisition.request));
  KNOOP_TRY(storage::put_acquisition(context.tx, acquisition));
  KNOOP_TRY(name_responsible(context, storage::Duty::loan, acquisition.request.exchange.view(), known->client,
                             context.actor.user));
  KNOOP_TRY(context.audit(
      {.event = Event::release_requested,
       .peer = question.peer,
       .client = known->client,
       .object = name_of(acquisition.request.exchange),
       .purpose = fmt::format("{}: {}; {}", to_string(question.purpose), question.occasion, question.goal)}));
  return acquisition.request.exchange;
}

Result<void> ExchangeService::on_refusal(Context& context, const Received& message) {
  KNOOP_LET(refusal, decode<exchange::FragmentRefusal>(message.body));
  KNOOP_LET(acquisition, storage::find_acquisition(context.tx, message.from, refusal.exchange));
  if (!acquisition || acquisition->state != AcquisitionState::asked)
    return fail(ErrorCode::wrong_state, Side::peer, "a refusal of what is not asked");
  acquisition->state = AcquisitionState::refused;
  acquisition->denied = refusal.denied;
  acquisition->changed = context.now;
  KNOOP_TRY(storage::put_acquisition(context.tx, *acquisition));
  KNOOP_TRY(context.audit({.event = Event::release_refused,
                           .outcome = Outcome::refused,
                           .client = acquisition->client,
                           .object = name_of(refusal.exchange)}));
  return tell(context, {ReleaseStep::refused, message.from, refusal.exchange, acquisition->request.about,
                        acquisition->client, 0, refusal.denied});
}

Result<void> ExchangeService::on_offer(Context& context, const Received& message) {
  KNOOP_LET(offer, decode<exchange::ReleaseOffer>(message.body));
  KNOOP_LET(known, storage::find_acquisition(context.tx, message.from, offer.exchange));
  KNOOP_LET(kept, storage::find_kept_receipt(context.tx, message.from, offer.exchange));
  if (kept) return fail(ErrorCode::conflict, Side::peer, "a second exchange under one name");
  storage::Acquisition acquisition;
  exchange::Expected expected;
  if (known) {
    if (known->state != AcquisitionState::asked)
      return fail(ErrorCode::wrong_state, Side::peer, "an offer for a request that is answered already");
    acquisition = std::move(*known);
    expected = {acquisition.request.about, acquisition.request.purpose, acquisition.request.categories,
                acquisition.request.form};
  } else if (offer.corrects) {
    // Like what it corrects: the same case and purpose, and no fragment that did not come with it.
    KNOOP_LET(earlier, storage::find_acquisition(context.tx, message.from, *offer.corrects));
    if (!earlier || earlier->state != AcquisitionState::received)
      return fail(ErrorCode::forbidden, Side::peer, "an offer that corrects what never came");
    for (const exchange::OfferedItem& item : offer.items) {
      KNOOP_LET(has, storage::find_received(context.tx, message.from, *offer.corrects, item.fragment));
      if (!has) return fail(ErrorCode::forbidden, Side::peer, "a correction brings a fragment that is new");
    }
    acquisition.peer = message.from;
    acquisition.client = earlier->client;
    acquisition.request = earlier->request;
    acquisition.request.exchange = offer.exchange;
    acquisition.corrects = offer.corrects;
    acquisition.created = context.now;
    expected = {earlier->request.about, earlier->request.purpose, earlier->request.categories};
  } else {
    KNOOP_LET(found, find_case(context, message.from, offer.about));
    if (!found || !found->awaited)
      return fail(ErrorCode::forbidden, Side::peer, "an offer that nobody asked for");
    expected = *found->awaited;
    acquisition.peer = message.from;
    acquisition.client = found->client;
    acquisition.request = {offer.exchange,      offer.about, expected.purpose, "", "",
                           expected.categories, "",          offer.form};
    acquisition.created = context.now;
  }
  KNOOP_TRY(exchange::check_offer(offer, expected));
  if (offer.obligations.until < dutch_day(context.now))
    return fail(ErrorCode::expired, Side::peer, "an offer of fragments whose last day is over");
  KNOOP_TRY(context.audit({.event = Event::release_offer_received,
                           .decision = offer.decision,
                           .client = acquisition.client,
                           .object = name_of(offer.exchange),
                           .purpose = std::string(to_string(expected.purpose)),
                           .detail = fmt::format("{} fragments", offer.items.size())}));

  const auto receipt = exchange::make_receipt(parties(context, message.from, context.membership().self()),
                                              offer, context.now, context.keys().signing.secret_key);
  acquisition.state = AcquisitionState::receipted;
  acquisition.receipt = receipt;
  acquisition.denied = offer.denied;
  acquisition.request.form = offer.form;  // as agreed
  acquisition.changed = context.now;
  const ReleaseNews news{ReleaseStep::receipted, message.from,       offer.exchange, offer.about,
                         acquisition.client,     offer.items.size(), offer.denied};
  const DecisionId decision = offer.decision;
  acquisition.offer = std::move(offer);
  KNOOP_TRY(storage::put_acquisition(context.tx, acquisition));
  KNOOP_TRY(context.audit({.event = Event::release_receipt_sent,
                           .decision = decision,
                           .receipt = exchange::receipt_hash(receipt),
                           .client = acquisition.client,
                           .object = name_of(receipt.exchange)}));
  KNOOP_TRY(send(context, message.from, MessageType::release_receipt, receipt));
  return tell(context, news);
}

Result<void> ExchangeService::on_key(Context& context, const Received& message) {
  KNOOP_LET(key, decode<exchange::ReleaseKey>(message.body));
  KNOOP_LET(found, storage::find_acquisition(context.tx, message.from, key.exchange));
  if (!found || found->state != AcquisitionState::receipted || !found->offer || !found->receipt)
    return fail(ErrorCode::wrong_state, Side::peer, "a key for what we gave no receipt for");
  storage::Acquisition acquisition = std::move(*found);
  KNOOP_LET(sender_key, signing_key(context, message.from));
  auto released = exchange::open_release(parties(context, message.from, context.membership().self()),
                                         *acquisition.offer, *acquisition.receipt, key, sender_key);
  if (released && !acquisition.corrects)  // what is corrected came with what it answers
    if (const auto views = exchange::check_views(*released, acquisition.request.categories); !views)
      released = fail(views.error());
  acquisition.countersignature = key.countersignature;
  acquisition.changed = context.now;
  if (released) return keep(context, acquisition, *released);

  // Not a dead letter: that the peer sent a key that opens nothing is itself what must be remembered.
  acquisition.state = AcquisitionState::broken;
  KNOOP_TRY(storage::put_acquisition(context.tx, acquisition));
  KNOOP_TRY(context.audit({.event = Event::release_received,
                           .outcome = Outcome::failed,
                           .decision = acquisition.offer->decision,
                           .receipt = exchange::receipt_hash(*acquisition.receipt),
                           .client = acquisition.client,
                           .object = name_of(key.exchange),
                           .detail = std::string(to_string(released.error().code))}));
  return tell(context, {ReleaseStep::broken, message.from, key.exchange, acquisition.request.about,
                        acquisition.client, 0, acquisition.denied});
}

Result<void> ExchangeService::keep(Context& context, storage::Acquisition& acquisition,
                                   const exchange::Released& released) {
  const exchange::ReleaseOffer offer = std::move(*acquisition.offer);
  acquisition.offer.reset();
  acquisition.state = AcquisitionState::received;
  KNOOP_TRY(storage::put_acquisition(context.tx, acquisition));
  KNOOP_TRY(storage::note_heard(context.tx, acquisition.peer, context.now));
  KNOOP_TRY(await_proof(context, acquisition.peer, offer.exchange, offer.log));
  std::vector<BasisId> bases;
  for (const exchange::BasisStatement& basis : released.bases) bases.push_back(basis.basis);
  std::size_t locked = 0;
  for (std::size_t i = 0; i < released.fragments.size(); ++i) {
    const exchange::BasisStatement& basis = released.bases[offer.items[i].basis];
    // The withdrawal may have overtaken the key: protective messages wait for nothing.
    KNOOP_LET(withdrawn, storage::is_withdrawn(context.tx, acquisition.peer, basis.basis));
    if (withdrawn) ++locked;
    // And so may the word that the content is wrong.
    KNOOP_LET(wrong, storage::remembered_correction(context.tx, acquisition.peer, offer.exchange,
                                                    released.fragments[i].id));
    KNOOP_TRY(storage::add_received(
        context.tx,
        {acquisition.peer, offer.exchange, acquisition.client, released.fragments[i], basis.basis,
         offer.obligations.purpose, std::min(offer.obligations.until, basis.until),
         withdrawn ? LoanStatus::locked : LoanStatus::on_loan, context.now, released.salts[i], wrong}));
    if (acquisition.corrects)
      KNOOP_TRY(storage::mark_corrected(context.tx, acquisition.peer, offer.exchange,
                                        released.fragments[i].id, context.now));
  }
  KNOOP_TRY(
      context.audit({.event = Event::release_received,
                     .decision = offer.decision,
                     .bases = bases,
                     .receipt = exchange::receipt_hash(*acquisition.receipt),
                     .action = Action::create,
                     .client = acquisition.client,
                     .object = name_of(offer.exchange),
                     .purpose = std::string(to_string(offer.obligations.purpose)),
                     .detail = fmt::format("{} fragments, {} locked", released.fragments.size(), locked)}));
  return tell(context, {ReleaseStep::received, acquisition.peer, offer.exchange, offer.about,
                        acquisition.client, released.fragments.size(), acquisition.denied});
}

Result<void> ExchangeService::on_cancelled(Context& context, const Received& message) {
  KNOOP_LET(cancelled, decode<exchange::ReleaseCancelled>(message.body));
  KNOOP_LET(acquisition, storage::find_acquisition(context.tx, message.from, cancelled.exchange));
  if (!acquisition || acquisition->state != AcquisitionState::receipted)
    return fail(ErrorCode::wrong_state, Side::peer, "what is cancelled was not on its way");
  acquisition->state = AcquisitionState::cancelled;
  acquisition->offer.reset();
  acquisition->changed = context.now;
  KNOOP_TRY(storage::put_acquisition(context.tx, *acquisition));
  KNOOP_TRY(context.audit({.event = Event::release_cancelled,
                           .outcome = Outcome::refused,
                           .client = acquisition->client,
                           .object = name_of(cancelled.exchange),
                           .detail = std::string(to_string(cancelled.reason))}));
  return tell(context, {ReleaseStep::cancelled, message.from, cancelled.exchange, acquisition->request.about,
                        acquisition->client, 0, acquisition->denied});
}

Result<void> ExchangeService::on_withdrawn(Context& context, const Received& message) {
  KNOOP_LET(withdrawn, decode<exchange::ConsentWithdrawn>(message.body));
  // Remembered for content that is still on its way, and only then: a peer must not fill the table with inventions.
  for (const ExchangeId& exchange : withdrawn.exchanges) {
    KNOOP_LET(known, storage::find_acquisition(context.tx, message.from, exchange));
    if (known && known->state == AcquisitionState::receipted)
      KNOOP_TRY(storage::remember_withdrawal(context.tx, message.from, withdrawn.basis, context.now));
  }
  KNOOP_LET(applied, storage::apply_withdrawal(context.tx, message.from, withdrawn.basis, context.now));
  // Perhaps a consent on which we release: what is under way stops, and what we gave on it follows.
  KNOOP_LET(elsewhere, storage::find_elsewhere(context.tx, withdrawn.basis));
  const bool rests = elsewhere && elsewhere->recorder == message.from;
  if (rests) KNOOP_TRY(elsewhere_withdrawn(context, *elsewhere));
  // Who was off for long doubts its clock at first; this is told all the same.
  const Timestamp heard = std::max(context.now, context.clock);
  KNOOP_TRY(context.audit(
      {.event = Event::consent_withdrawal_received,
       .bases = {withdrawn.basis},
       .action = Action::update,
       .client = rests ? elsewhere->client : "",
       .object = "consent " + withdrawn.basis.hex(),
       .detail = fmt::format(
           "{} locked, {} flagged{}", applied.locked, applied.flagged,
           withdrawn.at + withdrawal_term < heard ? ", more than a day after it was withdrawn" : "")}));
  context.wake();  // what came with it in pieces stops
  const exchange::WithdrawalApplied answer{withdrawn.basis, applied.locked, applied.flagged, context.now};
  return context.send(message.from, MessageType::withdrawal_applied, std::nullopt, encode(answer));
}

Result<void> ExchangeService::on_unreadable_withdrawal(Context& context, const Received& message) {
  KNOOP_LET(locked, storage::lock_all_of(context.tx, message.from, context.now));
  return context
      .audit({.event = Event::fragment_locked,
              .peer = message.from,
              .action = Action::update,
              .detail =
                  fmt::format("{} on loan from this peer, because its withdrawal could not be read", locked)})
      .map([](std::uint64_t) {});
}

}  // namespace knoop
