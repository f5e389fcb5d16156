// Who acts. Every event of the node has one: the log names it (NEN 7513 "gebruiker", "verantwoordelijke gebruiker",
// "rol"), and authorisation asks nothing else.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "crypto/keys.h"

namespace knoop {

/// console.md "Roles": deny by default, so a role that is not named may do nothing.
enum class Role { node, peer, service, professional, team_lead, privacy_officer, administrator, monitor };

[[nodiscard]] std::string_view to_string(Role role);
[[nodiscard]] std::optional<Role> role_from(std::string_view text);

struct Actor {
  Role role = Role::node;
  std::string user;              ///< Account or function, "knoop" for the node itself; never a client's name.
  std::string responsible;       ///< On whose behalf, when that is another.
  std::optional<MemberId> peer;  ///< The member whose frame caused the event.
  std::string source;            ///< "console", "command line", "file", "channel", "timer".

  [[nodiscard]] static Actor node() { return {Role::node, "knoop", "", std::nullopt, "timer"}; }
  [[nodiscard]] static Actor of_peer(const MemberId& member) {
    return {Role::peer, "", "", member, "channel"};
  }
};

}  // namespace knoop
