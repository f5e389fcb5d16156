// Groups of roles that routes name (console.md "Roles"): an administrator sees no client, a privacy officer no dossier,
// a monitor statuses only.
#pragma once

#include <vector>

#include "node/core/actor.h"

namespace knoop::http {

/// Whoever has an account.
[[nodiscard]] inline std::vector<Role> everybody() {
  return {Role::administrator, Role::monitor,      Role::privacy_officer,
          Role::team_lead,     Role::professional, Role::service};
}
/// Who works with clients.
[[nodiscard]] inline std::vector<Role> care() {
  return {Role::professional, Role::team_lead};
}
/// Who works with clients, or answers for how it was done.
[[nodiscard]] inline std::vector<Role> care_and_privacy() {
  return {Role::professional, Role::team_lead, Role::privacy_officer};
}
/// Who answers for what the node does with other members, without seeing a client for it.
[[nodiscard]] inline std::vector<Role> overseers() {
  return {Role::administrator, Role::privacy_officer};
}
/// Who feeds records in without seeing them: an import shows counts and rule numbers, never a value.
[[nodiscard]] inline std::vector<Role> feeders() {
  return {Role::administrator, Role::service};
}

}  // namespace knoop::http
