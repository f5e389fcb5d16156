// The lines of an exported log (docs/spec/audit.md, "Export"), as knoop-verify reads them. Each ends in a newline.
#pragma once

#include <string>

#include "node/core/audit_reader.h"

namespace knoop {

[[nodiscard]] std::string export_header_line(const AuditExport& audit_export);
[[nodiscard]] std::string export_entry_line(const audit::ExportedEntry& entry);
[[nodiscard]] std::string export_head_line(const AuditExport& audit_export);

}  // namespace knoop
