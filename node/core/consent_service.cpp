#include "node/core/consent_service.h"

#include "node/core/membership.h"
#include "storage/consent_repository.h"
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

std::string purpose_of(const std::optional<consent::Purpose>& purpose) {
  return purpose ? std::string(to_string(*purpose)) : std::string{};
}

Result<void> must_be_member(Context& context, const std::optional<MemberId>& recipient) {
  if (recipient && context.membership().member(*recipient) == nullptr)
    return fail(ErrorCode::not_a_member, Side::user, "the recipient is no member of the convenant");
  return {};
}

}  // namespace

Result<BasisId> ConsentService::record(Context& context, consent::Consent draft) {
  draft.id = context.entropy.draw<BasisId>();
  draft.recorded_by = context.actor.user;
  draft.recorded_at = context.now;
  KNOOP_TRY(must_be_member(context, draft.recipient));
  KNOOP_LET(client, client_of(context, draft.client));
  KNOOP_LET(earlier, storage::consents_of(context.tx, draft.client));
  KNOOP_TRY(consent::check_consent(draft, client.client.birth_date, earlier, {}));
  KNOOP_TRY(storage::add_consent(context.tx, draft));
  KNOOP_TRY(context.audit({.event = Event::consent_recorded,
                           .bases = {draft.id},
                           .peer = draft.recipient,
                           .action = Action::create,
                           .client = draft.client,
                           .object = "consent " + draft.id.hex(),
                           .purpose = purpose_of(draft.purpose),
                           .consent_profile = profile(draft)}));
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
  return exchange_.basis_withdrawn(context, record.client, id);
}

Result<std::vector<consent::Consent>> ConsentService::list(Context& context, const std::string& client) {
  KNOOP_TRY(client_of(context, client));
  KNOOP_LET(records, storage::consents_of(context.tx, client));
  KNOOP_TRY(context.audit({.event = Event::consent_read,
                           .action = Action::read,
                           .client = client,
                           .detail = fmt::format("{} consents", records.size())}));
  return records;
}

Result<BasisId> ConsentService::record_ground(Context& context, consent::Ground draft) {
  draft.id = context.entropy.draw<BasisId>();
  draft.recorded_by = context.actor.user;
  draft.recorded_at = context.now;
  KNOOP_TRY(must_be_member(context, draft.recipient));
  KNOOP_TRY(client_of(context, draft.client));
  KNOOP_TRY(consent::check_ground(draft));
  KNOOP_TRY(storage::add_ground(context.tx, draft));
  KNOOP_TRY(context.audit({.event = Event::ground_recorded,
                           .bases = {draft.id},
                           .peer = draft.recipient,
                           .action = Action::create,
                           .client = draft.client,
                           .object = "ground " + draft.id.hex(),
                           .authorisation = std::string(to_string(draft.kind)),
                           .emergency = draft.kind == consent::GroundKind::emergency,
                           .detail = fmt::format("{} fragments, for review", draft.items.size())}));
  return draft.id;
}

}  // namespace knoop
