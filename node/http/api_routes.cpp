#include "node/http/api_routes.h"

namespace knoop::http {

Router make_routes() {
  Router router;
  add_status_routes(router);
  add_membership_routes(router);
  return router;
}

}  // namespace knoop::http
