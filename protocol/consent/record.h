// The rules for recording a consent: who must speak (R3.2, authority.h) and what must be filled in (R3.3). A record that
// passes is stored as it is.
//
// Who calls: consent_service, before it stores. Errors are the user's (bad_value), one sentence each that says what
// to fill in; they name no person. decide() asks authority.h again: a record made long ago does not open what the
// givers may no longer decide.
#pragma once

#include <span>

#include "protocol/consent/authority.h"

namespace knoop::consent {

/// Whether these givers may give this answer for a client of this birth date, today.
[[nodiscard]] Result<void> check_givers(const Consent& consent, const std::optional<Date>& birth,
                                        const Date& today, const AuthorityPolicy& policy);

/// `earlier`: all records of the same client, for `replaces` and for who else spoke.
[[nodiscard]] Result<void> check_consent(const Consent& consent, const std::optional<Date>& birth,
                                         std::span<const Consent> earlier, const AuthorityPolicy& policy);

/// How a consent stands on a day, apart from who asks: what a list of consents shows.
enum class Standing : std::uint8_t {
  in_force = 1,
  not_yet = 2,
  expired = 3,
  used = 4,
  withdrawn = 5,
  replaced = 6,
  outgrown = 7,  ///< Who gave it cannot decide it (alone) any more: ask anew.
};
inline constexpr std::array<Named<Standing>, 7> standings{{{Standing::in_force, "in-force"},
                                                           {Standing::not_yet, "not-yet"},
                                                           {Standing::expired, "expired"},
                                                           {Standing::used, "used"},
                                                           {Standing::withdrawn, "withdrawn"},
                                                           {Standing::replaced, "replaced"},
                                                           {Standing::outgrown, "outgrown"}}};
[[nodiscard]] constexpr std::string_view to_string(Standing value) {
  return name_in(standings, value);
}
/// Whoever recorded it is asked this, so many days before its last one: time to talk with the family, or to let it end.
inline constexpr std::string_view ending_task = "opnieuw bespreken of laten aflopen";
inline constexpr int reminder_days = 28;

[[nodiscard]] Standing standing_of(const Consent& consent, std::span<const Consent> all,
                                   const std::optional<Date>& birth, const AuthorityPolicy& policy,
                                   const Date& today);
/// 1 for a first record, one more than the highest it replaces otherwise.
[[nodiscard]] std::uint32_t version_of(const Consent& consent, std::span<const Consent> all);

}  // namespace knoop::consent
