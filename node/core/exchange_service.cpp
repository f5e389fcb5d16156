#include "node/core/exchange_service.h"

#include <algorithm>
#include <map>

#include "node/core/keys.h"
#include "node/core/membership.h"
#include "storage/audit_repository.h"
#include "storage/consent_repository.h"
#include "storage/records_repository.h"

namespace knoop {
namespace {

using audit::Action;
using audit::Event;
using audit::Outcome;
using consent::FragmentDecision;
using consent::Reason;
using exchange::Denied;
using storage::AcquisitionState;
using storage::LoanStatus;
using storage::ReleaseState;

constexpr Milliseconds look_at_clock{60'000};

SubjectId subject_of(const ExchangeId& exchange) {
  SubjectId subject;
  std::ranges::copy(exchange.view(), subject.data());
  return subject;
}

std::string name_of(const ExchangeId& exchange) {
  return "exchange " + exchange.hex();
}

template <typename Message>
Result<void> send(Context& context, const MemberId& to, MessageType type, const Message& message) {
  KNOOP_LET(body, encode_checked(message));
  return context.send(to, type, subject_of(message.exchange), std::move(body));
}

exchange::WireFragment to_wire(const storage::StoredFragment& stored) {
  const records::Fragment& own = stored.fragment;
  return {stored.id,
          1,
          own.category,
          own.title,
          own.nature == records::Nature::fact ? exchange::Nature::fact : exchange::Nature::interpretation,
          own.author,
          own.date,
          own.text,
          own.persons};
}

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

std::vector<BasisId> bases_of(const std::vector<FragmentDecision>& decisions) {
  std::set<BasisId> bases;
  for (const FragmentDecision& decision : decisions)
    if (decision.permitted) bases.insert(*decision.basis);
  return {bases.begin(), bases.end()};
}

/// What the receiver must know of each basis, in the order of `bases`.
std::vector<exchange::BasisStatement> statements(const std::vector<BasisId>& bases,
                                                 const std::vector<consent::Consent>& consents,
                                                 const std::vector<consent::Ground>& grounds,
                                                 const MemberId& recipient, consent::Purpose purpose) {
  std::vector<exchange::BasisStatement> out;
  for (const BasisId& basis : bases) {
    exchange::BasisStatement statement{basis, std::nullopt, recipient, purpose, {}, false};
    if (const auto consent = std::ranges::find(consents, basis, &consent::Consent::id);
        consent != consents.end()) {
      statement.until = consent->until.value_or(Date{});
      statement.once = consent->once;
    } else if (const auto ground = std::ranges::find(grounds, basis, &consent::Ground::id);
               ground != grounds.end()) {
      statement.until = ground->until;
      statement.ground = ground->kind;
    }
    out.push_back(statement);
  }
  return out;
}

exchange::Parties parties(Context& context, const MemberId& sender, const MemberId& receiver) {
  return {context.membership().network(), sender, receiver};
}

Result<SigningPublicKey> signing_key(Context& context, const MemberId& peer) {
  const Card* card = context.membership().card(peer);
  if (card == nullptr)
    return fail(ErrorCode::not_a_member, Side::peer, "the peer has no card here; install its newest card");
  return card->signing_key;
}

Result<exchange::LogReference> log_reference(Context& context, std::uint64_t index) {
  KNOOP_LET(state, storage::audit_state(context.tx));
  exchange::LogReference reference{state.incarnation, index, {}};
  KNOOP_TRY(storage::each_audit_entry(context.tx, state.incarnation, index, index + 1,
                                      [&](const audit::ExportedEntry& entry) -> Result<void> {
                                        reference.leaf = entry.leaf;
                                        return {};
                                      }));
  return reference;
}

Date next_day(Timestamp now) {
  return Date::from_days(Date::of(now).days() + 1);
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
}

Result<std::optional<Timestamp>> ExchangeService::on_tick(Context& context) {
  if (!context.clock_sure()) return std::optional(context.now + look_at_clock);
  KNOOP_LET(expired, storage::lock_expired(context.tx, Date::of(context.now), context.now));
  for (const storage::Expired& one : expired)
    KNOOP_TRY(context.audit({.event = Event::fragment_locked,
                             .peer = one.peer,
                             .action = Action::update,
                             .client = one.client,
                             .detail = fmt::format("{} past their last day", one.locked)}));
  return std::optional(Timestamp{next_day(context.now).days() * 86'400'000});
}

Result<std::optional<Case>> ExchangeService::find_case(Context& context, const MemberId& peer,
                                                       const exchange::About& about) {
  for (CaseDirectory* directory : directories_) {
    KNOOP_LET(found, directory->find_case(context, peer, about));
    if (found) return found;
  }
  return std::optional<Case>{};
}

Result<void> ExchangeService::tell(Context& context, const ReleaseNews& news) {
  for (ReleaseObserver* observer : observers_) KNOOP_TRY(observer->on_release(context, news));
  return {};
}

// ---- as receiver

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
                         std::string(to_string(context.actor.role))};
  acquisition.created = acquisition.changed = context.now;
  KNOOP_TRY(send(context, question.peer, MessageType::fragment_request, acquisition.request));
  KNOOP_TRY(storage::put_acquisition(context.tx, acquisition));
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
  storage::Acquisition acquisition;
  exchange::Expected expected;
  if (known) {
    if (known->state != AcquisitionState::asked)
      return fail(ErrorCode::wrong_state, Side::peer, "an offer for a request that is answered already");
    acquisition = std::move(*known);
    expected = {acquisition.request.about, acquisition.request.purpose, acquisition.request.categories};
  } else {
    KNOOP_LET(found, find_case(context, message.from, offer.about));
    if (!found || !found->awaited)
      return fail(ErrorCode::forbidden, Side::peer, "an offer that nobody asked for");
    expected = *found->awaited;
    acquisition.peer = message.from;
    acquisition.client = found->client;
    acquisition.request = {offer.exchange, offer.about, expected.purpose, "", "", expected.categories, ""};
    acquisition.created = context.now;
  }
  KNOOP_TRY(exchange::check_offer(offer, expected));
  if (offer.obligations.until < Date::of(context.now))
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
  std::vector<BasisId> bases;
  for (const exchange::BasisStatement& basis : released.bases) bases.push_back(basis.basis);
  std::size_t locked = 0;
  for (std::size_t i = 0; i < released.fragments.size(); ++i) {
    const exchange::BasisStatement& basis = released.bases[offer.items[i].basis];
    // The withdrawal may have overtaken the key: protective messages wait for nothing.
    KNOOP_LET(withdrawn, storage::is_withdrawn(context.tx, acquisition.peer, basis.basis));
    if (withdrawn) ++locked;
    KNOOP_TRY(storage::add_received(
        context.tx, {acquisition.peer, offer.exchange, acquisition.client, released.fragments[i], basis.basis,
                     offer.obligations.purpose, std::min(offer.obligations.until, basis.until),
                     withdrawn ? LoanStatus::locked : LoanStatus::on_loan, context.now}));
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
  KNOOP_TRY(context.audit({.event = Event::consent_withdrawal_received,
                           .bases = {withdrawn.basis},
                           .action = Action::update,
                           .object = "consent " + withdrawn.basis.hex(),
                           .detail = fmt::format("{} locked, {} flagged", applied.locked, applied.flagged)}));
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

Result<std::vector<storage::ReceivedFragment>> ExchangeService::received(Context& context,
                                                                         const std::string& client) {
  KNOOP_LET(fragments, storage::received_of(context.tx, client));
  const Date today = Date::of(context.now);
  for (storage::ReceivedFragment& one : fragments) {
    const bool readable = one.status == LoanStatus::taken_over || one.status == LoanStatus::flagged ||
                          (one.status == LoanStatus::on_loan && today <= one.until);
    if (!readable) {
      one.fragment.title.clear();
      one.fragment.author.clear();
      one.fragment.text.clear();
      one.fragment.persons.clear();
      continue;
    }
    KNOOP_TRY(context.audit({.event = Event::fragment_read,
                             .bases = {one.basis},
                             .peer = one.peer,
                             .action = Action::read,
                             .client = client,
                             .object = "fragment " + one.fragment.id.hex(),
                             .purpose = std::string(to_string(one.purpose)),
                             .detail = std::string(to_string(one.fragment.category))}));
  }
  return fragments;
}

Result<void> ExchangeService::take_over(Context& context, const MemberId& peer, const ExchangeId& exchange,
                                        const FragmentId& fragment, const std::string& ground) {
  if (ground.empty())
    return fail(ErrorCode::bad_value, Side::user,
                "say on which ground the fragment becomes part of our own dossier");
  KNOOP_LET(found, storage::find_received(context.tx, peer, exchange, fragment));
  if (!found) return fail(ErrorCode::not_found, Side::user, "there is no such received fragment");
  if (found->status != LoanStatus::on_loan || found->until < Date::of(context.now))
    return fail(ErrorCode::wrong_state, Side::user,
                "only a fragment on loan can be taken over; this one is not");
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

// ---- as sender

Result<void> ExchangeService::on_request(Context& context, const Received& message) {
  KNOOP_LET(request, decode<exchange::FragmentRequest>(message.body));
  KNOOP_LET(known, storage::find_release(context.tx, message.from, request.exchange));
  if (known) return fail(ErrorCode::conflict, Side::peer, "a second request under one name");
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

Result<ExchangeService::Decided> ExchangeService::decide(Context& context, const std::string& client,
                                                         const MemberId& recipient,
                                                         const exchange::FragmentRequest& request,
                                                         const std::set<FragmentId>& withheld) {
  const ConvenantMember* member = context.membership().member(recipient);
  if (member == nullptr)
    return fail(ErrorCode::not_a_member, Side::user, "the recipient is no member of the convenant");
  const Convenant& convenant = *context.membership().convenant();
  const auto may_ask = convenant.may_ask.find(member->kind);
  const consent::ReleasePolicy policy{
      .requestable = may_ask == convenant.may_ask.end() ? std::vector<Category>{} : may_ask->second,
      .fresh = context.clock_sure()};

  KNOOP_LET(own, storage::find_client(context.tx, client));
  if (!own) return fail(ErrorCode::not_found, Side::user, "there is no client with this reference");
  KNOOP_LET(fragments, storage::fragments_of(context.tx, own->id));
  KNOOP_LET(consents, storage::consents_of(context.tx, client));
  KNOOP_LET(grounds, storage::grounds_of(context.tx, client));

  consent::ReleaseRequest question{client, recipient, request.purpose, request.categories, {}};
  for (const storage::StoredFragment& stored : fragments)
    if (std::ranges::find(request.categories, stored.fragment.category) != request.categories.end())
      question.candidates.push_back(
          {stored.id, stored.fragment.category, std::nullopt, withheld.contains(stored.id)});
  Decided decided;
  decided.decisions = consent::decide(question, consents, grounds, policy, context.now);

  // A category of which we hold nothing is decided as if we did: only who may have it learns that there is none.
  question.candidates.clear();
  for (const Category category : request.categories)
    if (std::ranges::find(decided.decisions, category, &FragmentDecision::category) ==
        decided.decisions.end())
      question.candidates.push_back({FragmentId{}, category, std::nullopt, false});
  std::map<Category, Reason> denied;
  for (const FragmentDecision& decision : consent::decide(question, consents, grounds, policy, context.now))
    denied.emplace(decision.category,
                   decision.permitted ? Reason::nothing_held : consent::public_reason(decision.reason));
  for (const FragmentDecision& decision : decided.decisions)
    if (!decision.permitted) denied.emplace(decision.category, consent::public_reason(decision.reason));
  for (const auto& [category, reason] : denied) decided.denied.push_back({category, reason});
  return decided;
}

Result<std::vector<FragmentDecision>> ExchangeService::preview(Context& context, const std::string& client,
                                                               const MemberId& recipient,
                                                               consent::Purpose purpose,
                                                               const std::vector<Category>& categories) {
  exchange::FragmentRequest request;
  request.purpose = purpose;
  request.categories = categories;
  KNOOP_LET(decided, decide(context, client, recipient, request, {}));
  KNOOP_TRY(context.audit({.event = Event::fragment_read,
                           .peer = recipient,
                           .action = Action::read,
                           .client = client,
                           .purpose = std::string(to_string(purpose)),
                           .detail = "preview of a release"}));
  return decided.decisions;
}

Result<ExchangeService::Answered> ExchangeService::answer(Context& context, const MemberId& peer,
                                                          const ExchangeId& exchange,
                                                          const std::set<FragmentId>& withheld) {
  KNOOP_LET(found, storage::find_release(context.tx, peer, exchange));
  if (!found) return fail(ErrorCode::not_found, Side::user, "there is no such request");
  if (found->state != ReleaseState::asked)
    return fail(ErrorCode::wrong_state, Side::user, "this request is answered already");
  storage::Release release = std::move(*found);
  KNOOP_LET(answered, this->release(context, release, withheld));
  if (!answered.offered)
    KNOOP_TRY(send(context, peer, MessageType::fragment_refusal,
                   exchange::FragmentRefusal{exchange, answered.denied}));
  return answered;
}

Result<ExchangeService::Answered> ExchangeService::offer(Context& context, const Question& about_what,
                                                         const std::string& client,
                                                         const std::set<FragmentId>& withheld) {
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
                     std::string(to_string(context.actor.role))};
  release.created = context.now;
  return this->release(context, release, withheld);
}

Result<ExchangeService::Answered> ExchangeService::release(Context& context, storage::Release& release,
                                                           const std::set<FragmentId>& withheld) {
  KNOOP_TRY(context.require_clock());
  const exchange::FragmentRequest& request = release.request;
  KNOOP_LET(decided, decide(context, release.client, release.peer, request, withheld));
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
  release.changed = context.now;

  if (std::ranges::any_of(answered.decisions, [](const FragmentDecision& one) { return !one.permitted; }) ||
      bases.empty()) {
    audit::AuditEntry refused = entry(Event::release_decided);
    refused.outcome = Outcome::refused;
    refused.detail = codes(answered.decisions, false);
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
  KNOOP_TRY(context.audit(std::move(permitted)));
  audit::AuditEntry offered = entry(Event::release_offered);
  offered.bases = bases;
  KNOOP_LET(index, context.audit(std::move(offered)));
  KNOOP_LET(reference, log_reference(context, index));

  KNOOP_LET(consents, storage::consents_of(context.tx, release.client));
  KNOOP_LET(grounds, storage::grounds_of(context.tx, release.client));
  const auto told = statements(bases, consents, grounds, release.peer, request.purpose);
  std::vector<exchange::Item> items;
  for (const FragmentDecision& one : answered.decisions) {
    if (!one.permitted) continue;
    KNOOP_LET(stored, storage::find_fragment(context.tx, one.fragment));
    KNOOP_ASSERT(stored.has_value(), "what was decided in this transaction is still there");
    const auto basis = std::ranges::find(bases, *one.basis) - bases.begin();
    items.push_back({to_wire(*stored), static_cast<std::uint16_t>(basis)});
  }
  const Date until = std::ranges::min(told, {}, &exchange::BasisStatement::until).until;
  const exchange::OfferTerms terms{
      request.exchange, request.about, decision, answered.denied, {request.purpose, until, false}, reference};
  KNOOP_LET(made, exchange::make_offer(parties(context, context.membership().self(), release.peer), terms,
                                       items, told, context.entropy));
  KNOOP_TRY(send(context, release.peer, MessageType::release_offer, made.offer));
  made.offer.ciphertext.shrink_to_fit();
  release.state = ReleaseState::offered;
  release.offer = std::move(made.offer);
  release.secrets = std::move(made.secrets);
  KNOOP_TRY(storage::put_release(context.tx, release));
  KNOOP_TRY(storage::set_release_bases(context.tx, release.peer, request.exchange, bases));
  KNOOP_TRY(tell(context, {ReleaseStep::offered, release.peer, request.exchange, request.about,
                           release.client, items.size(), answered.denied}));
  return answered;
}

Result<void> ExchangeService::on_receipt(Context& context, const Received& message) {
  KNOOP_LET(receipt, decode<exchange::ReleaseReceipt>(message.body));
  KNOOP_LET(found, storage::find_release(context.tx, message.from, receipt.exchange));
  if (!found || found->state == ReleaseState::asked || found->state == ReleaseState::refused)
    return fail(ErrorCode::wrong_state, Side::peer, "a receipt for what was not offered");
  if (found->state != ReleaseState::offered)
    return {};  // cancelled meanwhile, or told twice: nothing more leaves
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
  release.changed = context.now;
  KNOOP_LET(bases, storage::release_bases(context.tx, release.peer, release.request.exchange));
  KNOOP_LET(objection, decide_again(context, release, bases));
  if (objection) return cancel(context, release, *objection);
  return disclose(context, release, bases);
}

Result<std::optional<Reason>> ExchangeService::decide_again(Context& context, const storage::Release& release,
                                                            const std::vector<BasisId>& bases) {
  KNOOP_LET(decided, decide(context, release.client, release.peer, release.request, {}));
  for (const exchange::OfferedItem& item : release.offer->items) {
    const auto decision = std::ranges::find(decided.decisions, item.fragment, &FragmentDecision::fragment);
    if (decision == decided.decisions.end()) return std::optional(Reason::nothing_held);
    if (!decision->permitted) return std::optional(decision->reason);
    // Permitted on another record than the receiver was told of: that is another release.
    if (decision->basis != bases.at(item.basis)) return std::optional(Reason::no_consent);
  }
  return std::optional<Reason>{};
}

Result<void> ExchangeService::disclose(Context& context, storage::Release& release,
                                       const std::vector<BasisId>& bases) {
  const exchange::ReleaseOffer offer = std::move(*release.offer);
  KNOOP_ASSERT(release.secrets.has_value(), "an open offer keeps its key");
  KNOOP_TRY(context.audit({.event = Event::release_disclosed,
                           .decision = offer.decision,
                           .bases = bases,
                           .receipt = exchange::receipt_hash(*release.receipt),
                           .peer = release.peer,
                           .client = release.client,
                           .object = name_of(offer.exchange),
                           .purpose = std::string(to_string(offer.obligations.purpose)),
                           .detail = fmt::format("{} fragments", offer.items.size())}));
  for (const BasisId& basis : bases) {
    KNOOP_LET(record, storage::find_consent(context.tx, basis));
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
  release.state = ReleaseState::cancelled;
  release.offer.reset();
  release.secrets.reset();
  release.changed = context.now;
  KNOOP_TRY(storage::put_release(context.tx, release));
  KNOOP_TRY(send(context, release.peer, MessageType::release_cancelled,
                 exchange::ReleaseCancelled{release.request.exchange, consent::public_reason(reason)}));
  return tell(context, {ReleaseStep::cancelled, release.peer, release.request.exchange, release.request.about,
                        release.client, 0, release.denied});
}

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
    const exchange::ConsentWithdrawn message{basis, exchanges, context.now};
    KNOOP_LET(body, encode_checked(message));
    KNOOP_TRY(context.send(peer, MessageType::consent_withdrawn, std::nullopt, std::move(body)));
    KNOOP_TRY(storage::add_withdrawal_out(context.tx, basis, peer, context.now));
    KNOOP_TRY(context.audit({.event = Event::consent_withdrawal_sent,
                             .bases = {basis},
                             .peer = peer,
                             .client = client,
                             .detail = fmt::format("{} releases", exchanges.size())}));
    ++effect.followed;
  }
  return effect;
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
