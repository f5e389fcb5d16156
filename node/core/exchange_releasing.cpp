// ExchangeService as sender: a peer's request, what is decided about it, the offer, and what a withdrawal undoes.
#include <algorithm>
#include <map>
#include <set>

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

exchange::WireFragment to_wire(const storage::StoredFragment& stored, bool without_third_persons) {
  exchange::WireFragment wire{stored.id,       static_cast<std::uint64_t>(stored.version),
                              stored.fragment, stored.provenance,
                              stored.parent,   {}};
  if (without_third_persons) {
    auto redacted = records::without_third_persons(stored.fragment);
    wire.content = std::move(redacted.fragment);
    wire.withheld = std::move(redacted.withheld);
  }
  return wire;
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

/// The views of youth and parents on what is permitted.
std::vector<consent::Candidate> views_on(const std::vector<FragmentDecision>& decisions,
                                         const std::vector<storage::StoredFragment>& fragments,
                                         const std::set<FragmentId>& withheld) {
  std::vector<consent::Candidate> out;
  for (const storage::StoredFragment& stored : fragments) {
    if (stored.fragment.category != Category::views || !stored.parent) continue;
    const auto answered = std::ranges::find(decisions, *stored.parent, &FragmentDecision::fragment);
    if (answered != decisions.end() && answered->permitted)
      out.push_back({stored.id, Category::views, std::nullopt, withheld.contains(stored.id)});
  }
  return out;
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

}  // namespace

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
                                                         const Selection& selection,
                                                         const storage::Release* settled) {
  const ConvenantMember* member = context.membership().member(recipient);
  if (member == nullptr)
    return fail(ErrorCode::not_a_member, Side::user, "the recipient is no member of the convenant");
  const Convenant& convenant = *context.membership().convenant();
  const auto may_ask = convenant.may_ask.find(member->kind);
  KNOOP_LET(chosen, storage::consent_policy(context.tx));
  KNOOP_LET(not_fresh, not_fresh_because(context, client));
  KNOOP_LET(heard, hearing(context, client, settled));
  const std::vector<consent::Consent>& consents = heard.consents;
  consent::ReleasePolicy policy{
      .requestable = may_ask == convenant.may_ask.end() ? std::vector<Category>{} : may_ask->second,
      .fresh = !not_fresh,
      .unsure = std::move(heard.unsure),
      .authority = std::move(chosen.authority)};
  // Nobody asks for the correction of a view: it follows what it answers.
  if (selection.only && request.categories == std::vector{Category::views}) policy.requestable.reset();

  KNOOP_LET(own, storage::find_client(context.tx, client));
  if (!own) return fail(ErrorCode::not_found, Side::user, "there is no client with this reference");
  KNOOP_LET(fragments, storage::fragments_of(context.tx, own->id));
  KNOOP_LET(grounds, storage::grounds_of(context.tx, client));

  consent::ReleaseRequest question{
      client, recipient, request.purpose, request.categories, {}, own->client.birth_date};
  for (const storage::StoredFragment& stored : fragments) {
    if (std::ranges::find(request.categories, stored.fragment.category) == request.categories.end()) continue;
    if (selection.only && *selection.only != stored.id) continue;
    consent::Candidate candidate{stored.id, stored.fragment.category, std::nullopt,
                                 selection.withheld.contains(stored.id)};
    if (stored.parent)
      if (const auto parent = std::ranges::find(fragments, *stored.parent, &storage::StoredFragment::id);
          parent != fragments.end())
        candidate.parent = parent->fragment.category;
    question.candidates.push_back(candidate);
  }
  const auto judge = [&](const consent::ReleaseRequest& about, const consent::ReleasePolicy& by) {
    auto decisions = consent::decide(about, consents, grounds, by, context.now);
    // A fragment may be more sensitive than its category: then "everything" does not cover it, as little as a sensitive one.
    for (FragmentDecision& one : decisions) {
      const auto stored = std::ranges::find(fragments, one.fragment, &storage::StoredFragment::id);
      if (!one.permitted || stored == fragments.end() || !stored->fragment.sensitive) continue;
      const auto consent = std::ranges::find(consents, *one.basis, &consent::Consent::id);
      if (consent == consents.end() || !consent->everything) continue;
      if (std::ranges::find(consent->categories, one.category) != consent->categories.end()) continue;
      one.permitted = false;
      one.reason = Reason::not_named;
      one.basis.reset();
    }
    return decisions;
  };
  Decided decided;
  decided.decisions = judge(question, policy);
  // What youth and parents say of a fragment goes with it, asked for or not, when its own category is permitted; else the
  // receiver hears that there is one (R3.7).
  if (!selection.only && std::ranges::find(request.categories, Category::views) == request.categories.end()) {
    consent::ReleaseRequest about = question;
    about.categories = {Category::views};
    about.candidates = views_on(decided.decisions, fragments, selection.withheld);
    consent::ReleasePolicy by = policy;
    by.requestable.reset();  // nobody asks for them
    const auto views = judge(about, by);
    decided.decisions.insert(decided.decisions.end(), views.begin(), views.end());
  }

  KNOOP_LET(standing, log_standing(context.tx, context.membership(), context.now));
  if (!standing.discloses())
    for (FragmentDecision& one : decided.decisions) {
      if (!one.permitted && one.reason != Reason::not_fresh) continue;
      const auto ground = std::ranges::find_if(
          grounds, [&](const consent::Ground& each) { return one.permitted && each.id == one.basis; });
      if (ground != grounds.end() && ground->kind == consent::GroundKind::emergency) continue;
      one.permitted = false;
      one.reason = Reason::unwitnessed;
      one.basis.reset();
    }

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
  decided.not_fresh = std::move(not_fresh);
  return decided;
}

