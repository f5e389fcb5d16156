#include "node/files/audit_export.h"

#include <nlohmann/json.hpp>

namespace knoop {
namespace {

// Ordered, so that the columns of one file stand in one order for whoever reads it by eye.
using Json = nlohmann::ordered_json;

std::string line(const Json& json) {
  return json.dump() + "\n";
}

Json field(const audit::ExportedField& exported) {
  if (const auto* opening = std::get_if<audit::Opening>(&exported))
    return {{"value", opening->value}, {"salt", opening->salt.hex()}};
  const auto& closed = std::get<audit::Closed>(exported);
  Json json{{"commitment", closed.commitment.hex()}};
  if (closed.erased) json["erased"] = true;
  return json;
}

}  // namespace

std::string export_header_line(const AuditExport& audit_export) {
  return line({{"format", "knoop/audit-export/v1"},
               {"origin", audit_export.origin.text()},
               {"card", audit_export.card},
               {"redacted", audit_export.redacted}});
}

std::string export_entry_line(const audit::ExportedEntry& entry) {
  Json fields;
  for (std::size_t i = 0; i < audit::field_count; ++i)
    fields[std::string(audit::all_fields[i].name)] = field(entry.fields[i]);
  return line({{"index", entry.index}, {"leaf", entry.leaf.hex()}, {"fields", std::move(fields)}});
}

std::string export_head_line(const AuditExport& audit_export) {
  Json json{{"checkpoint", audit_export.head}};
  if (!audit_export.witnessed.empty()) json["witnessed"] = audit_export.witnessed;
  return line(json);
}

}  // namespace knoop
