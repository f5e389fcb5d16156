// The rules for recording a consent or a ground: who must speak (R3.2), what must be filled in (R3.3, R3.6). A record
// that passes is stored as it is; decide() then trusts that these rules held on the day it was recorded.
//
// Who calls: consent_service, before it stores. Errors are the user's (bad_value), one sentence each that says what
// to fill in; they name no person.
#pragma once

#include <span>

#include "protocol/consent/consent.h"

namespace knoop::consent {

/// What an organisation decided for itself within R3.2.
struct AgePolicy {
  bool parents_join_from_12_to_15 = true;
};

[[nodiscard]] int age_on(const Date& birth, const Date& day);

/// Whether these givers may answer for a client of this birth date. Without a known birth date the client counts as
/// under 12 and 12 to 15 at once: parents and youth must both be asked, or the exception be written down.
[[nodiscard]] Result<void> check_givers(const std::vector<Giver>& givers, std::string_view exception,
                                        const std::optional<Date>& birth, const Date& today,
                                        const AgePolicy& policy);

/// `earlier`: all records of the same client, for `replaces`.
[[nodiscard]] Result<void> check_consent(const Consent& consent, const std::optional<Date>& birth,
                                         std::span<const Consent> earlier, const AgePolicy& policy);

[[nodiscard]] Result<void> check_ground(const Ground& ground);

}  // namespace knoop::consent
