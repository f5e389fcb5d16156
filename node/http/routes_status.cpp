// GET /api/v1/status: whether the node can exchange with the peers it should, without any personal data.
#include "node/http/api_routes.h"
#include "node/http/views.h"

namespace knoop::http {
namespace {

Result<Reply> status(Node& node, Context& context, const Request&) {
  const Membership& membership = context.membership();
  Json out{{"now", context.now.iso()}};
  if (const auto& card = membership.own_card())
    out["member"] = {{"id", card->id}, {"name", card->name}, {"organisationKey", card->member.hex()}};
  if (const auto& convenant = membership.convenant()) {
    out["network"] = membership.network().hex();
    out["convenant"] = {{"number", convenant->number},
                        {"name", convenant->name},
                        {"expires", convenant->expires.iso()},
                        {"inForce", membership.in_force(context.now)}};
  } else {
    out["network"] = nullptr;
    out["convenant"] = nullptr;
  }
  Json peers = Json::array();
  for (const MemberId& id : membership.peers()) {
    KNOOP_LET(state, node.channel().state(context.tx, id));
    peers.push_back(peer_json(membership, id, state));
  }
  out["peers"] = std::move(peers);

  KNOOP_LET(log, node.audit_log().state(context.tx));
  out["log"] = {{"size", log.size}, {"headAt", log.size == 0 ? Json() : Json(log.last_time.iso())}};
  Json troubles = Json::array();
  for (const Error& error : node.troubles())
    troubles.push_back(
        {{"code", to_string(error.code)}, {"side", to_string(error.side)}, {"detail", error.sentence}});
  out["troubles"] = std::move(troubles);
  return Reply{200, std::move(out)};
}

}  // namespace

void add_status_routes(Router& router) {
  router.get("/api/v1/status",
             {Role::administrator, Role::monitor, Role::privacy_officer, Role::team_lead, Role::professional,
              Role::service},
             {}, status);
}

}  // namespace knoop::http
