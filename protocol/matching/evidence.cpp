#include "protocol/matching/evidence.h"

#include <algorithm>

#include "crypto/base/assert.h"

namespace knoop::matching {
namespace {

// log2(1/u) of the parts, conservative for a skewed population (the chance that two random youths agree):
constexpr int date = 12 * bit + bit / 2;         // one of 23 years of days, day and month in either order
constexpr int neighbour = -(2 * bit + bit / 2);  // up to seven differences between two dates meet
constexpr int surname = 7 * bit;
constexpr int surname_first = 3 * bit + bit / 2;
constexpr int surname_last = 2 * bit + bit / 2;
constexpr int first_name = 8 * bit;
constexpr int first_three = 6 * bit + bit / 2;
constexpr int skeleton = 6 * bit + bit / 2;
constexpr int first_and_vowels = 6 * bit;
constexpr int first_letter = 3 * bit + bit / 2;
constexpr int household = 16 * bit;
// log2(m): what each kind loses because it fails in some true pairs (errors, missing fields).
constexpr int rarely_lost = -bit / 8;
constexpr int often_lost = -bit / 2;

// Two children of one surname, one birth date and different full first names are two children.
constexpr int different_first_names = -30 * bit;

bool first_name_agrees(KindSet matched) {
  return matched.has(Kind::exact) || matched.has(Kind::front) || matched.has(Kind::surname_end) ||
         matched.has(Kind::consonants) || matched.has(Kind::vowels);
}

}  // namespace

std::string_view to_string(Verdict verdict) {
  switch (verdict) {
    case Verdict::none:
      return "none";
    case Verdict::pending:
      return "pending";
    case Verdict::family:
      return "family";
    case Verdict::possible:
      return "possible";
    case Verdict::certain:
      return "certain";
  }
  KNOOP_ASSERT(false, "a Verdict is made by verdict_of only");
  return {};
}

int weight_of(Kind kind) {
  switch (kind) {
    case Kind::dummy:
      return 0;
    case Kind::bsn:
      return 26 * bit;
    case Kind::exact:
      return date + neighbour + surname + first_name + rarely_lost;
    case Kind::initial:
      return date + surname + first_letter + rarely_lost;
    case Kind::full_name:
      return date + surname + often_lost;
    case Kind::front:
      return date + surname_first + first_three + rarely_lost;
    case Kind::surname_end:
      return date + surname_last + first_name + often_lost;
    case Kind::consonants:
      return date + surname + skeleton + often_lost;
    case Kind::vowels:
      return date + surname + first_and_vowels + often_lost;
    case Kind::home:
      return date + first_letter + household + often_lost;
    case Kind::parent_bsn:
      return 20 * bit;
    case Kind::address:
      return household;
  }
  KNOOP_ASSERT(false, "a Kind is made by kind_of or a name in the enumeration only");
  return 0;
}

Weights weigh(KindSet matched) {
  Weights out;
  for (const Kind kind : all_kinds()) {
    if (!matched.has(kind)) continue;
    if (kind == Kind::bsn)
      out.bsn = weight_of(kind);
    else if (kind == Kind::parent_bsn || kind == Kind::address)
      out.family = std::max(out.family, weight_of(kind));
    else
      out.demographic = std::max(out.demographic, weight_of(kind));
  }
  if (matched.has(Kind::full_name) && !first_name_agrees(matched)) out.demographic += different_first_names;
  return out;
}

Verdict verdict_of(KindSet matched, BsnStatus one, BsnStatus other) {
  const Weights weights = weigh(matched);
  if (weights.bsn > 0) return Verdict::certain;
  const bool differs = one == BsnStatus::registered && other == BsnStatus::registered;
  const bool same_youth = weights.demographic >= possible_threshold && !differs;
  const bool same_family = weights.family >= family_threshold;
  if (!same_youth && !same_family) return Verdict::none;
  // Only two BSNs can settle more; while both sides have one and not both are proven, nobody is told.
  const bool may_settle = one != BsnStatus::none && other != BsnStatus::none && !differs;
  if (may_settle) return Verdict::pending;
  return same_youth ? Verdict::possible : Verdict::family;
}

}  // namespace knoop::matching
