#include "protocol/consent/record.h"

#include <algorithm>

#include "protocol/records/calendar.h"

namespace knoop::consent {
namespace {

template <typename... Args>
tl::unexpected<Error> refuse(fmt::format_string<Args...> sentence, Args&&... args) {
  return fail(ErrorCode::bad_value, Side::user, sentence, std::forward<Args>(args)...);
}

bool is_yes(const Consent& consent) {
  return consent.answer == Answer::yes || consent.answer == Answer::partly;
}

bool is_elder(const Giver& giver) {
  return giver.capacity == Capacity::parent || giver.capacity == Capacity::guardian;
}

bool has_repeats(std::vector<Category> categories) {
  std::ranges::sort(categories);
  return std::ranges::adjacent_find(categories) != categories.end();
}

bool same_person(const Giver& a, const Giver& b) {
  return a.capacity == b.capacity && a.who == b.who;
}

bool gives(const Consent& consent, const Giver& person) {
  return std::ranges::any_of(consent.givers, [&](const Giver& giver) { return same_person(giver, person); });
}

bool is_replaced(const BasisId& id, std::span<const Consent> records) {
  return std::ranges::any_of(records, [&](const Consent& record) {
    return std::ranges::find(record.replaces, id) != record.replaces.end();
  });
}

/// Only those who said something may take it back: a father's yes does not replace a mother's no.
Result<void> check_replaced(const Consent& consent, std::span<const Consent> earlier) {
  for (const BasisId& id : consent.replaces) {
    const auto replaced = std::ranges::find(earlier, id, &Consent::id);
    if (replaced == earlier.end() || replaced->client != consent.client || replaced->kind != consent.kind)
      return refuse("the record to be replaced is not one of this kind and client");
    if (is_replaced(id, earlier))
      return refuse("the record to be replaced has a later version already; replace that one");
    if (replaced->releaser != consent.releaser)
      return refuse("the record to be replaced is about another organisation's fragments");
    if (!std::ranges::all_of(replaced->givers, [&](const Giver& giver) { return gives(consent, giver); }))
      return refuse("only those who gave the earlier record can replace it; ask them too");
  }
  return {};
}

/// Another parent who once refused shows that there is another with authority, whatever the record says.
bool other_elder_refused(const Consent& consent, std::span<const Consent> earlier) {
  return std::ranges::any_of(earlier, [&](const Consent& record) {
    if (record.client != consent.client || record.kind != consent.kind || is_yes(record)) return false;
    if (std::ranges::find(consent.replaces, record.id) != consent.replaces.end()) return false;
    return !is_replaced(record.id, earlier) && std::ranges::any_of(record.givers, [&](const Giver& giver) {
      return is_elder(giver) && !gives(consent, giver);
    });
  });
}

Result<void> check_scope(const Consent& consent) {
  if (has_repeats(consent.categories) || has_repeats(consent.exclusions))
    return refuse("a category is named twice");
  if (std::ranges::find_first_of(consent.categories, consent.exclusions) != consent.categories.end())
    return refuse("a category is both included and excluded");
  if (consent.until && *consent.until < consent.from) return refuse("the last day lies before the first day");
  if (consent.releaser && consent.kind != Kind::sharing)
    return refuse("only consent to share is recorded for another organisation");
  if (consent.releaser && consent.releaser == consent.recipient)
    return refuse("an organisation does not release to itself");
  if (consent.kind != Kind::sharing) return {};  // what the law asks of those has no categories
  if (!consent.everything && consent.categories.empty())
    return refuse("name the categories that the answer is about");
  if (!is_yes(consent)) {
    if (!consent.exclusions.empty()) return refuse("a refusal has no exclusions; name what it is about");
    return {};
  }
  if (!consent.recipient)
    return refuse("name the one organisation that may receive; there is no consent for all");
  if (!consent.purpose) return refuse("name the purpose of the sharing");
  if (!consent.until) return refuse("name the last day of the consent");
  return {};
}

Result<void> check_proof(const Consent& consent) {
  if (!is_yes(consent)) return {};
  if (!consent.told_withdrawable)
    return refuse("a consent counts only when its giver was told it can be withdrawn");
  if (consent.text_version.empty() || !consent.text_hash)
    return refuse("name the version of the explanation that was shown");
  if (consent.way != Way::oral && !consent.evidence)
    return refuse("a written or digital consent needs the hash of its evidence");
  return {};
}

}  // namespace

Result<void> check_givers(const Consent& consent, const std::optional<Date>& birth, const Date& today,
                          const AuthorityPolicy& policy) {
  if (consent.givers.empty()) return refuse("name who gave the answer, and in which capacity");
  for (std::size_t i = 0; i < consent.givers.size(); ++i) {
    const Giver& giver = consent.givers[i];
    if (giver.who.empty()) return refuse("say who the giver is, as the dossier names this person");
    if (giver.identity.empty()) return refuse("say how the giver's identity was checked");
    if (giver.capacity != Capacity::youth && giver.authority.empty())
      return refuse("say how the giver's authority was checked");
    if (giver.checked > today) return refuse("identity and authority cannot have been checked in the future");
    for (std::size_t j = 0; j < i; ++j)
      if (same_person(consent.givers[j], giver)) return refuse("a giver is named twice");
  }
  if (!is_yes(consent)) {
    if (counts_against(consent, policy, birth, today)) return {};
    return refuse(
        "at this age none of these people decides about sharing; write their view in the dossier (F17)");
  }
  switch (missing_for_yes(consent, policy, birth, today)) {
    case Missing::nobody:
      return {};
    case Missing::anybody:
      return refuse("name who gave the consent, and in which capacity");
    case Missing::reason:
      return refuse("a representative speaks for an incapable person only; write down why");
    case Missing::elders:
      return refuse("at this age the parents with authority or the guardian decide too; ask them{}",
                    rule_for(policy, birth, today).exception ? " or write down why not" : "");
    case Missing::youth:
      return refuse("at this age the youth decides too; ask the youth{}",
                    rule_for(policy, birth, today).exception ? " or write down why not" : "");
    case Missing::other_parent:
      return refuse("somebody else has authority, too; ask that person or write down why not");
  }
  return refuse("name who gave the consent");
}

Result<void> check_consent(const Consent& consent, const std::optional<Date>& birth,
                           std::span<const Consent> earlier, const AuthorityPolicy& policy) {
  if (consent.client.empty()) return refuse("name the client");
  if (consent.recorded_by.empty()) return refuse("name who recorded the consent");
  if (consent.withdrawn_at || consent.used_at) return refuse("a new record is neither withdrawn nor used");
  Consent heard = consent;
  heard.others_have_authority = consent.others_have_authority || other_elder_refused(consent, earlier);
  KNOOP_TRY(check_givers(heard, birth, dutch_day(consent.recorded_at), policy));
  KNOOP_TRY(check_scope(consent));
  KNOOP_TRY(check_proof(consent));
  return check_replaced(consent, earlier);
}

Standing standing_of(const Consent& consent, std::span<const Consent> all, const std::optional<Date>& birth,
                     const AuthorityPolicy& policy, const Date& today) {
  if (is_replaced(consent.id, all)) return Standing::replaced;
  if (consent.withdrawn_at) return Standing::withdrawn;
  if (consent.once && consent.used_at) return Standing::used;
  if (consent.until && today > *consent.until) return Standing::expired;
  const bool counts = is_yes(consent) ? missing_for_yes(consent, policy, birth, today) == Missing::nobody
                                      : counts_against(consent, policy, birth, today);
  if (!counts) return Standing::outgrown;
  return today < consent.from ? Standing::not_yet : Standing::in_force;
}

std::uint32_t version_of(const Consent& consent, std::span<const Consent> all) {
  // A record replaces earlier ones only, so the way back ends; the bound is for a database that was tampered with.
  std::uint32_t version = 1;
  std::vector<BasisId> level = consent.replaces;
  while (!level.empty() && version <= all.size()) {
    ++version;
    std::vector<BasisId> next;
    for (const Consent& record : all)
      if (std::ranges::find(level, record.id) != level.end())
        next.insert(next.end(), record.replaces.begin(), record.replaces.end());
    level = std::move(next);
  }
  return version;
}

}  // namespace knoop::consent
