// Every route of the API, by noun. One function a file, so that a reader finds what can be asked about a noun.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "node/files/csv_reader.h"
#include "node/http/router.h"

namespace knoop::http {

class OpenId;

/// `limits` are those of uploaded files; `openid` is null where nobody signs in at an identity provider.
[[nodiscard]] Router make_routes(const ReadLimits& limits, const std::shared_ptr<OpenId>& openid = nullptr);

void add_status_routes(Router& router);
void add_membership_routes(Router& router);
void add_import_routes(Router& router, const ReadLimits& limits);
void add_record_routes(Router& router);
void add_match_routes(Router& router);
void add_openings_routes(Router& router);
void add_consent_routes(Router& router);
void add_ground_routes(Router& router);
void add_exchange_routes(Router& router);
void add_attachment_routes(Router& router);
void add_emergency_routes(Router& router);
void add_handover_routes(Router& router);
void add_work_routes(Router& router);
void add_aftercare_routes(Router& router);
void add_professional_routes(Router& router);
void add_view_routes(Router& router);
void add_audit_routes(Router& router);
void add_incarnation_routes(Router& router);
void add_hint_routes(Router& router);
void add_session_routes(Router& router);
void add_openid_routes(Router& router, const std::shared_ptr<OpenId>& openid);
/// `issuer`: the identity provider whose people may have an account.
void add_account_routes(Router& router, const std::optional<std::string>& issuer = std::nullopt);
void add_event_routes(Router& router);
void add_subject_report_routes(Router& router);
void add_rights_routes(Router& router);
void add_export_routes(Router& router);

}  // namespace knoop::http
