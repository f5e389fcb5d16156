// One form for every spelling of a name: the first step from a person to matching identifiers, and the only
// file of Knoop that uses ICU. Two organisations write the same child as "Loïs", "LOIS" and "Loi\u0308s";
// matching compares hashes, so both nodes must reach the same bytes, whatever their locale, keyboard or
// dossier system.
//
// The steps (docs/spec/identifiers.md prints them with examples):
//   1. what is left of a lost letter (bytes that are not UTF-8, '?', U+FFFD, C1 controls) goes; characters newer than
//   Unicode 15.0, which an older node would not know how to fold, become separators;
//   2. NFKD, full case folding (Unicode, not a language's: Turkish İ and I both become i), NFKD again;
//   3. combining marks, apostrophe-like letters and other modifiers go; letters without a decomposition
//   follow the
//      printed table (ł → l, ø → o, æ → ae, ß → ss by folding, ı → i, …);
//   4. letters and digits stay; every other character becomes one of the five separators below; runs of space
//      become one, none at the ends.
//
// There is no transliteration between scripts: ICU's transliterators change with its version, a wrong guess
// would join strangers, and a name kept in its own script still equals itself.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace knoop::matching {

/// Folded text: letters and digits of any script, and the separators ' ' '-' '.' ',' '\''. Idempotent. Never
/// fails: a text without a single letter becomes empty or separators only.
[[nodiscard]] std::string normalise(std::string_view utf8);

/// The code points of a normalised text, for rules that speak of letters (first, last, first three).
[[nodiscard]] std::u32string code_points(std::string_view normalised);
[[nodiscard]] std::string utf8(std::u32string_view letters);

}  // namespace knoop::matching
