#include "protocol/records/involvement.h"

namespace knoop::records {

std::string_view to_string(InvolvementKind kind) {
  return kind == InvolvementKind::signaal ? "signaal" : "ketenregistratie";
}

std::optional<InvolvementKind> involvement_kind_from(std::string_view text) {
  if (text == "ketenregistratie") return InvolvementKind::ketenregistratie;
  if (text == "signaal") return InvolvementKind::signaal;
  return std::nullopt;
}

}  // namespace knoop::records
