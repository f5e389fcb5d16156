#include "node/core/consent_service.h"

#include "node/core/leaving.h"
#include "node/core/membership.h"
#include "protocol/records/calendar.h"
#include "storage/elsewhere_repository.h"
#include "storage/incarnation_repository.h"
#include "storage/records_repository.h"

namespace knoop {
namespace {

using audit::Action;
using audit::Event;
using consent::Answer;

Result<storage::StoredClient> client_of(Context& context, const std::string& ref) {
  KNOOP_LET(client, storage::find_client(context.tx, ref));
  if (!client)
    return fail(ErrorCode::not_found, Side::user,
                "there is no client with this reference; import or add it first");
  return *client;
}

std::string codes(const std::vector<Category>& categories) {
  std::string text;
  for (const Category category : categories) {
    if (!text.empty()) text += ' ';
    text += to_string(category);
  }
  return text;
}

/// What the consent says, for the log: codes and dates, never who gave it.
std::string profile(const consent::Consent& record) {
  std::string text = fmt::format("{} {}", to_string(record.kind), to_string(record.answer));
  if (record.everything) text += " all";
  if (!record.categories.empty()) text += " " + codes(record.categories);
  if (!record.exclusions.empty()) text += " not " + codes(record.exclusions);
  if (record.until) text += " until " + record.until->iso();
  return text;
}

Result<consent::Ground> ground_of(Context& context, const BasisId& id) {
  KNOOP_LET(found, storage::find_ground(context.tx, id));
  if (!found) return fail(ErrorCode::not_found, Side::user, "there is no such ground");
  return std::move(*found);
}

/// An entry about a ground, with what every one of them says: force and kind stand for the rule that allowed it.
audit::AuditEntry about(Event event, const consent::Ground& ground) {
  return {.event = event,
          .bases = {ground.id},
          .peer = ground.recipient,
          .action = Action::update,
          .client = ground.client,
          .object = "ground " + ground.id.hex(),
          .authorisation = fmt::format("{} {}", to_string(force_of(ground.kind)), to_string(ground.kind)),
          .emergency = ground.kind == consent::GroundKind::emergency};
}

Timestamp next_midnight(Timestamp now) {
  return start_of_dutch_day(Date::from_days(dutch_day(now).days() + 1));
}

std::string purpose_of(const std::optional<consent::Purpose>& purpose) {
  return purpose ? std::string(to_string(*purpose)) : std::string{};
}

Result<void> must_be_member(Context& context, const std::optional<MemberId>& recipient) {
  if (recipient && context.membership().member(*recipient) == nullptr)
    return fail(ErrorCode::not_a_member, Side::user, "the recipient is no member of the convenant");
  return {};
}

}  // namespace

Result<std::optional<Timestamp>> ConsentService::on_tick(Context& context) {
  constexpr Milliseconds look_at_clock{60'000};
  if (!context.clock_sure()) return std::optional(context.now + look_at_clock);
  KNOOP_LET(overdue, storage::take_overdue_grounds(context.tx, dutch_day(context.now)));
  const auto tell = [&](const std::vector<consent::Ground>& grounds, std::string_view what) -> Result<void> {
    for (const consent::Ground& ground : grounds) {
      audit::AuditEntry entry = about(Event::ground_overdue, ground);
      entry.outcome = audit::Outcome::failed;
      entry.action = Action::execute;
      entry.detail = what;
      KNOOP_TRY(context.audit(std::move(entry)));
    }
    return {};
  };
  KNOOP_TRY(tell(overdue.reviews, "review by the privacy officer"));
  KNOOP_TRY(tell(overdue.tellings, "telling the client"));
  const bool more = std::ssize(overdue.reviews) == storage::most_ground_tasks ||
                    std::ssize(overdue.tellings) == storage::most_ground_tasks;
  return std::optional(more ? context.now : next_midnight(context.now));
}

Result<BasisId> ConsentService::record(Context& context, consent::Consent draft,
                                       const exchange::About& about) {
  draft.id = context.entropy.draw<BasisId>();
  draft.recorded_by = context.actor.user;
  draft.recorded_at = context.now;
  draft.text_hash.reset();
  KNOOP_TRY(must_be_member(context, draft.recipient));
  KNOOP_LET(client, client_of(context, draft.client));
  if (!draft.text_version.empty()) {
    KNOOP_LET(text, storage::find_consent_text(context.tx, draft.text_version));
    if (!text)
      return fail(ErrorCode::not_found, Side::user,
                  "there is no text of this version; name the one that was shown, or add it first");
    draft.text_hash = consent::hash_of(*text);
  }
  KNOOP_LET(earlier, storage::consents_of(context.tx, draft.client));
  KNOOP_LET(policy, storage::consent_policy(context.tx));
  KNOOP_TRY(consent::check_consent(draft, client.client.birth_date, earlier, policy.authority));
  KNOOP_TRY(storage::add_consent(context.tx, draft));
  KNOOP_TRY(
      name_responsible(context, storage::Duty::consent, draft.id.view(), draft.client, draft.recorded_by));
  KNOOP_TRY(context.audit({.event = Event::consent_recorded,
                           .bases = {draft.id},
                           .peer = draft.recipient,
                           .action = Action::create,
                           .client = draft.client,
                           .object = "consent " + draft.id.hex(),
                           .purpose = purpose_of(draft.purpose),
                           .consent_profile = profile(draft),
                           .detail = draft.replaces.empty() ? "" : "a later version"}));
  if (draft.releaser) KNOOP_TRY(exchange_.tell_releaser(context, draft, about));
  if (draft.answer == Answer::no || draft.answer == Answer::objection)
    for (const BasisId& id : draft.replaces) KNOOP_TRY(exchange_.basis_withdrawn(context, draft.client, id));
  return draft.id;
}

Result<ExchangeService::WithdrawalEffect> ConsentService::withdraw(Context& context, const BasisId& id) {
  KNOOP_LET(found, storage::find_consent(context.tx, id));
  if (!found) return fail(ErrorCode::not_found, Side::user, "there is no such consent");
  consent::Consent record = std::move(*found);
  if (record.answer != Answer::yes && record.answer != Answer::partly)
    return fail(ErrorCode::bad_value, Side::user,
                "a refusal cannot be withdrawn; record the new answer of the same givers, replacing it");
  if (record.withdrawn_at)
    return fail(ErrorCode::wrong_state, Side::user, "this consent is withdrawn already");
  record.withdrawn_at = context.now;
  KNOOP_TRY(storage::update_consent(context.tx, record));
  KNOOP_TRY(context.audit({.event = Event::consent_withdrawn,
                           .bases = {id},
                           .peer = record.recipient,
                           .action = Action::update,
                           .client = record.client,
                           .object = "consent " + id.hex(),
                           .purpose = purpose_of(record.purpose),
                           .consent_profile = profile(record)}));
  KNOOP_LET(effect, exchange_.basis_withdrawn(context, record.client, id));
  KNOOP_LET(told, exchange_.tell_releasers_withdrawn(context, record));
  effect.followed += told;
  return effect;
}

Result<std::vector<ConsentService::Listed>> ConsentService::list(Context& context,
                                                                 const std::string& client) {
  KNOOP_LET(known, client_of(context, client));
  KNOOP_LET(records, storage::consents_of(context.tx, client));
  KNOOP_LET(policy, storage::consent_policy(context.tx));
  KNOOP_TRY(context.audit({.event = Event::consent_read,
                           .action = Action::read,
                           .client = client,
                           .detail = fmt::format("{} consents", records.size())}));
  std::vector<Listed> listed;
  for (const consent::Consent& record : records)
    listed.push_back({record,
                      consent::standing_of(record, records, known.client.birth_date, policy.authority,
                                           dutch_day(context.now)),
                      consent::version_of(record, records)});
  return listed;
}

// ---- the text that is shown

Result<std::vector<std::string>> ConsentService::doubted(Context& context) {
  constexpr std::size_t most = 200;
  KNOOP_LET(clients, storage::doubted_clients(context.tx, most));
  for (const std::string& client : clients)
    KNOOP_TRY(context.audit({.event = Event::client_read,
                             .action = Action::read,
                             .client = client,
                             .detail = "its consents are in doubt after a restore"}));
  return clients;
}

Result<std::size_t> ConsentService::confirm(Context& context, const std::string& client,
                                            const std::string& how) {
  constexpr std::size_t max_words = 300;
  if (how.empty() || how.size() > max_words)
    return fail(ErrorCode::bad_value, Side::user,
                "say how it is known that these consents still hold, in at most {} bytes", max_words);
  KNOOP_LET(since, storage::client_doubted(context.tx, client));
  if (!since) return fail(ErrorCode::wrong_state, Side::user, "the consents of this client are not in doubt");
  std::vector<BasisId> own;
  KNOOP_LET(consents, storage::consents_of(context.tx, client));
  for (consent::Consent& one : consents) {
    if (one.withdrawn_at) continue;
    if (one.once && !one.used_at) {
      // That it was used may be forgotten too.
      one.used_at = context.now;
      KNOOP_TRY(storage::update_consent(context.tx, one));
    } else {
      own.push_back(one.id);
    }
  }
  KNOOP_LET(grounds, storage::grounds_of(context.tx, client));
  for (const consent::Ground& one : grounds)
    if (!one.ended_at) own.push_back(one.id);
  // An entry names so many bases, and no more.
  constexpr std::size_t at_once = 50;
  for (std::size_t first = 0; first < own.size(); first += at_once) {
    const auto from = own.begin() + static_cast<std::ptrdiff_t>(first);
    const auto until = own.begin() + static_cast<std::ptrdiff_t>(std::min(first + at_once, own.size()));
    KNOOP_TRY(context.audit({.event = Event::basis_confirmed,
                             .bases = {from, until},
                             .action = Action::update,
                             .client = client,
                             .detail = how}));
  }
  std::size_t confirmed = own.size();
  KNOOP_LET(elsewhere, storage::elsewhere_of(context.tx, client));
  for (const storage::ElsewhereConsent& one : elsewhere) {
    if (one.withdrawn) continue;
    if (one.said.once && !one.used) {
      KNOOP_TRY(storage::set_elsewhere_used(context.tx, one.said.consent, context.now));
      continue;
    }
    ++confirmed;
    KNOOP_TRY(context.audit({.event = Event::statement_confirmed,
                             .bases = {one.said.consent},
                             .peer = one.recorder,
                             .action = Action::update,
                             .client = client,
                             .detail = how}));
  }
  KNOOP_TRY(storage::end_doubt(context.tx, client));
  return confirmed;
}

Result<std::vector<consent::ConsentText>> ConsentService::texts(Context& context) {
  return storage::consent_texts(context.tx);
}

Result<std::string> ConsentService::print_text(Context& context, const std::string& version,
                                               const consent::Consent& about) {
  KNOOP_LET(text, storage::find_consent_text(context.tx, version));
  if (!text) return fail(ErrorCode::not_found, Side::user, "there is no text of this version");
  consent::TextFacts facts = consent::facts_of(about);
  if (about.releaser) {
    const Card* releaser = context.membership().card(*about.releaser);
    facts.organisation = releaser ? releaser->name : context.membership().slug(*about.releaser);
  } else if (const auto& own = context.membership().own_card()) {
    facts.organisation = own->name;
  }
  if (about.recipient) {
    const Card* card = context.membership().card(*about.recipient);
    facts.recipient = card ? card->name : context.membership().slug(*about.recipient);
  }
  return consent::print(*text, facts);
}

Result<std::string> ConsentService::print_consent(Context& context, const BasisId& id) {
  KNOOP_LET(record, storage::find_consent(context.tx, id));
  if (!record) return fail(ErrorCode::not_found, Side::user, "there is no such consent");
  if (record->text_version.empty())
    return fail(ErrorCode::wrong_state, Side::user, "no text was shown for this record");
  KNOOP_TRY(context.audit({.event = Event::consent_read,
                           .bases = {id},
                           .action = Action::read,
                           .client = record->client,
                           .object = "consent " + id.hex(),
                           .detail = "printed"}));
  return print_text(context, record->text_version, *record);
}

Result<Hash256> ConsentService::add_text(Context& context, consent::ConsentText text) {
  KNOOP_TRY(consent::check_text(text));
  KNOOP_TRY(storage::add_consent_text(context.tx, text, context.actor.user, context.now));
  const Hash256 hash = consent::hash_of(text);
  KNOOP_TRY(context.audit({.event = Event::consent_text_added,
                           .action = Action::create,
                           .object = "consent text " + text.version,
                           .detail = hash.hex()}));
  return hash;
}

// ---- what the organisation chose

Result<consent::ConsentPolicy> ConsentService::policy(Context& context) {
  return storage::consent_policy(context.tx);
}

Result<std::int64_t> ConsentService::set_policy(Context& context, const consent::ConsentPolicy& policy) {
  KNOOP_TRY(consent::check_policy(policy));
  KNOOP_LET(number, storage::add_consent_policy(context.tx, policy, context.actor.user, context.now));
  const auto& from_12 = consent::rule_for(policy.authority, std::nullopt, dutch_day(context.now));
  KNOOP_TRY(context.audit(
      {.event = Event::consent_policy_set,
       .action = Action::create,
       .object = fmt::format("consent policy {}", number),
       .detail = fmt::format("parents from 12 to 15: {}, {}; every parent: {}; ground {} days, emergency {}; "
                             "review {} days, emergency {}; telling {} days",
                             to_string(from_12.elders), from_12.exception ? "exceptions" : "no exceptions",
                             policy.authority.every_parent ? "yes" : "no", policy.grounds.longest_days,
                             policy.grounds.emergency_days, policy.grounds.review_days,
                             policy.grounds.emergency_review_days, policy.grounds.inform_days)}));
  return number;
}

// ---- without consent

Result<consent::Ground> ConsentService::record_ground(Context& context, consent::Ground draft) {
  draft.id = context.entropy.draw<BasisId>();
  draft.recorded_by = context.actor.user;
  draft.recorded_at = context.now;
  draft.review.reset();
  draft.ended_at.reset();
  KNOOP_LET(client, client_of(context, draft.client));
  const ConvenantMember* member = context.membership().member(draft.recipient);
  if (member == nullptr)
    return fail(ErrorCode::not_a_member, Side::user, "the recipient is no member of the convenant");
  KNOOP_LET(policy, storage::consent_policy(context.tx));
  consent::set_terms(draft, policy.grounds);
  KNOOP_TRY(consent::check_ground(draft, member->kind, policy.grounds));
  std::vector<Category> categories;
  for (const FragmentId& item : draft.items) {
    KNOOP_LET(fragment, storage::find_fragment(context.tx, item));
    if (!fragment || fragment->client != client.id)
      return fail(ErrorCode::not_found, Side::user, "an item is no fragment of this client");
    categories.push_back(fragment->fragment.category);
  }
  KNOOP_TRY(storage::add_ground(context.tx, draft));
  KNOOP_TRY(
      name_responsible(context, storage::Duty::ground, draft.id.view(), draft.client, draft.recorded_by));
  audit::AuditEntry entry = about(Event::ground_recorded, draft);
  entry.action = Action::create;
  entry.detail =
      fmt::format("{} fragments ({}) until {}; review due {}, telling the client {}", draft.items.size(),
                  codes(categories), draft.until.iso(), draft.review_due.iso(), draft.informing.due.iso());
  KNOOP_TRY(context.audit(std::move(entry)));
  return draft;
}

namespace {

Result<void> log_reads(Context& context, const std::vector<consent::Ground>& grounds) {
  for (const consent::Ground& ground : grounds) {
    audit::AuditEntry entry = about(Event::ground_read, ground);
    entry.action = Action::read;
    KNOOP_TRY(context.audit(std::move(entry)));
  }
  return {};
}

}  // namespace

Result<std::vector<consent::Ground>> ConsentService::grounds(Context& context, const std::string& client) {
  KNOOP_TRY(client_of(context, client));
  KNOOP_LET(found, storage::grounds_of(context.tx, client));
  KNOOP_TRY(context.audit({.event = Event::ground_read,
                           .action = Action::read,
                           .client = client,
                           .detail = fmt::format("{} grounds", found.size())}));
  return found;
}

Result<storage::GroundTasks> ConsentService::tasks(Context& context) {
  return storage::count_ground_tasks(context.tx, dutch_day(context.now));
}

Result<std::vector<consent::Ground>> ConsentService::reviews(Context& context,
                                                             const storage::GroundsAfter& page) {
  KNOOP_LET(found, storage::grounds_to_review(context.tx, page));
  KNOOP_TRY(log_reads(context, found));
  return found;
}

Result<ConsentService::Reviewed> ConsentService::review(Context& context, const BasisId& id,
                                                        consent::Verdict verdict, const std::string& words) {
  KNOOP_LET(ground, ground_of(context, id));
  const bool was_ended = ground.ended_at.has_value();
  KNOOP_TRY(consent::review_ground(ground, {verdict, words, context.actor.user, context.now}));
  KNOOP_TRY(storage::update_ground(context.tx, ground));
  audit::AuditEntry entry = about(Event::ground_reviewed, ground);
  entry.detail = to_string(verdict);
  KNOOP_TRY(context.audit(std::move(entry)));
  Reviewed out{std::move(ground), {}};
  if (out.ground.ended_at && !was_ended) {
    KNOOP_LET(effect, ended(context, out.ground));
    out.effect = effect;
  }
  return out;
}

Result<ExchangeService::WithdrawalEffect> ConsentService::end_ground(Context& context, const BasisId& id) {
  KNOOP_LET(ground, ground_of(context, id));
  KNOOP_TRY(consent::end_ground(ground, context.now));
  KNOOP_TRY(storage::update_ground(context.tx, ground));
  return ended(context, ground);
}

Result<ExchangeService::WithdrawalEffect> ConsentService::ended(Context& context,
                                                                const consent::Ground& ground) {
  KNOOP_TRY(context.audit(about(Event::ground_ended, ground)));
  return exchange_.basis_withdrawn(context, ground.client, ground.id);
}

Result<std::vector<consent::Ground>> ConsentService::clients_to_tell(Context& context,
                                                                     const storage::GroundsAfter& page) {
  KNOOP_LET(found, storage::grounds_to_tell(context.tx, page));
  KNOOP_TRY(log_reads(context, found));
  return found;
}

Result<void> ConsentService::client_told(Context& context, const BasisId& id, const std::string& how) {
  KNOOP_LET(ground, ground_of(context, id));
  KNOOP_TRY(consent::inform_client(ground, how, context.actor.user, context.now));
  KNOOP_TRY(storage::update_ground(context.tx, ground));
  KNOOP_TRY(context.audit(about(Event::ground_client_told, ground)));
  return {};
}

Result<void> ConsentService::postpone_telling(Context& context, const BasisId& id, const Date& due,
                                              const std::string& because) {
  KNOOP_LET(ground, ground_of(context, id));
  KNOOP_TRY(consent::postpone_informing(ground, due, because, context.now));
  KNOOP_TRY(storage::update_ground(context.tx, ground));
  audit::AuditEntry entry = about(Event::ground_telling_postponed, ground);
  entry.detail = "to " + due.iso();
  KNOOP_TRY(context.audit(std::move(entry)));
  return {};
}

}  // namespace knoop
