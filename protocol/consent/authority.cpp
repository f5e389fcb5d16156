#include "protocol/consent/authority.h"

#include <algorithm>

namespace knoop::consent {
namespace {

constexpr int oldest = 130;

bool speaks(const Consent& record, Capacity capacity) {
  return std::ranges::find(record.givers, capacity, &Giver::capacity) != record.givers.end();
}
bool elders_speak(const Consent& record) {
  return speaks(record, Capacity::parent) || speaks(record, Capacity::guardian);
}

const AgeRule& rule_at(const AuthorityPolicy& policy, int age) {
  const AgeRule* found = &policy.ages.front();
  for (const AgeRule& rule : policy.ages)
    if (age >= int{rule.from}) found = &rule;
  return *found;
}

bool within_law(const AgeRule& rule, int age) {
  if (age < 12) return rule.youth == Say::none && rule.elders == Say::must;
  if (age < 16) return rule.youth == Say::must && rule.elders != Say::none;
  return rule.youth == Say::must && rule.elders == Say::none;
}

}  // namespace

Result<void> check_authority_policy(const AuthorityPolicy& policy) {
  const auto refuse = [](std::string_view sentence) {
    return fail(ErrorCode::bad_value, Side::user, "{}", sentence);
  };
  if (policy.ages.empty() || policy.ages.front().from != 0)
    return refuse("the first rule of age must hold from birth");
  for (std::size_t i = 1; i < policy.ages.size(); ++i)
    if (policy.ages[i].from <= policy.ages[i - 1].from) return refuse("rules of age stand in rising order");
  for (int age = 0; age <= oldest; ++age) {
    const AgeRule& rule = rule_at(policy, age);
    if (!within_law(rule, age))
      return refuse(
          "under 12 the parents decide, from 12 to 15 the youth with them, from 16 the youth alone: only "
          "whether "
          "the parents must speak from 12 to 15 is for the organisation to choose");
    if (rule.exception && (age < 12 || age >= 16))
      return refuse("only from 12 to 15 can one of two be left out");
  }
  if (policy.unknown_age < 12 || policy.unknown_age > 15)
    return refuse("a client of unknown age is treated as 12 to 15: both are asked");
  return {};
}

int age_on(const Date& birth, const Date& day) {
  const bool had_birthday = day.month > birth.month || (day.month == birth.month && day.day >= birth.day);
  return day.year - birth.year - (had_birthday ? 0 : 1);
}

const AgeRule& rule_for(const AuthorityPolicy& policy, const std::optional<Date>& birth, const Date& day) {
  KNOOP_ASSERT(!policy.ages.empty(), "a policy that check_authority_policy() passed");
  return rule_at(policy, birth ? age_on(*birth, day) : int{policy.unknown_age});
}

Missing missing_for_yes(const Consent& record, const AuthorityPolicy& policy,
                        const std::optional<Date>& birth, const Date& day) {
  const bool reasoned = !record.exception.empty();
  if (record.givers.empty()) return Missing::anybody;
  if (speaks(record, Capacity::representative)) return reasoned ? Missing::nobody : Missing::reason;

  const AgeRule& rule = rule_for(policy, birth, day);
  const bool youth_lacks = rule.youth == Say::must && !speaks(record, Capacity::youth);
  const bool elders_lack = rule.elders == Say::must && !elders_speak(record);
  const bool excused = rule.exception && reasoned && !(youth_lacks && elders_lack);
  if (youth_lacks && !excused) return Missing::youth;
  if (elders_lack && !excused) return Missing::elders;
  const bool one_for_both = rule.elders == Say::must && !elders_lack && record.others_have_authority &&
                            policy.every_parent && !speaks(record, Capacity::guardian);
  return one_for_both && !reasoned ? Missing::other_parent : Missing::nobody;
}

bool counts_against(const Consent& record, const AuthorityPolicy& policy, const std::optional<Date>& birth,
                    const Date& day) {
  const AgeRule& rule = rule_for(policy, birth, day);
  return speaks(record, Capacity::representative) ||
         (rule.youth != Say::none && speaks(record, Capacity::youth)) ||
         (rule.elders != Say::none && elders_speak(record));
}

}  // namespace knoop::consent
