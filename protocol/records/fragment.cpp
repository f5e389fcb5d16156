#include "protocol/records/fragment.h"

#include <algorithm>
#include <array>

#include "protocol/fragments/schema.h"

namespace knoop::records {

std::string_view to_string(Nature nature) {
  return nature == Nature::fact ? "feit" : "interpretatie";
}

std::optional<Nature> nature_from(std::string_view text) {
  if (text == "feit") return Nature::fact;
  if (text == "interpretatie") return Nature::interpretation;
  return std::nullopt;
}

std::string_view to_string(Provenance provenance) {
  return provenance == Provenance::entered ? "ingevoerd" : "geimporteerd";
}

bool is_third_person(std::string_view person) {
  constexpr std::array<std::string_view, 9> own{
      "jeugdige", "ouder", "ouders", "moeder", "vader", "voogd", "gezaghebbende", "gezaghebbenden", "client"};
  return std::ranges::find(own, person) == own.end();
}

Redacted without_third_persons(const Fragment& fragment) {
  Redacted out{fragment, {}};
  auto fields = fragments::without_third_persons(fragment.category, fragment.schema, fragment.content);
  out.fragment.content = std::move(fields.fields);
  out.withheld = std::move(fields.withheld);
  if (std::erase_if(out.fragment.persons, is_third_person) > 0) {
    out.withheld.emplace_back("persons");
    if (!out.fragment.text.empty()) {
      out.withheld.emplace_back("text");
      out.fragment.text.clear();
    }
  }
  return out;
}

}  // namespace knoop::records
