// How the node's own things look in JSON, wherever they are shown.
#pragma once

#include "node/core/channel.h"
#include "node/core/log_standing.h"
#include "node/core/membership.h"
#include "node/http/body.h"

namespace knoop::http {

[[nodiscard]] Json card_json(const Card& card);
[[nodiscard]] Json convenant_json(const Convenant& convenant, const Membership& membership);
[[nodiscard]] Json peer_json(const Membership& membership, const MemberId& id, const PeerState& state);
/// What the own log's witnesses have confirmed, and what follows: state is in-time, warning, urgent or stopped.
[[nodiscard]] Json standing_json(const LogStanding& standing);

}  // namespace knoop::http
