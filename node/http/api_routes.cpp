#include "node/http/api_routes.h"

#include "node/http/console.h"
#include "node/http/description.h"
#include "node/http/openid_sign_in.h"

namespace knoop::http {

Router make_routes(const ReadLimits& limits, const std::shared_ptr<OpenId>& openid) {
  Router router;
  add_description_routes(router);
  add_console_routes(router);
  add_status_routes(router);
  add_membership_routes(router);
  add_import_routes(router, limits);
  add_record_routes(router);
  add_match_routes(router);
  add_openings_routes(router);
  add_consent_routes(router);
  add_ground_routes(router);
  add_handover_routes(router);
  add_work_routes(router);
  add_aftercare_routes(router);
  add_professional_routes(router);
  add_view_routes(router);
  add_exchange_routes(router);
  add_attachment_routes(router);
  add_emergency_routes(router);
  add_audit_routes(router);
  add_incarnation_routes(router);
  add_subject_report_routes(router);
  add_rights_routes(router);
  add_export_routes(router);
  add_hint_routes(router);
  add_session_routes(router);
  add_openid_routes(router, openid);
  add_account_routes(router, openid ? std::optional(openid->issuer()) : std::nullopt);
  add_event_routes(router);
  return router;
}

}  // namespace knoop::http
