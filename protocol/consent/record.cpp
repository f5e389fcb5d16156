#include "protocol/consent/record.h"

#include <algorithm>

namespace knoop::consent {
namespace {

template <typename... Args>
tl::unexpected<Error> refuse(fmt::format_string<Args...> sentence, Args&&... args) {
  return fail(ErrorCode::bad_value, Side::user, sentence, std::forward<Args>(args)...);
}

bool speaks(const std::vector<Giver>& givers, std::initializer_list<Capacity> any_of) {
  return std::ranges::any_of(
      givers, [&](const Giver& giver) { return std::ranges::find(any_of, giver.capacity) != any_of.end(); });
}

bool has_repeats(std::vector<Category> categories) {
  std::ranges::sort(categories);
  return std::ranges::adjacent_find(categories) != categories.end();
}

bool same_person(const Giver& a, const Giver& b) {
  return a.capacity == b.capacity && a.who == b.who;
}

/// Only those who said something may take it back: a father's yes does not replace a mother's no.
Result<void> check_replaced(const Consent& consent, std::span<const Consent> earlier) {
  for (const BasisId& id : consent.replaces) {
    const auto replaced = std::ranges::find(earlier, id, &Consent::id);
    if (replaced == earlier.end() || replaced->client != consent.client)
      return refuse("the record to be replaced is not one of this client");
    const bool all_speak = std::ranges::all_of(replaced->givers, [&](const Giver& giver) {
      return std::ranges::any_of(consent.givers, [&](const Giver& now) { return same_person(now, giver); });
    });
    if (!all_speak) return refuse("only those who gave the earlier record can replace it; ask them too");
  }
  return {};
}

}  // namespace

int age_on(const Date& birth, const Date& day) {
  const bool had_birthday = day.month > birth.month || (day.month == birth.month && day.day >= birth.day);
  return day.year - birth.year - (had_birthday ? 0 : 1);
}

Result<void> check_givers(const std::vector<Giver>& givers, std::string_view exception,
                          const std::optional<Date>& birth, const Date& today, const AgePolicy& policy) {
  if (givers.empty()) return refuse("name who gave the consent, and in which capacity");
  for (const Giver& giver : givers) {
    if (giver.who.empty()) return refuse("say who the giver is, as the dossier names this person");
    if (giver.identity.empty()) return refuse("say how the giver's identity was checked");
    if (giver.capacity != Capacity::youth && giver.authority.empty())
      return refuse("say how the giver's authority was checked");
    if (giver.checked > today) return refuse("identity and authority cannot have been checked in the future");
  }
  if (speaks(givers, {Capacity::representative})) {
    if (exception.empty())
      return refuse("a representative speaks for an incapable person only; write down why");
    return {};
  }
  const bool youth = speaks(givers, {Capacity::youth});
  const bool elders = speaks(givers, {Capacity::parent, Capacity::guardian});
  const int age = birth ? age_on(*birth, today) : 12;
  if (age >= 16) {
    if (!youth) return refuse("from 16 years the youth decides alone; ask the youth");
    return {};
  }
  if (age < 12) {
    if (!elders) return refuse("under 12 years the parents with authority or the guardian decide; ask them");
    return {};
  }
  if (!exception.empty() && (youth || elders)) return {};
  if (!youth) return refuse("from 12 to 15 years the youth decides too; ask the youth or write down why not");
  if (!elders && policy.parents_join_from_12_to_15)
    return refuse("from 12 to 15 years the parents decide too; ask them or write down why not");
  return {};
}

Result<void> check_consent(const Consent& consent, const std::optional<Date>& birth,
                           std::span<const Consent> earlier, const AgePolicy& policy) {
  if (consent.client.empty()) return refuse("name the client");
  if (consent.recorded_by.empty()) return refuse("name who recorded the consent");
  KNOOP_TRY(check_givers(consent.givers, consent.exception, birth, Date::of(consent.recorded_at), policy));
  if (has_repeats(consent.categories) || has_repeats(consent.exclusions))
    return refuse("a category is named twice");
  if (std::ranges::find_first_of(consent.categories, consent.exclusions) != consent.categories.end())
    return refuse("a category is both included and excluded");
  if (!consent.everything && consent.categories.empty())
    return refuse("name the categories that the answer is about");
  if (consent.until && *consent.until < consent.from) return refuse("the last day lies before the first day");
  if (consent.withdrawn_at || consent.used_at) return refuse("a new record is neither withdrawn nor used");

  if (consent.answer == Answer::yes || consent.answer == Answer::partly) {
    if (!consent.recipient)
      return refuse("name the one organisation that may receive; there is no consent for all");
    if (!consent.purpose) return refuse("name the purpose of the sharing");
    if (!consent.until) return refuse("name the last day of the consent");
    if (!consent.told_withdrawable)
      return refuse("a consent counts only when its giver was told it can be withdrawn");
    if (consent.text_version.empty()) return refuse("name the version of the explanation that was shown");
    if (consent.way != Way::oral && !consent.evidence)
      return refuse("a written or digital consent needs the hash of its evidence");
  }
  return check_replaced(consent, earlier);
}

Result<void> check_ground(const Ground& ground) {
  if (ground.client.empty()) return refuse("name the client");
  if (ground.items.empty())
    return refuse("name the fragments; a ground without consent never covers everything");
  if (ground.reasons.empty()) return refuse("write down why sharing without consent is needed");
  if (ground.consulted.empty() && ground.kind != GroundKind::emergency)
    return refuse("name the colleague who was consulted");
  if (ground.recorded_by.empty()) return refuse("name who decided");
  if (ground.until < Date::of(ground.recorded_at)) return refuse("the last day lies in the past");
  return {};
}

}  // namespace knoop::consent
