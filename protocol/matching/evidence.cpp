#include "protocol/matching/evidence.h"

#include <algorithm>

#include "crypto/base/assert.h"

namespace knoop::matching {
namespace {

// What a matched kind says about one field: log2(m/u), m the chance that two records of one youth agree at least so far, u that
// records of two youths do. docs/spec/identifiers.md prints m and u; the numbers are rounded down to sixteenths of a bit.
namespace date {
constexpr int same = 199;  // m 0.96, u 2^-12.5: 23 years of days, day and month in either order
constexpr int near = 148;  // m 0.98, u 2^-9.33: nine differences between two dates meet
}  // namespace date
namespace surname {
constexpr int part = 108;  // m 0.85, u 2^-7
constexpr int first = 55;  // m 0.97, u 2^-3.5
constexpr int last = 38;   // m 0.92, u 2^-2.5
}  // namespace surname
namespace given {
constexpr int whole = 119;       // m 0.70, u 2^-8
constexpr int first_three = 99;  // m 0.82, u 2^-6.5
constexpr int consonants = 94;   // m 0.77, u 2^-6.3
constexpr int vowels = 87;       // m 0.75, u 2^-5.9
constexpr int ends = 84;         // m 0.70, u 2^-5.8
constexpr int last_two = 63;     // m 0.70, u 2^-4.5
constexpr int first = 55;        // m 0.97, u 2^-3.5
}  // namespace given
constexpr int household = 250;  // m 0.80, u 2^-16
constexpr int address = 228;    // m 0.85, u 2^-14.5
constexpr int parent = 304;     // m 0.50, u 2^-20

// Two children of one surname, one birth date and different full first names are two children.
constexpr int different_first_names = -30 * bit;

struct Agreement {
  int date = 0;
  int surname = 0;
  int given = 0;
  int household = 0;
};

Agreement agreement_of(Kind kind) {
  switch (kind) {
    case Kind::exact:
      return {date::near, surname::part, given::whole, 0};
    case Kind::initial:
      return {date::same, surname::part, given::first, 0};
    case Kind::full_name:
      return {date::same, surname::part, 0, 0};
    case Kind::front:
      return {date::same, surname::first, given::first_three, 0};
    case Kind::surname_end:
      return {date::same, surname::last, given::whole, 0};
    case Kind::consonants:
      return {date::same, surname::part, given::consonants, 0};
    case Kind::ends:
      return {date::same, surname::part, given::ends, 0};
    case Kind::vowels:
      return {date::same, surname::part, given::vowels, 0};
    case Kind::home:
      return {date::near, 0, given::first, household};
    case Kind::tail:
      return {date::same, surname::part, given::last_two, 0};
    case Kind::dummy:
    case Kind::bsn:
    case Kind::parent_bsn:
    case Kind::address:
    case Kind::address_alone:
      return {};
  }
  KNOOP_ASSERT(false, "a Kind is made by kind_of or a name in the enumeration only");
  return {};
}

bool first_name_agrees(KindSet matched) {
  return std::ranges::any_of(
      all_kinds(), [&](Kind kind) { return matched.has(kind) && agreement_of(kind).given > given::first; });
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

Weights weigh(KindSet matched) {
  Weights out;
  if (matched.has(Kind::bsn)) out.bsn = 26 * bit;
  if (matched.has(Kind::address))
    out.family += household;
  else if (matched.has(Kind::address_alone))
    out.family += address;
  if (matched.has(Kind::parent_bsn)) out.family += parent;
  Agreement most;
  for (const Kind kind : all_kinds()) {
    if (!matched.has(kind)) continue;
    const Agreement one = agreement_of(kind);
    most.date = std::max(most.date, one.date);
    most.surname = std::max(most.surname, one.surname);
    most.given = std::max(most.given, one.given);
    most.household = std::max(most.household, one.household);
  }
  out.demographic = most.date + most.surname + most.given + most.household;
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
