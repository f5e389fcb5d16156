// Mappings of imports as JSON: what a request holds, and what lies in the database.
//
//   {"otherColumns": "refuse", "clients": [{"field": "geslacht", "column": "Sekse", "values": [{"from": "Man", "to": "M"}]}]}
//
// Lists instead of names that a mapping makes up, so that the description can say what may stand where.
#pragma once

#include "node/files/import_mapping.h"
#include "node/http/body.h"

namespace knoop::http {

/// Reads the fields of a mapping from `body`; mistakes are noted there, and the caller finishes.
[[nodiscard]] ImportMapping mapping_from(BodyReader& body);
[[nodiscard]] Json mapping_json(const ImportMapping& mapping);

}  // namespace knoop::http
