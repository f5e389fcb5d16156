// What an organisation decides for itself about consent, within what R3.2 and R3.6 leave open. Kept in the database by version,
// with who set it and when; the newest counts, at the next decision too.
#pragma once

#include "protocol/consent/authority.h"
#include "protocol/consent/ground.h"

namespace knoop::consent {

struct ConsentPolicy {
  AuthorityPolicy authority;
  GroundTerms grounds;

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(self.authority, self.grounds);
  }
  friend bool operator==(const ConsentPolicy&, const ConsentPolicy&) = default;
};

[[nodiscard]] inline Result<void> check_policy(const ConsentPolicy& policy) {
  KNOOP_TRY(check_authority_policy(policy.authority));
  return check_ground_terms(policy.grounds);
}

}  // namespace knoop::consent
