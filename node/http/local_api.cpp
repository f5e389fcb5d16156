#include "node/http/local_api.h"

#include <algorithm>

#include "node/http/api_routes.h"
#include "node/http/problem.h"

namespace knoop::http {
namespace {

Result<Reply> call(Node& node, const Actor& actor, Timestamp now, std::string_view method,
                   std::string_view target_text, std::string_view body) {
  Router router;
  add_membership_routes(router);
  KNOOP_LET(target, parse_target(target_text));
  const auto found = router.find(method, target);
  if (!found || found->route == nullptr)
    return fail(ErrorCode::not_found, Side::user, "the API has no such address");
  if (std::ranges::find(found->route->roles, actor.role) == found->route->roles.end())
    return fail(ErrorCode::forbidden, Side::user, "the role {} may not do this", to_string(actor.role));
  Request request{found->params, target.query, {}, {}};
  if (found->route->body == BodyKind::json) {
    KNOOP_LET(json, parse_body(body));
    request.body = std::move(json);
  } else if (found->route->body == BodyKind::bytes) {
    request.raw = to_bytes(body);
  }
  const auto reply = node.command<Reply>(
      actor, now, [&](Context& context) { return invoke(*found->route, node, context, request); });
  KNOOP_TRY(node.flush(now));
  return reply;
}

}  // namespace

Answer call_locally(Node& node, const Actor& actor, Timestamp now, std::string_view method,
                    std::string_view target, std::string_view body) {
  const Result<Reply> reply = call(node, actor, now, method, target, body);
  if (!reply) {
    const unsigned status = status_of(reply.error());
    return {status, "application/problem+json", problem_text(reply.error(), status)};
  }
  return {reply->status, "application/json",
          reply->body.dump(-1, ' ', false, Json::error_handler_t::replace)};
}

}  // namespace knoop::http
