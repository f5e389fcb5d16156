#include "storage/forms_repository.h"

namespace knoop::storage {

Result<void> add_form_feedback(Transaction& tx, const FormFeedback& feedback) {
  return tx.exec("INSERT INTO form_feedback(form, version, score, words, by, at) VALUES (?, ?, ?, ?, ?, ?)",
                 feedback.form, feedback.version, feedback.score, feedback.words, feedback.by, feedback.at);
}

Result<std::vector<FormFeedback>> feedback_on(Transaction& tx, std::string_view form) {
  std::vector<FormFeedback> out;
  KNOOP_TRY(
      tx.each("SELECT form, version, score, words, by, at FROM form_feedback WHERE form = ? "
              "ORDER BY at DESC, id DESC LIMIT 100",
              form, [&](const Row& row) -> Result<void> {
                out.push_back({row.get<std::string>(0), row.get<std::uint16_t>(1), row.get<std::uint8_t>(2),
                               row.get<std::string>(3), row.get<std::string>(4), row.get<Timestamp>(5)});
                return {};
              }));
  return out;
}

}  // namespace knoop::storage
