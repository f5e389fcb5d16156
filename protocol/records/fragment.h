// A fragment of a dossier (R4.1): the unit of consent, selection and disclosure. Own fragments and those that peers sent
// are the same kind of thing, and live apart (R4.3).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "crypto/base/time.h"
#include "protocol/category.h"
#include "protocol/codec/codec.h"
#include "protocol/ids.h"
#include "protocol/records/retention.h"

namespace knoop::records {

/// Lengths are bytes of UTF-8. They keep a fragment below a frame and a screen usable.
inline constexpr std::size_t longest_name = 200;
inline constexpr std::size_t longest_short = 32;
inline constexpr std::size_t longest_title = 200;
inline constexpr std::size_t longest_text = 256UL * 1024;
inline constexpr std::size_t longest_fields = 64UL * 1024;
inline constexpr std::size_t most_persons = 16;

/// Whether it happened, or is what the author makes of it (R4.1).
enum class Nature : std::uint8_t { fact = 1, interpretation = 2 };
[[nodiscard]] constexpr bool is_valid(Nature nature) {
  return nature == Nature::fact || nature == Nature::interpretation;
}

/// "feit", "interpretatie".
[[nodiscard]] std::string_view to_string(Nature nature);
[[nodiscard]] std::optional<Nature> nature_from(std::string_view text);

/// How it came into the dossier of the organisation that it belongs to.
enum class Provenance : std::uint8_t { entered = 1, imported = 2 };
[[nodiscard]] constexpr bool is_valid(Provenance provenance) {
  return provenance == Provenance::entered || provenance == Provenance::imported;
}
/// "ingevoerd", "geimporteerd".
[[nodiscard]] std::string_view to_string(Provenance provenance);

/// What an author writes. A text for people and typed fields for forms stand beside each other; one of the two is there.
struct Fragment {
  Category category = Category::person;
  std::string title;
  Nature nature = Nature::fact;
  std::string author;                    ///< The professional who wrote it.
  Date date;                             ///< When it was written.
  std::string text;                      ///< May hold line breaks and tabs, no other control characters.
  std::vector<std::string> persons;      ///< Whom it concerns: "jeugdige", "ouder", a word each.
  std::string source{};                  ///< Who said or saw it; empty: the author.
  std::uint16_t schema = 1;              ///< Version of the category's schema that `content` fits.
  std::string content = "{}";            ///< Typed content, canonical JSON (protocol/fragments/schema.h).
  bool sensitive = false;                ///< More than its category is: a consent must name the category.
  std::optional<Retention> retention{};  ///< None: as is usual for the category.

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(self.category, bounded(self.title, longest_title), self.nature,
            bounded(self.author, longest_name), self.date, bounded(self.text, longest_text),
            bounded(self.persons, most_persons, longest_short), bounded(self.source, longest_name),
            self.schema, bounded(self.content, longest_fields), self.sensitive, self.retention);
  }
  friend bool operator==(const Fragment&, const Fragment&) = default;
};

[[nodiscard]] inline Retention retention_of(const Fragment& fragment) {
  return fragment.retention.value_or(usual_retention(fragment.category));
}

/// True for a word in `persons` that is neither the youth nor a parent or guardian: about whom data may be withheld
/// (R4.2).
[[nodiscard]] bool is_third_person(std::string_view person);

/// The fragment without what it says on third persons, and what was taken out ("text", "persons", paths of fields). Text
/// cannot be told apart: it goes as a whole when the fragment concerns a third person.
struct Redacted {
  Fragment fragment;
  std::vector<std::string> withheld;
};
[[nodiscard]] Redacted without_third_persons(const Fragment& fragment);

}  // namespace knoop::records
