// A fragment of this organisation's own dossier (R4.1): the unit of consent, selection and disclosure. Fragments that
// peers sent live elsewhere, apart from these (R4.3).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "crypto/base/time.h"
#include "protocol/category.h"
#include "protocol/ids.h"

namespace knoop::records {

/// Whether it happened, or is what the author makes of it (R4.1).
enum class Nature : std::uint8_t { fact = 1, interpretation = 2 };

/// "feit", "interpretatie".
[[nodiscard]] std::string_view to_string(Nature nature);
[[nodiscard]] std::optional<Nature> nature_from(std::string_view text);

struct Fragment {
  Category category = Category::person;
  std::string title;
  Nature nature = Nature::fact;
  std::string author;                ///< The professional who wrote it.
  Date date;                         ///< When it was written.
  std::string text;                  ///< May hold line breaks and tabs, no other control characters.
  std::vector<std::string> persons;  ///< Whom it concerns: "jeugdige", "ouder", a word each.

  friend bool operator==(const Fragment&, const Fragment&) = default;
};

}  // namespace knoop::records
