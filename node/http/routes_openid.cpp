// The ways to sign in, and the one at the organisation's identity provider (openid_sign_in.h).
#include "node/http/api_routes.h"
#include "node/http/openid_page.h"
#include "node/http/openid_sign_in.h"
#include "node/http/roles.h"

namespace knoop::http {

void add_openid_routes(Router& router, const std::shared_ptr<OpenId>& openid) {
  const auto open = [&](std::string pattern, Handler handler) {
    Route route{"GET", std::move(pattern), everybody(), {}, BodyKind::none, std::move(handler)};
    route.open = true;
    return route;
  };
  router.add(open("/api/v1/sign-in-ways", [openid](Node&, Context& context, const Request&) -> Result<Reply> {
    const auto& card = context.membership().own_card();
    return Reply{200,
                 {{"organisation", card ? Json(card->name) : Json(nullptr)},
                  {"password", true},
                  {"openIdConnect", openid ? Json{{"name", openid->name()}} : Json(nullptr)}}};
  }));
  const auto absent = [](Node&, Context&, const Request&) -> Result<Reply> {
    return openid_page(404, {"Aanmelden kan hier niet zo",
                             "Dit knooppunt kent geen identiteitsvoorziening. Meld u aan met een wachtwoord.",
                             "This node has no identity provider. Sign in with a password."});
  };
  Route start = open("/api/v1/session/openid-connect", absent);
  Route callback = open("/api/v1/session/openid-connect/callback", absent);
  callback.query = {"code", "error", "iss", "state"};
  callback.secrets = {"code", "state"};
  callback.more_query = true;
  if (openid) {
    start.handler = [openid](Node&, Context& context, const Request& request) {
      return OpenId::start(openid, context, request);
    };
    callback.handler = [openid](Node&, Context& context, const Request& request) {
      return OpenId::callback(openid, context, request);
    };
  }
  router.add(std::move(start));
  router.add(std::move(callback));
}

}  // namespace knoop::http
