// The API's own description: the OpenAPI document, as tools/openapi made it of docs/openapi.yaml when this program was built, and a page
// that shows it. Neither holds anything of this organisation, so whoever may connect may read them.
//
// The page asks this node for its script, its style and the document, and nobody else for anything; its policy (CSP) allows no more,
// and no script inside the page.
#pragma once

#include <span>
#include <string_view>

#include "node/http/router.h"

namespace knoop::http {

/// A file that was compiled in.
struct DescriptionFile {
  std::string_view name;
  std::string_view text;
};
[[nodiscard]] std::span<const DescriptionFile> description_files();

/// As JSON.
[[nodiscard]] std::string_view openapi_document();

/// /openapi.json, also below /api/v1 where the Dutch API Design Rules look for it, and /docs.
void add_description_routes(Router& router);

}  // namespace knoop::http
