// ExchangeService and consents of which one member holds the record and another the fragments
// (protocol/exchange/elsewhere.h, docs/spec/consent.md "Recorded elsewhere").
#include <algorithm>
#include <map>

#include "node/core/exchange_parts.h"
#include "node/core/exchange_service.h"
#include "protocol/consent/record.h"
#include "protocol/records/calendar.h"
#include "storage/consent_repository.h"
#include "storage/records_repository.h"

namespace knoop {
namespace {

using namespace exchange_parts;
using audit::Action;
using audit::Event;
using audit::Outcome;
using exchange::ConsentStatus;
using storage::ConsentAsk;
using storage::ElsewhereConsent;
using storage::ReleaseState;

/// Statements of one recorder about one client: a family says a few things, a hostile member many.
constexpr std::int64_t most_elsewhere = 200;

bool is_yes(consent::Answer answer) {
  return answer == consent::Answer::yes || answer == consent::Answer::partly;
}

SubjectId subject_of_case(const exchange::About& about) {
  SubjectId subject;
  if (about.match)
    std::ranges::copy(about.match->view(), subject.data());
  else
    std::ranges::copy(about.handover->view(), subject.data());
  return subject;
}

std::string object_of(const BasisId& consent) {
  return "consent " + consent.hex();
}

/// What the recorder answered about a consent, when that is fresh now.
Result<std::optional<ConsentStatus>> answer_in(const std::vector<ConsentAsk>& asks, const MemberId& recorder,
                                               const BasisId& consent, Timestamp now) {
  const auto ask = std::ranges::find(asks, recorder, &ConsentAsk::recorder);
  if (ask == asks.end() || !ask->state) return std::optional<ConsentStatus>{};
  const auto body = decode<exchange::StateBody>(ask->state->body);
  if (!body)
    return fail(ErrorCode::damaged_database, Side::ours,
                "a stored state of consent cannot be read; restore the database");
  if (!exchange::is_fresh(ask->asked, body->at, now)) return std::optional<ConsentStatus>{};
  const auto state = std::ranges::find(body->states, consent, &exchange::StateOf::consent);
  return state == body->states.end() ? std::nullopt : std::optional(state->status);
}

bool may_still_answer(const ConsentAsk& ask, Timestamp now) {
  return !ask.answered && now < ask.asked + exchange::state_term;
}

std::string words_of(const std::vector<exchange::StateOf>& states) {
  std::string out;
  for (const exchange::StateOf& one : states) {
    if (!out.empty()) out += ' ';
    out += to_string(one.status);
  }
  return out;
}

}  // namespace

// ---- as recorder

Result<void> ExchangeService::tell_releaser(Context& context, const consent::Consent& record,
                                            const exchange::About& about) {
  KNOOP_ASSERT(record.releaser.has_value(), "only what another member releases on is told");
  if (*record.releaser == context.membership().self())
    return fail(ErrorCode::bad_value, Side::user,
                "this organisation releases on its own records: name no other");
  if (context.membership().member(*record.releaser) == nullptr)
    return fail(ErrorCode::not_a_member, Side::user,
                "the releasing organisation is no member of the convenant");
  if (about.match.has_value() == about.handover.has_value())
    return fail(ErrorCode::bad_value, Side::user,
                "name the match or the hand-over by which that organisation knows the child");
  KNOOP_LET(known, find_case(context, *record.releaser, about));
  if (!known || known->client != record.client)
    return fail(ErrorCode::not_found, Side::user,
                "there is no such match or hand-over of this client with that organisation");
  exchange::StatementBody body;
  body.network = context.membership().network();
  body.recorder = context.membership().self();
  body.releaser = *record.releaser;
  body.about = about;
  body.consent = record.id;
  body.answer = record.answer;
  for (const consent::Giver& giver : record.givers) body.capacities.push_back(giver.capacity);
  body.others_have_authority = record.others_have_authority;
  body.exception = !record.exception.empty();
  body.recipient = record.recipient;
  body.purpose = record.purpose;
  body.everything = record.everything;
  body.categories = record.categories;
  body.exclusions = record.exclusions;
  body.once = record.once;
  body.from = record.from;
  body.until = record.until;
  body.replaces = record.replaces;
  body.recorded_at = record.recorded_at;
  const auto statement = exchange::make_statement(body, context.keys().signing.secret_key);
  KNOOP_LET(bytes, encode_checked(statement));
  KNOOP_TRY(context.send(*record.releaser, MessageType::consent_statement, subject_of_case(about),
                         std::move(bytes)));
  KNOOP_TRY(storage::add_told(context.tx, record.id, *record.releaser, context.now));
  return context
      .audit({.event = Event::consent_statement_sent,
              .bases = {record.id},
              .peer = *record.releaser,
              .client = record.client,
              .object = object_of(record.id)})
      .map([](std::uint64_t) {});
}

Result<std::uint32_t> ExchangeService::tell_releasers_withdrawn(Context& context,
                                                                const consent::Consent& record) {
  KNOOP_LET(told, storage::told_of(context.tx, record.id));
  for (const MemberId& peer : told) KNOOP_TRY(send_withdrawal(context, record.client, record.id, peer, {}));
  return static_cast<std::uint32_t>(told.size());
}

Result<ConsentStatus> ExchangeService::status_for(Context& context, const MemberId& asker,
                                                  const BasisId& id) {
  KNOOP_LET(told, storage::was_told(context.tx, id, asker));
  if (!told) return ConsentStatus::unknown;
  KNOOP_LET(record, storage::find_consent(context.tx, id));
  if (!record || !is_yes(record->answer)) return ConsentStatus::unknown;
  KNOOP_LET(because, not_fresh_because(context, record->client));
  KNOOP_LET(client, storage::find_client(context.tx, record->client));
  if (because || !client) return ConsentStatus::unknown;
  KNOOP_LET(all, storage::consents_of(context.tx, record->client));
  KNOOP_LET(policy, storage::consent_policy(context.tx));
  switch (consent::standing_of(*record, all, client->client.birth_date, policy.authority,
                               dutch_day(context.now))) {
    case consent::Standing::in_force:
      return ConsentStatus::permitted;
    case consent::Standing::withdrawn:
    case consent::Standing::replaced:
      return ConsentStatus::withdrawn;
    case consent::Standing::not_yet:
    case consent::Standing::expired:
    case consent::Standing::used:
    case consent::Standing::outgrown:
      return ConsentStatus::expired;
  }
  return ConsentStatus::unknown;
}

Result<void> ExchangeService::on_state_request(Context& context, const Received& message) {
  KNOOP_LET(request, decode<exchange::ConsentStateRequest>(message.body));
  KNOOP_TRY(exchange::check_request(request));
  exchange::StateBody body{context.membership().network(),
                           context.membership().self(),
                           message.from,
                           request.exchange,
                           request.nonce,
                           {},
                           context.now};
  std::vector<BasisId> told;
  std::string client;
  for (const BasisId& id : request.consents) {
    KNOOP_LET(status, status_for(context, message.from, id));
    body.states.push_back({id, status});
    KNOOP_LET(known, storage::was_told(context.tx, id, message.from));
    if (!known) continue;
    told.push_back(id);
    KNOOP_LET(record, storage::find_consent(context.tx, id));
    if (record) client = record->client;
  }
  KNOOP_TRY(context.audit({.event = Event::consent_state_given,
                           .outcome = told.empty() ? Outcome::refused : Outcome::success,
                           .bases = told,
                           .peer = message.from,
                           .action = Action::read,
                           .client = client,
                           .object = name_of(request.exchange),
                           .detail = words_of(body.states)}));
  return send(context, message.from, MessageType::consent_state,
              exchange::make_state(body, context.keys().signing.secret_key));
}

// ---- as releaser

Result<void> ExchangeService::on_statement(Context& context, const Received& message) {
  KNOOP_LET(statement, decode<exchange::ConsentStatement>(message.body));
  KNOOP_LET(key, signing_key(context, message.from));
  KNOOP_LET(said, exchange::check_statement(context.membership().network(), message.from,
                                            context.membership().self(), statement, key));
  KNOOP_LET(found, find_case(context, message.from, said.about));
  if (!found)
    return fail(ErrorCode::not_found, Side::peer, "a statement of consent about a case that we do not share");
  // A receiver knows the ids of what it got fragments on: none of ours becomes somebody else's word.
  KNOOP_LET(own, storage::find_consent(context.tx, said.consent));
  KNOOP_LET(ground, storage::find_ground(context.tx, said.consent));
  KNOOP_LET(earlier, storage::find_elsewhere(context.tx, said.consent));
  if (own || ground || earlier)
    return fail(ErrorCode::conflict, Side::peer, "a statement of consent under an id that is taken");
  KNOOP_LET(count, storage::count_elsewhere(context.tx, found->client, message.from));
  if (count >= most_elsewhere)
    return fail(ErrorCode::over_limit, Side::peer, "{} statements of consent about one client", count);
  ElsewhereConsent kept{message.from, found->client, std::move(statement), std::move(said), context.now};
  KNOOP_TRY(storage::add_elsewhere(context.tx, kept));
  KNOOP_TRY(context.audit({.event = Event::consent_statement_received,
                           .bases = {kept.said.consent},
                           .peer = message.from,
                           .action = Action::create,
                           .client = kept.client,
                           .object = object_of(kept.said.consent),
                           .purpose = kept.said.purpose ? std::string(to_string(*kept.said.purpose)) : "",
                           .consent_profile = std::string(to_string(kept.said.answer))}));
  if (is_yes(kept.said.answer)) return {};
  // A no in the place of a yes takes it back.
  for (const BasisId& id : kept.said.replaces) {
    KNOOP_LET(replaced, storage::find_elsewhere(context.tx, id));
    if (replaced && replaced->recorder == message.from) KNOOP_TRY(elsewhere_withdrawn(context, *replaced));
  }
  return {};
}

Result<ExchangeService::WithdrawalEffect> ExchangeService::elsewhere_withdrawn(
    Context& context, const ElsewhereConsent& consent) {
  if (consent.withdrawn) return WithdrawalEffect{};
  KNOOP_TRY(storage::set_elsewhere_withdrawn(context.tx, consent.said.consent, context.now));
  return basis_withdrawn(context, consent.client, consent.said.consent);
}

Result<std::vector<ElsewhereConsent>> ExchangeService::elsewhere(Context& context, const std::string& client,
                                                                 const storage::ElsewhereAfter& page) {
  KNOOP_LET(known, storage::find_client(context.tx, client));
  if (!known) return fail(ErrorCode::not_found, Side::user, "there is no client with this reference");
  KNOOP_LET(all, storage::elsewhere_of(context.tx, client, page));
  KNOOP_TRY(context.audit({.event = Event::consent_read,
                           .action = Action::read,
                           .client = client,
                           .detail = fmt::format("{} consents recorded elsewhere", all.size())}));
  return all;
}

Result<ExchangeService::Hearing> ExchangeService::hearing(Context& context, const std::string& client,
                                                          const storage::Release* settled) {
  Hearing out;
  KNOOP_LET(own, storage::consents_of(context.tx, client));
  out.consents = std::move(own);
  KNOOP_LET(copies, storage::elsewhere_of(context.tx, client));
  std::vector<ConsentAsk> asks;
  if (settled != nullptr) {
    KNOOP_LET(found, storage::asks_of(context.tx, settled->peer, settled->request.exchange));
    asks = std::move(found);
  }
  for (const ElsewhereConsent& copy : copies) {
    consent::Consent record = exchange::heard(copy.said, client);
    record.withdrawn_at = copy.withdrawn;
    record.used_at = copy.used;
    // One recorder's word takes the place of its own earlier words only.
    std::erase_if(record.replaces, [&](const BasisId& id) {
      return std::ranges::none_of(copies, [&](const ElsewhereConsent& other) {
        return other.said.consent == id && other.recorder == copy.recorder;
      });
    });
    if (settled != nullptr && is_yes(record.answer) && !record.withdrawn_at) {
      KNOOP_LET(answer, answer_in(asks, copy.recorder, record.id, context.now));
      if (!answer)
        out.unsure.insert(record.id);
      else if (*answer != ConsentStatus::permitted)
        record.withdrawn_at = context.now;
    }
    out.consents.push_back(std::move(record));
  }
  return out;
}

Result<void> ExchangeService::ask_recorders(Context& context, const storage::Release& release) {
  KNOOP_LET(copies, storage::elsewhere_of(context.tx, release.client));
  if (copies.empty()) return {};
  KNOOP_LET(asks, storage::asks_of(context.tx, release.peer, release.request.exchange));
  const Date today = dutch_day(context.now);
  std::map<MemberId, std::vector<BasisId>> questions;
  for (const ElsewhereConsent& copy : copies) {
    const exchange::StatementBody& said = copy.said;
    // What does not speak here whatever its recorder says needs no question.
    if (!is_yes(said.answer) || copy.withdrawn || said.recipient != release.peer ||
        said.purpose != release.request.purpose || today < said.from || today > *said.until)
      continue;
    KNOOP_LET(answer, answer_in(asks, copy.recorder, said.consent, context.now));
    const auto ask = std::ranges::find(asks, copy.recorder, &ConsentAsk::recorder);
    if (answer || (ask != asks.end() && may_still_answer(*ask, context.now))) continue;
    auto& consents = questions[copy.recorder];
    if (consents.size() < exchange::most_states) consents.push_back(said.consent);
  }
  for (const auto& [recorder, consents] : questions) {
    // Who left the network answers nothing: what it recorded stays unsure, and opens nothing.
    if (context.membership().member(recorder) == nullptr) continue;
    const exchange::ConsentStateRequest request{release.request.exchange,
                                                context.entropy.draw<exchange::StateNonce>(), consents};
    KNOOP_TRY(storage::put_ask(context.tx, {release.peer, recorder, request, context.now}));
    KNOOP_TRY(send(context, recorder, MessageType::consent_state_request, request));
    KNOOP_TRY(context.audit({.event = Event::consent_state_asked,
                             .decision = release.offer->decision,
                             .bases = consents,
                             .peer = recorder,
                             .client = release.client,
                             .object = name_of(release.request.exchange)}));
  }
  return {};
}

Result<bool> ExchangeService::waits_for_recorders(Context& context, const storage::Release& release) {
  KNOOP_LET(because, not_fresh_because(context, release.client));
  if (because) return false;  // it is not their word that is missing
  KNOOP_LET(asks, storage::asks_of(context.tx, release.peer, release.request.exchange));
  return std::ranges::any_of(asks, [&](const ConsentAsk& ask) { return may_still_answer(ask, context.now); });
}

Result<void> ExchangeService::on_state(Context& context, const Received& message) {
  KNOOP_LET(state, decode<exchange::ConsentState>(message.body));
  KNOOP_LET(key, signing_key(context, message.from));
  KNOOP_LET(asks, storage::asks_to(context.tx, message.from, state.exchange));
  if (asks.empty())
    return fail(ErrorCode::wrong_state, Side::peer, "a state of consent that nobody asked for");
  std::optional<exchange::StateBody> said;
  std::optional<ConsentAsk> ask;
  for (ConsentAsk& one : asks) {
    KNOOP_LET(body, exchange::check_state({context.membership().network(), message.from,
                                           context.membership().self(), one.request},
                                          state, key));
    if (body.nonce != one.request.nonce) continue;
    said = std::move(body);
    ask = std::move(one);
  }
  const auto refused = [&](std::string_view why) {
    return context
        .audit({.event = Event::consent_state_received,
                .outcome = Outcome::refused,
                .peer = message.from,
                .object = name_of(state.exchange),
                .detail = std::string(why)})
        .map([](std::uint64_t) {});
  };
  // An honest answer may be late; one that was given before may be sent again. Neither counts.
  if (!ask) return refused("answers an earlier question");
  if (ask->answered) return refused("answers a question that is answered");
  ask->answered = context.now;
  ask->state = std::move(state);
  KNOOP_TRY(storage::put_ask(context.tx, *ask));
  if (!exchange::is_fresh(ask->asked, said->at, context.now)) {
    KNOOP_TRY(refused("too late, or the two clocks differ"));
  } else {
    KNOOP_LET(release, storage::find_release(context.tx, ask->peer, ask->request.exchange));
    std::vector<BasisId> permitted;
    for (const exchange::StateOf& one : said->states)
      if (one.status == ConsentStatus::permitted) permitted.push_back(one.consent);
    KNOOP_TRY(context.audit(
        {.event = Event::consent_state_received,
         .decision = release && release->offer ? std::optional(release->offer->decision) : std::nullopt,
         .bases = permitted,
         .peer = message.from,
         .client = release ? release->client : "",
         .object = name_of(ask->request.exchange),
         .detail = words_of(said->states)}));
    for (const exchange::StateOf& one : said->states) {
      if (one.status != ConsentStatus::withdrawn) continue;
      KNOOP_LET(copy, storage::find_elsewhere(context.tx, one.consent));
      if (copy && copy->recorder == message.from) KNOOP_TRY(elsewhere_withdrawn(context, *copy));
    }
  }
  KNOOP_LET(release, storage::find_release(context.tx, ask->peer, ask->request.exchange));
  if (!release || release->state != ReleaseState::offered || !release->receipt) return {};
  return settle(context, *release);
}

Result<std::optional<Timestamp>> ExchangeService::watch_waiting(Context& context) {
  std::optional<Timestamp> next;
  KNOOP_LET(waiting, storage::releases_waiting(context.tx));
  for (storage::Release& release : waiting) {
    KNOOP_LET(waits, waits_for_recorders(context, release));
    if (!waits) {
      KNOOP_TRY(settle(context, release));
      continue;
    }
    KNOOP_LET(asks, storage::asks_of(context.tx, release.peer, release.request.exchange));
    for (const ConsentAsk& ask : asks)
      if (may_still_answer(ask, context.now))
        next = std::min(next.value_or(ask.asked + exchange::state_term), ask.asked + exchange::state_term);
  }
  return next;
}

}  // namespace knoop
