// What a family said about sharing and what was released on it, for another system (docs/spec/exports.md). Reading it is
// logged in the same transaction (R8.1).
#pragma once

#include <vector>

#include "node/core/context.h"
#include "protocol/consent/consent.h"
#include "storage/exchange_repository.h"

namespace knoop {

struct ConsentExport {
  struct Given {
    storage::Release release;
    std::vector<BasisId> bases;
  };
  std::vector<consent::Consent> consents;
  std::vector<Given> given;  ///< Releases whose key left.
};

/// `purpose`: why; stands in the log.
[[nodiscard]] Result<ConsentExport> export_consents(Context& context, const std::string& client,
                                                    std::string_view purpose = "");

}  // namespace knoop
