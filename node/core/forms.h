// Forms filled from fragments (R4.4, R4.5): what is in our own dossier and what came and is still readable stands in its
// field, with whose it is; what is required and nowhere is named, so that it is asked once and of the right person.
//
// Filling a form reads dossiers: every fragment that is used is a logged read. Feedback on a form names no client.
#pragma once

#include "node/core/exchange_service.h"
#include "protocol/fragments/forms.h"
#include "storage/forms_repository.h"

namespace knoop {

struct FilledForm {
  const forms::Form* form = nullptr;
  forms::Filled filled;
};
/// not_found for an unknown form, version or client.
[[nodiscard]] Result<FilledForm> fill_form(Context& context, ExchangeService& exchange,
                                           const std::string& client, std::string_view form,
                                           std::uint16_t version);

/// How a form served whoever used it: 1 (not) to 5 (well), and words, which must name no client.
[[nodiscard]] Result<void> give_form_feedback(Context& context, std::string_view form, std::uint16_t version,
                                              std::uint8_t score, const std::string& words);
[[nodiscard]] Result<std::vector<storage::FormFeedback>> form_feedback(Context& context,
                                                                       std::string_view form);

}  // namespace knoop
