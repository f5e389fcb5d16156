// The three views of an own client (R2.8): where known, who signalled, who coordinates.
#include "node/core/client_views.h"
#include "node/core/membership.h"
#include "node/http/api_routes.h"
#include "node/http/roles.h"

namespace knoop::http {
namespace {

Json peer_or_own(const Context& context, const std::optional<MemberId>& peer) {
  return peer ? Json(context.membership().slug(*peer)) : Json();
}

Result<Reply> show(Node&, Context& context, const Request& request) {
  KNOOP_LET(views, client_views(context, request.param("ref"), request.query_value("purpose").value_or("")));
  Json where = Json::array();
  for (const KnownWhere& one : views.where)
    where.push_back({{"peer", context.membership().slug(one.peer)},
                     {"how", one.how},
                     {"id", one.id},
                     {"since", one.since.iso()},
                     {"contact", one.contact},
                     {"mayShare", one.may_share},
                     {"state", one.state.empty() ? Json() : Json(one.state)}});
  Json signalled = Json::array();
  for (const Signalled& one : views.signalled)
    signalled.push_back({{"peer", peer_or_own(context, one.peer)},
                         {"kind", one.kind ? Json(records::to_string(*one.kind)) : Json()},
                         {"name", one.professional.name},
                         {"function", one.professional.function},
                         {"phone", one.professional.phone},
                         {"email", one.professional.email},
                         {"since", one.since.iso()},
                         {"until", one.until ? Json(one.until->iso()) : Json()}});
  Json coordinates;
  if (const auto& one = views.coordinates)
    coordinates = {{"peer", peer_or_own(context, one->peer)},
                   {"professional", one->professional.empty() ? Json() : Json(one->professional)},
                   {"handover", one->handover.hex()},
                   {"state", one->state}};
  return Reply{200,
               {{"where", std::move(where)},
                {"signalled", std::move(signalled)},
                {"coordinates", std::move(coordinates)}}};
}

}  // namespace

void add_view_routes(Router& router) {
  router.get("/api/v1/clients/{ref}/views", care(), {"purpose"}, show);
}

}  // namespace knoop::http
