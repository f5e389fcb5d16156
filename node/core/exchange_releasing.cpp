// ExchangeService as sender: a peer's request, its answer, the offer, and the key or its end.
#include <algorithm>

#include "node/core/exchange_parts.h"
#include "node/core/exchange_service.h"
#include "node/core/witnessing.h"
#include "protocol/fragments/forms.h"
#include "storage/audit_repository.h"
#include "storage/consent_repository.h"
#include "storage/records_repository.h"

namespace knoop {
namespace {

using namespace exchange_parts;
using audit::Action;
using audit::Event;
using audit::Outcome;
using consent::FragmentDecision;
using consent::Reason;
using exchange::Denied;
using storage::ReleaseState;

/// "F05 F05 F10": what was decided, for the log.
std::string codes(const std::vector<FragmentDecision>& decisions, bool permitted) {
  std::string text;
  for (const FragmentDecision& decision : decisions) {
    if (decision.permitted != permitted) continue;
    if (!text.empty()) text += ' ';
    text += to_string(decision.category);
    if (!permitted) text += fmt::format(":{}", to_string(decision.reason));
  }
  if (text.size() > audit::max_value) text.resize(audit::max_value);
  return text;
}

/// Which grounds a disclosure rests on, for the log: "verplichting ondertoezichtstelling", and whether glass was broken.
Result<void> name_grounds(Context& context, const std::vector<BasisId>& bases, audit::AuditEntry& entry) {
  for (const BasisId& basis : bases) {
    KNOOP_LET(ground, storage::find_ground(context.tx, basis));
    if (!ground) continue;
    if (!entry.authorisation.empty()) entry.authorisation += ", ";
    entry.authorisation += fmt::format("{} {}", to_string(force_of(ground->kind)), to_string(ground->kind));
    entry.emergency |= ground->kind == consent::GroundKind::emergency;
  }
  return {};
}

}  // namespace

Result<void> ExchangeService::on_request(Context& context, const Received& message) {
  KNOOP_LET(request, decode<exchange::FragmentRequest>(message.body));
  KNOOP_LET(known, storage::find_release(context.tx, message.from, request.exchange));
  // Also of a client that was destroyed: a receipt must never be replaced by another under its name.
  KNOOP_LET(receipt, storage::find_kept_receipt(context.tx, message.from, request.exchange));
  if (known || receipt) return fail(ErrorCode::conflict, Side::peer, "a second request under one name");
  KNOOP_LET(waiting, storage::count_asked(context.tx, message.from));
  if (waiting >= max_asked)
    return fail(ErrorCode::over_limit, Side::peer, "{} requests of this member wait for an answer", waiting);
  KNOOP_LET(found, find_case(context, message.from, request.about));
  KNOOP_TRY(context.audit(
      {.event = Event::release_request_received,
       .outcome = found ? Outcome::success : Outcome::refused,
       .client = found ? found->client : "",
       .object = name_of(request.exchange),
       .purpose = fmt::format("{}: {}; {}", to_string(request.purpose), request.occasion, request.goal)}));
  if (!found) {
    // Looks like a plain no: whether we know the child is not told.
    exchange::FragmentRefusal refusal{request.exchange, {}};
    for (const Category category : request.categories)
      refusal.denied.push_back({category, Reason::no_consent});
    return send(context, message.from, MessageType::fragment_refusal, refusal);
  }
  storage::Release release;
  release.peer = message.from;
  release.state = ReleaseState::asked;
  release.client = found->client;
  release.request = std::move(request);
  release.created = release.changed = context.now;
  return storage::put_release(context.tx, release);
}

Result<std::vector<storage::Release>> ExchangeService::asked(Context& context) {
  KNOOP_LET(waiting, storage::releases_asked(context.tx));
  for (const storage::Release& one : waiting)
    KNOOP_TRY(context.audit({.event = Event::client_read,
                             .peer = one.peer,
                             .action = Action::read,
                             .client = one.client,
                             .object = name_of(one.request.exchange),
                             .detail = "a request that waits for an answer"}));
  return waiting;
}

Result<ExchangeService::Answered> ExchangeService::answer(Context& context, const MemberId& peer,
                                                          const ExchangeId& exchange,
                                                          const Selection& selection) {
  KNOOP_LET(found, storage::find_release(context.tx, peer, exchange));
  if (!found) return fail(ErrorCode::not_found, Side::user, "there is no such request");
  if (found->state != ReleaseState::asked)
    return fail(ErrorCode::wrong_state, Side::user, "this request is answered already");
  storage::Release release = std::move(*found);
  KNOOP_LET(answered, this->release(context, release, selection));
  if (!answered.offered)
    KNOOP_TRY(send(context, peer, MessageType::fragment_refusal,
                   exchange::FragmentRefusal{exchange, answered.denied}));
  return answered;
}

Result<ExchangeService::Answered> ExchangeService::offer(Context& context, const Question& about_what,
                                                         const std::string& client,
                                                         const Selection& selection) {
  storage::Release release;
  release.peer = about_what.peer;
  release.state = ReleaseState::asked;
  release.client = client;
  release.request = {context.entropy.draw<ExchangeId>(),
                     about_what.about,
                     about_what.purpose,
                     about_what.occasion,
                     about_what.goal,
                     about_what.categories,
                     std::string(to_string(context.actor.role)),
                     about_what.form};
  release.created = context.now;
  return this->release(context, release, selection);
}

Result<ExchangeService::Answered> ExchangeService::release(Context& context, storage::Release& release,
                                                           const Selection& selection) {
  KNOOP_TRY(context.require_clock());
  const exchange::FragmentRequest& request = release.request;
  KNOOP_LET(decided, decide(context, release.client, release.peer, request, selection));
  const std::vector<BasisId> bases = bases_of(decided.decisions);
  const auto decision = context.entropy.draw<DecisionId>();
  const auto entry = [&](Event event) {
    return audit::AuditEntry{.event = event,
                             .decision = decision,
                             .peer = release.peer,
                             .client = release.client,
                             .object = name_of(request.exchange),
                             .purpose = std::string(to_string(request.purpose))};
  };
  Answered answered{request.exchange, !bases.empty(), std::move(decided.decisions),
                    std::move(decided.denied)};
  release.denied = answered.denied;
  release.without_third_persons = selection.without_third_persons;
  release.changed = context.now;

  if (std::ranges::any_of(answered.decisions, [](const FragmentDecision& one) { return !one.permitted; }) ||
      bases.empty()) {
    audit::AuditEntry refused = entry(Event::release_decided);
    refused.outcome = Outcome::refused;
    refused.detail = decided.not_fresh
                         ? fmt::format("{}; {}", *decided.not_fresh, codes(answered.decisions, false))
                         : codes(answered.decisions, false);
    if (refused.detail.size() > audit::max_value) refused.detail.resize(audit::max_value);
    KNOOP_TRY(context.audit(std::move(refused)));
  }
  if (bases.empty()) {
    release.state = ReleaseState::refused;
    KNOOP_TRY(storage::put_release(context.tx, release));
    audit::AuditEntry refusal = entry(Event::release_refused);
    refusal.outcome = Outcome::refused;
    KNOOP_TRY(context.audit(std::move(refusal)));
    KNOOP_TRY(tell(context, {ReleaseStep::refused, release.peer, request.exchange, request.about,
                             release.client, 0, answered.denied}));
    return answered;
  }

  audit::AuditEntry permitted = entry(Event::release_decided);
  permitted.bases = bases;
  permitted.detail = codes(answered.decisions, true);
  KNOOP_TRY(name_grounds(context, bases, permitted));
  KNOOP_TRY(context.audit(std::move(permitted)));
  audit::AuditEntry offered = entry(Event::release_offered);
  offered.bases = bases;
  KNOOP_LET(index, context.audit(std::move(offered)));
  KNOOP_LET(reference, log_reference(context, index));

  KNOOP_LET(composed, compose(context, release.client, release.peer, request.purpose, answered.decisions,
                              selection.without_third_persons));
  const exchange::OfferTerms terms{request.exchange,
                                   request.about,
                                   decision,
                                   answered.denied,
                                   composed.obligations,
                                   reference,
                                   release.corrects,
                                   request.form ? forms::agree(*request.form) : std::nullopt};
  KNOOP_LET(made, exchange::make_offer(parties(context, context.membership().self(), release.peer), terms,
                                       composed.items, composed.statements, context.entropy));
  KNOOP_TRY(send(context, release.peer, MessageType::release_offer, made.offer));
  made.offer.ciphertext.shrink_to_fit();
  release.state = ReleaseState::offered;
  release.offer = std::move(made.offer);
  release.secrets = std::move(made.secrets);
  KNOOP_TRY(storage::put_release(context.tx, release));
  KNOOP_TRY(storage::set_release_bases(context.tx, release.peer, request.exchange, bases));
  // Asked now, so that the answer is here when the receipt is.
  KNOOP_TRY(ask_recorders(context, release));
  KNOOP_TRY(tell(context, {ReleaseStep::offered, release.peer, request.exchange, request.about,
                           release.client, composed.items.size(), answered.denied}));
  return answered;
}

Result<void> ExchangeService::on_receipt(Context& context, const Received& message) {
  KNOOP_LET(receipt, decode<exchange::ReleaseReceipt>(message.body));
  KNOOP_LET(found, storage::find_release(context.tx, message.from, receipt.exchange));
  if (!found || found->state == ReleaseState::asked || found->state == ReleaseState::refused)
    return fail(ErrorCode::wrong_state, Side::peer, "a receipt for what was not offered");
  if (found->state != ReleaseState::offered)
    return {};                    // cancelled meanwhile, or told twice: nothing more leaves
  if (found->receipt) return {};  // and waits for a recorder's word
  storage::Release release = std::move(*found);
  KNOOP_LET(receiver_key, signing_key(context, message.from));
  KNOOP_TRY(exchange::check_receipt(parties(context, context.membership().self(), message.from),
                                    *release.offer, receipt, receiver_key));
  KNOOP_TRY(context.audit({.event = Event::release_receipt_received,
                           .decision = release.offer->decision,
                           .receipt = exchange::receipt_hash(receipt),
                           .client = release.client,
                           .object = name_of(receipt.exchange)}));
  release.receipt = std::move(receipt);
  KNOOP_TRY(ask_recorders(context, release));  // what they answered may be too old by now
  return settle(context, release);
}

Result<void> ExchangeService::settle(Context& context, storage::Release& release) {
  KNOOP_LET(bases, storage::release_bases(context.tx, release.peer, release.request.exchange));
  KNOOP_LET(objection, decide_again(context, release, bases));
  if (objection == Reason::not_fresh) {
    KNOOP_LET(waits, waits_for_recorders(context, release));
    if (waits) return storage::put_release(context.tx, release);
  }
  if (objection) return cancel(context, release, *objection);
  // Changed between offer and key: what leaves is the old content, and a correction follows it.
  for (const exchange::OfferedItem& item : release.offer->items) {
    KNOOP_LET(stored, storage::find_fragment(context.tx, item.fragment));
    if (!stored || stored->changed <= release.changed) continue;
    KNOOP_TRY(storage::add_correction_due(context.tx, item.fragment));
    context.wake();
  }
  release.changed = context.now;
  return disclose(context, release, bases);
}

Result<void> ExchangeService::disclose(Context& context, storage::Release& release,
                                       const std::vector<BasisId>& bases) {
  const exchange::ReleaseOffer offer = std::move(*release.offer);
  KNOOP_ASSERT(release.secrets.has_value(), "an open offer keeps its key");
  audit::AuditEntry entry{.event = Event::release_disclosed,
                          .decision = offer.decision,
                          .bases = bases,
                          .receipt = exchange::receipt_hash(*release.receipt),
                          .peer = release.peer,
                          .client = release.client,
                          .object = name_of(offer.exchange),
                          .purpose = std::string(to_string(offer.obligations.purpose)),
                          .detail = fmt::format("{} fragments", offer.items.size())};
  KNOOP_TRY(name_grounds(context, bases, entry));
  KNOOP_TRY(context.audit(std::move(entry)));
  for (const BasisId& basis : bases) {
    KNOOP_LET(record, storage::find_consent(context.tx, basis));
    if (!record) KNOOP_TRY(storage::set_elsewhere_used(context.tx, basis, context.now));
    if (!record || !record->once) continue;
    record->used_at = context.now;
    KNOOP_TRY(storage::update_consent(context.tx, *record));
  }
  const auto key =
      exchange::make_key(std::move(*release.secrets), *release.receipt, context.keys().signing.secret_key);
  release.state = ReleaseState::disclosed;
  release.offer.reset();
  release.secrets.reset();
  release.countersignature = key.countersignature;
  KNOOP_TRY(storage::put_release(context.tx, release));
  KNOOP_TRY(send(context, release.peer, MessageType::release_key, key));
  KNOOP_TRY(owe_proof(context, release.peer, offer.exchange, offer.log));
  return tell(context, {ReleaseStep::disclosed, release.peer, offer.exchange, offer.about, release.client,
                        offer.items.size(), release.denied});
}

Result<void> ExchangeService::cancel(Context& context, storage::Release& release, Reason reason) {
  KNOOP_TRY(context.audit({.event = Event::release_cancelled,
                           .outcome = Outcome::refused,
                           .decision = release.offer->decision,
                           .peer = release.peer,
                           .client = release.client,
                           .object = name_of(release.request.exchange),
                           .detail = std::string(to_string(reason))}));
  std::vector<FragmentId> wrong;
  if (release.corrects)
    for (const exchange::OfferedItem& item : release.offer->items) wrong.push_back(item.fragment);
  release.state = ReleaseState::cancelled;
  release.offer.reset();
  release.secrets.reset();
  release.changed = context.now;
  KNOOP_TRY(storage::put_release(context.tx, release));
  KNOOP_TRY(send(context, release.peer, MessageType::release_cancelled,
                 exchange::ReleaseCancelled{release.request.exchange, consent::public_reason(reason)}));
  if (!wrong.empty())
    KNOOP_TRY(tell_wrong(context, release.peer, release.client, *release.corrects, std::move(wrong)));
  return tell(context, {ReleaseStep::cancelled, release.peer, release.request.exchange, release.request.about,
                        release.client, 0, release.denied});
}

}  // namespace knoop
