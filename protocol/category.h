// The categories (rubrieken) of dossier fragments: X(enumerator, number, sensitive, "code", "Dutch label").
// Codes are Knoop's own, mapped to the Basisdataset JGZ 4.2.0 in docs/spec/fragments.md; a number or code is never
// changed and never used again.
//
// A sensitive category needs to be named in a consent: "everything" never covers it (docs/spec/consent.md). An
// attachment is as sensitive as the fragment it belongs to; one that belongs to none is treated as sensitive.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace knoop {

#define KNOOP_CATEGORIES(X)                                             \
  X(person, 1, false, "F01", "Persoon en contact")                      \
  X(authority, 2, false, "F02", "Gezag en gezin")                       \
  X(involved, 3, false, "F03", "Betrokkenen")                           \
  X(school, 4, false, "F04", "School en opvang")                        \
  X(reason, 5, false, "F05", "Aanleiding en hulpvraag")                 \
  X(concerns, 6, true, "F06", "Zorgen per leefgebied")                  \
  X(strengths, 7, false, "F07", "Krachten en netwerk")                  \
  X(health, 8, true, "F08", "Ontwikkeling en gezondheid, samenvatting") \
  X(burden, 9, false, "F09", "Draaglast en draagkracht")                \
  X(help, 10, false, "F10", "Ingezette hulp en resultaat")              \
  X(safety, 11, true, "F11", "Veiligheid")                              \
  X(reporting_code, 12, true, "F12", "Meldcode en Veilig Thuis")        \
  X(measures, 13, true, "F13", "Maatregelen")                           \
  X(absence, 14, false, "F14", "Verzuim en onderwijs")                  \
  X(plan, 15, false, "F15", "Plan en afspraken")                        \
  X(conclusion, 16, false, "F16", "Conclusie en vervolg")               \
  X(views, 17, false, "F17", "Zienswijze jeugdige en ouders")           \
  X(attachments, 18, true, "F18", "Bijlagen")

enum class Category : std::uint8_t {
#define KNOOP_ENUMERATOR(name, number, sensitive, code, label) name = number,
  KNOOP_CATEGORIES(KNOOP_ENUMERATOR)
#undef KNOOP_ENUMERATOR
};

struct CategoryFacts {
  Category category;
  bool sensitive;
  std::string_view code;
  std::string_view label;
};

inline constexpr std::array all_categories{
#define KNOOP_NAMED(name, number, sensitive, code, label) \
  CategoryFacts{Category::name, sensitive, code, label},
    KNOOP_CATEGORIES(KNOOP_NAMED)
#undef KNOOP_NAMED
};

[[nodiscard]] constexpr bool is_valid(Category category) {
  return static_cast<std::uint8_t>(category) >= 1 &&
         static_cast<std::uint8_t>(category) <= all_categories.size();
}
[[nodiscard]] constexpr const CategoryFacts& facts(Category category) {
  return all_categories.at(static_cast<std::size_t>(category) - 1);
}
[[nodiscard]] constexpr std::string_view to_string(Category category) {
  return facts(category).code;
}
[[nodiscard]] constexpr std::optional<Category> category_from(std::string_view code) {
  for (const CategoryFacts& known : all_categories)
    if (known.code == code) return known.category;
  return std::nullopt;
}

}  // namespace knoop