Result<ExchangeService::Composed> ExchangeService::compose(Context& context, const std::string& client,
                                                           const MemberId& recipient,
                                                           consent::Purpose purpose,
                                                           const std::vector<FragmentDecision>& decisions,
                                                           bool without_third_persons) {
  Composed out;
  out.bases = bases_of(decisions);
  KNOOP_LET(heard, hearing(context, client, nullptr));
  KNOOP_LET(grounds, storage::grounds_of(context.tx, client));
  out.statements = statements(out.bases, heard.consents, grounds, recipient, purpose);
  for (const FragmentDecision& one : decisions) {
    if (!one.permitted) continue;
    KNOOP_LET(stored, storage::find_fragment(context.tx, one.fragment));
    KNOOP_ASSERT(stored.has_value(), "what was decided in this transaction is still there");
    const auto basis = std::ranges::find(out.bases, *one.basis) - out.bases.begin();
    out.items.push_back({to_wire(*stored, without_third_persons), static_cast<std::uint16_t>(basis)});
  }
  out.obligations = {purpose, {}, false};
  if (!out.statements.empty())
    out.obligations.until = std::ranges::min(out.statements, {}, &exchange::BasisStatement::until).until;
  return out;
}

Result<ExchangeService::Preview> ExchangeService::preview(Context& context, const std::string& client,
                                                          const MemberId& recipient,
                                                          const exchange::FragmentRequest& request,
                                                          const Selection& selection) {
  KNOOP_LET(decided, decide(context, client, recipient, request, selection));
  KNOOP_LET(composed, compose(context, client, recipient, request.purpose, decided.decisions,
                              selection.without_third_persons));
  Preview out{std::move(decided.decisions), std::move(decided.denied), {}, composed.obligations};
  const auto entry = [&](std::string object) {
    return audit::AuditEntry{.event = Event::fragment_read,
                             .peer = recipient,
                             .action = Action::read,
                             .client = client,
                             .object = std::move(object),
                             .purpose = std::string(to_string(request.purpose)),
                             .detail = "preview of a release"};
  };
  if (composed.items.empty()) KNOOP_TRY(context.audit(entry("")));
  for (exchange::Item& item : composed.items) {
    KNOOP_TRY(context.audit(entry("fragment " + item.fragment.id.hex())));
    out.leaving.push_back(std::move(item.fragment));
  }
  return out;
}

Result<ExchangeService::Preview> ExchangeService::preview(Context& context, const std::string& client,
                                                          const MemberId& recipient, consent::Purpose purpose,
                                                          const std::vector<Category>& categories,
                                                          const Selection& selection) {
  exchange::FragmentRequest request;
  request.purpose = purpose;
  request.categories = categories;
  return preview(context, client, recipient, request, selection);
}

Result<ExchangeService::Preview> ExchangeService::preview(Context& context, const MemberId& peer,
                                                          const ExchangeId& exchange,
                                                          const Selection& selection) {
  KNOOP_LET(found, storage::find_release(context.tx, peer, exchange));
  if (!found) return fail(ErrorCode::not_found, Side::user, "there is no such request");
  return preview(context, found->client, peer, found->request, selection);
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

Result<std::optional<Reason>> ExchangeService::decide_again(Context& context, const storage::Release& release,
                                                            const std::vector<BasisId>& bases) {
  Selection again;
  if (release.corrects && release.offer->items.size() == 1) again.only = release.offer->items[0].fragment;
  KNOOP_LET(decided, decide(context, release.client, release.peer, release.request, again, &release));
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

Result<std::vector<storage::WithdrawalOut>> ExchangeService::withdrawals(Context& context, bool open_only) {
  return storage::withdrawals_out(context.tx, open_only);
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
