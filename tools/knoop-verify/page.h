// The one page that `knoop-verify --report` writes: what was checked, what was found and what that means, in Dutch, for a
// privacy officer's file. As text, or as HTML that prints on one A4. Names in it come from a convenant or a card.
#pragma once

#include "tools/knoop-verify/verify.h"

namespace knoop::verifier {

/// What a finding means, for somebody who knows no hash: closed, one for each code.
[[nodiscard]] std::string_view dutch(audit::FindingCode code);

/// `now` is printed as the moment of the check.
[[nodiscard]] std::string page_text(const std::vector<Report>& reports, Timestamp now);
[[nodiscard]] std::string page_html(const std::vector<Report>& reports, Timestamp now);

}  // namespace knoop::verifier
