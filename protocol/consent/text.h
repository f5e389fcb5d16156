// The explanation that is shown, read aloud or signed before somebody consents (R3.3). A consent names the version and the
// hash of the words, so that years later it is still certain what was explained; a version never changes.
//
// Two Dutch texts come with Knoop, for parents and for youths. An organisation may add its own. A text is plain UTF-8
// with {placeholders}: what this one consent is about. Without facts a placeholder prints as a line to write on.
//
// Refused is a text that does not name to whom, what, for what and until when, or that does not say "intrekken": without
// these nobody consented to anything (R3.3, "told that withdrawal is possible").
#pragma once

#include <span>

#include "protocol/consent/consent.h"

namespace knoop::consent {

/// A printed page or two.
inline constexpr std::size_t max_text_bytes = 16UL * 1024;

struct ConsentText {
  std::string version;  ///< "2026-1": 1 to 50 of a-z, 0-9, '-', '.'.
  std::string body;

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(bounded(self.version, 50), bounded(self.body, max_text_bytes));
  }
};

/// Those that come with Knoop. A version that was once here keeps its words for ever: the tests hold their hashes.
[[nodiscard]] std::span<const ConsentText> built_in_texts();

/// SHA-256("knoop/v1/consent-text" ‖ 0x00 ‖ version ‖ 0x00 ‖ body).
[[nodiscard]] Hash256 hash_of(const ConsentText& text);

[[nodiscard]] Result<void> check_text(const ConsentText& text);

/// What stands at the placeholders; an empty one prints as a line.
struct TextFacts {
  std::string organisation;  ///< {organisatie}
  std::string recipient;     ///< {ontvanger}
  std::string purpose;       ///< {doel}
  std::string categories;    ///< {rubrieken}, one a line
  std::string exclusions;    ///< {uitgezonderd}
  std::string period;        ///< {periode}
};
/// Purpose, categories, exclusions and period of a consent, in Dutch; names of organisations are the caller's.
[[nodiscard]] TextFacts facts_of(const Consent& consent);

/// The text with its facts, and below it lines to sign on, the version and the hash.
[[nodiscard]] std::string print(const ConsentText& text, const TextFacts& facts);

/// "een warme overdracht".
[[nodiscard]] std::string_view dutch(Purpose purpose);
/// "1 juni 2027".
[[nodiscard]] std::string dutch(const Date& day);
/// How a text calls who spoke: by name, or "de jeugdige zelf" when only the capacity was recorded.
[[nodiscard]] std::string_view dutch(const Giver& giver);

}  // namespace knoop::consent
