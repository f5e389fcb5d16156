// What other systems in care read (docs/spec/exports.md): HL7 FHIR R4 (4.0.1) resources as JSON, one a line. AuditEvent for an entry of the log, by the
// profiles of IHE Basic Audit Log Patterns (BALP) where one fits; Consent for what a family said; Provenance for a release.
//
// References are logical (identifiers, never addresses): no server of ours answers them. A redacted AuditEvent names no person: its
// patient is "not shown". Nothing of a fragment's content stands in any of them.
#pragma once

#include <functional>
#include <string>

#include "node/core/consent_export.h"
#include "protocol/audit/exported.h"
#include "protocol/audit/origin.h"
#include "protocol/consent/consent.h"

namespace knoop {

/// What resources say about organisations: the name of a member.
using NameOf = std::function<std::string(const MemberId&)>;

/// Ends in a newline, as the others do.
[[nodiscard]] std::string fhir_audit_event(const audit::LogOrigin& origin, const audit::ExportedEntry& entry,
                                           const NameOf& name_of);
[[nodiscard]] std::string fhir_consent(const MemberId& self, const consent::Consent& consent,
                                       const NameOf& name_of);
/// Of a release that both signed for; empty when there is no receipt.
[[nodiscard]] std::string fhir_provenance(const MemberId& self, const storage::Release& release,
                                          const std::vector<BasisId>& bases, const NameOf& name_of);

}  // namespace knoop
