#include "protocol/matching/normalise.h"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/uversion.h>

#include <algorithm>
#include <array>
#include <utility>

#include "crypto/base/assert.h"

namespace knoop::matching {
namespace {

// The rules name one version of Unicode: another would fold some names otherwise, and matches would fail in silence. The
// library is asked again when it is used, since the one that runs need not be the one we were built with.
static_assert(std::string_view(U_UNICODE_VERSION) == "15.0",
              "docs/spec/identifiers.md names Unicode 15.0, ICU 72");

bool library_has_unicode_15() {
  UVersionInfo version;
  u_getUnicodeVersion(version);
  return version[0] == 15 && version[1] == 0;
}

// Letters that Unicode does not decompose although Dutch dossiers hold them with and without their stroke.
// The right side is how a keyboard without them writes the name. Sorted by the left side, after case folding.
constexpr std::array<std::pair<char32_t, std::string_view>, 18> plain_letters{{
    {U'\u00e6', "ae"},  // æ
    {U'\u00f0', "d"},   // ð
    {U'\u00f8', "o"},   // ø
    {U'\u00fe', "th"},  // þ
    {U'\u0111', "d"},   // đ
    {U'\u0127', "h"},   // ħ
    {U'\u0131', "i"},   // ı
    {U'\u0138', "k"},   // ĸ
    {U'\u0142', "l"},   // ł
    {U'\u014b', "n"},   // ŋ
    {U'\u0153', "oe"},  // œ
    {U'\u0167', "t"},   // ŧ
    {U'\u0180', "b"},   // ƀ
    {U'\u0253', "b"},   // ɓ
    {U'\u0256', "d"},   // ɖ
    {U'\u0257', "d"},   // ɗ
    {U'\u0259', "e"},   // ə
    {U'\u0268', "i"},   // ɨ
}};
static_assert(std::ranges::is_sorted(plain_letters, {}, &std::pair<char32_t, std::string_view>::first));

std::string_view plain(char32_t letter) {
  const auto* const found =
      std::ranges::lower_bound(plain_letters, letter, {}, [](const auto& row) { return row.first; });
  return found != plain_letters.end() && found->first == letter ? found->second : std::string_view{};
}

// Characters newer than this would fold on one node and not on another with an older ICU.
bool known(UChar32 character) {
  UVersionInfo age;
  u_charAge(character, age);
  return age[0] >= 1 && age[0] <= 15 && !(age[0] == 15 && age[1] > 0);
}

// What is left of a letter that some system could not write: Y?lmaz, Bj\ufffdrn, the halves of a letter in a wrong encoding.
// Without it the name is one letter short, which the rules for slips cover; with a space it would be two names.
bool is_lost_letter(UChar32 character) {
  return character == U'?' || character == U'\ufffd' || (character >= 0x80 && character <= 0x9f);
}

bool is_apostrophe(UChar32 character) {
  switch (character) {
    case U'\'':
    case U'`':
    case U'\u00b4':
    case U'\u02b9':
    case U'\u02bb':
    case U'\u02bc':
    case U'\u02bd':
    case U'\u0374':
    case U'\u1fef':
    case U'\u1ffd':
    case U'\u2018':
    case U'\u2019':
    case U'\u201b':
    case U'\u2032':
      return true;
    default:
      return false;
  }
}

icu::UnicodeString decompose(const icu::UnicodeString& text) {
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* nfkd = icu::Normalizer2::getNFKDInstance(status);
  KNOOP_ASSERT(U_SUCCESS(status) && nfkd != nullptr, "ICU carries its normalisation data inside its library");
  icu::UnicodeString out = nfkd->normalize(text, status);
  KNOOP_ASSERT(U_SUCCESS(status), "normalisation fails only for want of memory");
  return out;
}

// Drops lost letters (bytes that are not UTF-8 come as U+FFFD), parts what ICU must not fold (unknown characters) and settles
// apostrophes before NFKD turns some into spaces.
icu::UnicodeString prepare(std::string_view text) {
  const auto in = icu::UnicodeString::fromUTF8({text.data(), static_cast<std::int32_t>(text.size())});
  icu::UnicodeString out;
  for (std::int32_t i = 0; i < in.length(); i = in.moveIndex32(i, 1)) {
    const UChar32 character = in.char32At(i);
    if (is_lost_letter(character)) continue;
    out.append(is_apostrophe(character) ? UChar32{U'\''} : known(character) ? character : UChar32{U' '});
  }
  return out;
}

char separator(UChar32 character) {
  if (character == U'.' || character == U',' || character == U'\'') return static_cast<char>(character);
  return u_charType(character) == U_DASH_PUNCTUATION || character == U'\u2212' ? '-' : ' ';
}

bool is_mark(UChar32 character) {
  return (U_MASK(u_charType(character)) & (U_GC_M_MASK | U_GC_CF_MASK | U_GC_LM_MASK | U_GC_SK_MASK)) != 0;
}

}  // namespace

std::string normalise(std::string_view text) {
  static const bool right = library_has_unicode_15();
  KNOOP_ASSERT(right, "the installed ICU must be that of Unicode 15.0 (ICU 72)");
  constexpr std::size_t longest = 4096;  // No name is; ICU's 32-bit lengths must not be reached.
  icu::UnicodeString folded = decompose(prepare(text.substr(0, longest)));
  folded.foldCase(U_FOLD_CASE_DEFAULT);
  folded = decompose(folded);

  std::string out;
  for (std::int32_t i = 0; i < folded.length(); i = folded.moveIndex32(i, 1)) {
    const UChar32 character = folded.char32At(i);
    if (is_mark(character)) continue;
    if (const auto replacement = plain(static_cast<char32_t>(character)); !replacement.empty()) {
      out += replacement;
    } else if (u_isalpha(character) != 0 || u_isdigit(character) != 0) {
      icu::UnicodeString(character).toUTF8String(out);
    } else if (const char kept = separator(character); kept != ' ') {
      out += kept;
    } else if (!out.empty() && out.back() != ' ') {
      out += ' ';
    }
  }
  if (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

std::u32string code_points(std::string_view normalised) {
  const auto text =
      icu::UnicodeString::fromUTF8({normalised.data(), static_cast<std::int32_t>(normalised.size())});
  std::u32string out;
  for (std::int32_t i = 0; i < text.length(); i = text.moveIndex32(i, 1))
    out += static_cast<char32_t>(text.char32At(i));
  return out;
}

std::string utf8(std::u32string_view letters) {
  std::string out;
  for (const char32_t letter : letters) icu::UnicodeString(static_cast<UChar32>(letter)).toUTF8String(out);
  return out;
}

}  // namespace knoop::matching
