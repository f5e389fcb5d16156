// Consents and releases of one client for other systems, as FHIR resources (docs/spec/exports.md).
#include "node/core/consent_export.h"
#include "node/core/subject_report.h"
#include "node/files/fhir_export.h"
#include "node/http/api_routes.h"
#include "node/http/roles.h"

namespace knoop::http {
namespace {

Result<Reply> consents(Node&, Context& context, const Request& request) {
  KNOOP_LET(found, export_consents(context, request.param("ref")));
  const Membership& membership = context.membership();
  const NameOf name_of = [&](const MemberId& member) { return organisation_name(membership, member); };
  std::string lines;
  for (const consent::Consent& one : found.consents) lines += fhir_consent(membership.self(), one, name_of);
  for (const ConsentExport::Given& one : found.given)
    lines += fhir_provenance(membership.self(), one.release, one.bases, name_of);
  return Reply{
      200,
      {{"lines", std::move(lines)}, {"consents", found.consents.size()}, {"releases", found.given.size()}}};
}

}  // namespace

void add_export_routes(Router& router) {
  router.get("/api/v1/clients/{ref}/consent-export", care_and_privacy(), {}, consents);
}

}  // namespace knoop::http
