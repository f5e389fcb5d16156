// The verbs around fragments beyond listing them: writing, asking and answering, receipts, forms.
#pragma once

#include "tools/knoop/verbs.h"

namespace knoop::cli {

void add_fragment_writing_verbs(CLI::App& fragment, Program& program);  ///< Below `knoop fragment`.
void add_form_verbs(CLI::App& app, Program& program);
void add_request_verbs(CLI::App& app, Program& program);  ///< request, receipt

/// What a preview or an answer says: decisions, and of a preview every fragment that would leave.
[[nodiscard]] std::string release_text(const Json& answer);

}  // namespace knoop::cli
