#include "protocol/records/fragment.h"

namespace knoop::records {

std::string_view to_string(Nature nature) {
  return nature == Nature::fact ? "feit" : "interpretatie";
}

std::optional<Nature> nature_from(std::string_view text) {
  if (text == "feit") return Nature::fact;
  if (text == "interpretatie") return Nature::interpretation;
  return std::nullopt;
}

}  // namespace knoop::records
