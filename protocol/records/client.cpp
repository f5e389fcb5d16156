#include "protocol/records/client.h"

namespace knoop::records {

char to_letter(Gender gender) {
  switch (gender) {
    case Gender::male:
      return 'M';
    case Gender::female:
      return 'V';
    case Gender::other:
      return 'X';
    case Gender::unknown:
      break;
  }
  return 'O';
}

std::optional<Gender> gender_from(std::string_view letter) {
  if (letter.empty() || letter == "O") return Gender::unknown;
  if (letter == "M") return Gender::male;
  if (letter == "V") return Gender::female;
  if (letter == "X") return Gender::other;
  return std::nullopt;
}

}  // namespace knoop::records
