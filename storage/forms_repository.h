// What users say of the forms they worked with (R4.5). No client stands in it.
#pragma once

#include "storage/database.h"

namespace knoop::storage {

struct FormFeedback {
  std::string form;
  std::uint16_t version = 1;
  std::uint8_t score = 0;  ///< 1 to 5.
  std::string words;
  std::string by;
  Timestamp at;
};
[[nodiscard]] Result<void> add_form_feedback(Transaction& tx, const FormFeedback& feedback);
/// The newest hundred.
[[nodiscard]] Result<std::vector<FormFeedback>> feedback_on(Transaction& tx, std::string_view form);

}  // namespace knoop::storage
