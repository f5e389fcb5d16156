#include "node/files/audit_csv.h"

namespace knoop {
namespace {

std::string cell(std::string_view text) {
  std::string out = "\"";
  if (!text.empty() && std::string_view("=+-@\t\r").find(text.front()) != std::string_view::npos) out += '\'';
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + "\"";
}

}  // namespace

std::string audit_csv_header() {
  std::string out;
  for (const audit::FieldName& field : audit::all_fields) out += std::string(field.name) + ";";
  return out + "leaf\r\n";
}

std::string audit_csv_line(const audit::ExportedEntry& entry) {
  std::string out;
  for (const audit::ExportedField& field : entry.fields) {
    const auto* opening = std::get_if<audit::Opening>(&field);
    if (opening && !opening->value.empty()) out += cell(opening->value);
    out += ';';
  }
  return out + entry.leaf.hex() + "\r\n";
}

}  // namespace knoop
