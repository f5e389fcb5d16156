// ExchangeService as sender: what may leave, and exactly how it would look.
#include <algorithm>
#include <map>
#include <set>

#include "node/core/exchange_parts.h"
#include "node/core/exchange_service.h"
#include "node/core/log_standing.h"
#include "storage/consent_repository.h"
#include "storage/incarnation_repository.h"
#include "storage/records_repository.h"

namespace knoop {
namespace {

using namespace exchange_parts;
using audit::Action;
using audit::Event;
using consent::FragmentDecision;
using consent::Reason;

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
  // Who mistakes what to hold back would let it leave.
  for (const FragmentId& id : selection.withheld)
    if (settled == nullptr &&
        std::ranges::find(fragments, id, &storage::StoredFragment::id) == fragments.end())
      return fail(ErrorCode::not_found, Side::user,
                  "withheld: fragment {} is none of this client; take it from the preview", id.hex());
  KNOOP_LET(grounds, storage::grounds_of(context.tx, client));
  // Its end may be forgotten, and the log that is written now does not have it.
  KNOOP_LET(doubted, storage::client_doubted(context.tx, client));
  if (doubted) std::erase_if(grounds, [&](const auto& ground) { return ground.recorded_at <= *doubted; });

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

}  // namespace knoop
