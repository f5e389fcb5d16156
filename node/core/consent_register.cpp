#include "node/core/consent_register.h"

#include <algorithm>
#include <map>

#include "protocol/records/calendar.h"
#include "storage/records_repository.h"

namespace knoop {
namespace {

bool is_yes(const consent::Consent& consent) {
  return consent.answer == consent::Answer::yes || consent.answer == consent::Answer::partly;
}

bool belongs(const RegisteredConsent& one, RegisterPart part, const Date& today) {
  const bool holds =
      one.standing == consent::Standing::in_force || one.standing == consent::Standing::not_yet;
  switch (part) {
    case RegisterPart::all:
      return true;
    case RegisterPart::in_force:
      return is_yes(one.consent) && holds;
    case RegisterPart::expiring:
      return is_yes(one.consent) && one.standing == consent::Standing::in_force && one.consent.until &&
             one.consent.until->days() - today.days() <= expiring_days;
    case RegisterPart::weak:
      return !one.weak.empty();
    case RegisterPart::withdrawn:
      return one.standing == consent::Standing::withdrawn;
    case RegisterPart::refused:
      return !is_yes(one.consent) && holds;
    case RegisterPart::ended:
      return !holds && one.standing != consent::Standing::withdrawn &&
             one.standing != consent::Standing::outgrown;
  }
  return false;
}

/// All records of a client, and when the client was born: what a standing needs.
struct OfClient {
  std::vector<consent::Consent> records;
  std::optional<Date> birth;
};
Result<OfClient> of_client(Context& context, const std::string& ref) {
  OfClient out;
  KNOOP_LET(records, storage::consents_of(context.tx, ref));
  out.records = std::move(records);
  KNOOP_LET(client, storage::find_client(context.tx, ref));
  if (client) out.birth = client->client.birth_date;
  return out;
}

}  // namespace

std::vector<Weakness> weaknesses_of(const consent::Consent& consent, consent::Standing standing) {
  std::vector<Weakness> out;
  if (!is_yes(consent)) return out;
  if (standing == consent::Standing::outgrown) out.push_back(Weakness::outgrown);
  if (standing != consent::Standing::in_force && standing != consent::Standing::not_yet) return out;
  if (consent.others_have_authority) out.push_back(Weakness::others);
  if (!consent.exception.empty()) out.push_back(Weakness::reason);
  if (!consent.evidence) out.push_back(Weakness::no_evidence);
  return out;
}

Result<RegisterPage> consent_register(Context& context, RegisterPart part,
                                      const std::optional<MemberId>& recipient,
                                      const std::optional<storage::ConsentPlace>& after) {
  RegisterPage page;
  KNOOP_LET(policy, storage::consent_policy(context.tx));
  KNOOP_LET(found, storage::newest_consents(context.tx, after, register_page));
  page.next = found.next;
  const Date today = dutch_day(context.now);
  std::map<std::string, OfClient> clients;
  for (consent::Consent& record : found.records) {
    if (recipient && record.recipient && record.recipient != recipient) continue;
    auto known = clients.find(record.client);
    if (known == clients.end()) {
      KNOOP_LET(client, of_client(context, record.client));
      known = clients.emplace(record.client, std::move(client)).first;
    }
    const OfClient& of = known->second;
    RegisteredConsent one;
    one.standing = consent::standing_of(record, of.records, of.birth, policy.authority, today);
    one.version = consent::version_of(record, of.records);
    one.weak = weaknesses_of(record, one.standing);
    one.consent = std::move(record);
    if (!belongs(one, part, today)) continue;
    KNOOP_LET(withdrawals, storage::withdrawals_of(context.tx, one.consent.id));
    one.withdrawals = std::move(withdrawals);
    KNOOP_TRY(context.audit({.event = audit::Event::consent_read,
                             .bases = {one.consent.id},
                             .action = audit::Action::read,
                             .client = one.consent.client,
                             .object = "consent " + one.consent.id.hex(),
                             .detail = "register of consents"}));
    page.consents.push_back(std::move(one));
  }
  return page;
}

}  // namespace knoop
