#include "config/witnesses.h"

#include <algorithm>

namespace knoop {

audit::WitnessRule witness_rule(const Convenant& convenant, const MemberId& member, const FindCard& card) {
  audit::WitnessRule rule;
  const ConvenantMember* const owner = convenant.find(member);
  if (owner == nullptr) return rule;
  const auto set = std::ranges::find(convenant.witness_sets, owner->id, &WitnessSet::member);
  if (set == convenant.witness_sets.end()) return rule;
  rule.named = set->witnesses.size();
  rule.tolerated = set->tolerated;
  for (const std::string& id : set->witnesses) {
    const auto named = std::ranges::find(convenant.members, id, &ConvenantMember::id);
    if (named == convenant.members.end()) continue;
    if (const Card* const known = card(named->member))
      rule.witnesses.push_back({named->member, known->witness_key});
  }
  return rule;
}

}  // namespace knoop
