#include "node/core/actor.h"

#include <array>
#include <utility>

namespace knoop {
namespace {

constexpr std::array<std::pair<Role, std::string_view>, 8> names{{{Role::node, "node"},
                                                                  {Role::peer, "peer"},
                                                                  {Role::service, "service"},
                                                                  {Role::professional, "professional"},
                                                                  {Role::team_lead, "team-lead"},
                                                                  {Role::privacy_officer, "privacy-officer"},
                                                                  {Role::administrator, "administrator"},
                                                                  {Role::monitor, "monitor"}}};

}  // namespace

std::string_view to_string(Role role) {
  for (const auto& [value, text] : names)
    if (value == role) return text;
  return "";
}

std::optional<Role> role_from(std::string_view text) {
  for (const auto& [value, name] : names)
    if (name == text) return value;
  return std::nullopt;
}

}  // namespace knoop
