#include "protocol/matching/normalise.h"

#include <rapidcheck/catch.h>
#include <unicode/locid.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <catch2/catch.hpp>
#include <clocale>
#include <fstream>
#include <sstream>

namespace knoop::matching {
namespace {

// Letters of names with their marks, spaces, dashes and apostrophes of all kinds, in any mixture.
rc::Gen<std::u32string> any_name() {
  const auto between = [](std::uint32_t first, std::uint32_t last) {
    return rc::gen::map(rc::gen::inRange(first, last + 1), [](std::uint32_t c) { return char32_t{c}; });
  };
  return rc::gen::container<std::u32string>(rc::gen::weightedOneOf<char32_t>({{6, between('A', 'z')},
                                                                              {4, between(0xc0, 0x24f)},
                                                                              {2, between(0x300, 0x36f)},
                                                                              {2, between(0x1e00, 0x1eff)},
                                                                              {1, between(0x370, 0x6ff)},
                                                                              {1, between(0x2010, 0x2019)}}));
}

icu::UnicodeString unicode(const std::u32string& text) {
  icu::UnicodeString out;
  for (const char32_t c : text) out.append(static_cast<UChar32>(c));
  return out;
}

std::string with_form(const icu::Normalizer2* form, const std::u32string& text) {
  UErrorCode status = U_ZERO_ERROR;
  std::string out;
  form->normalize(unicode(text), status).toUTF8String(out);
  REQUIRE(U_SUCCESS(status));
  return out;
}

const icu::Normalizer2* form(const icu::Normalizer2* (*instance)(UErrorCode&)) {
  UErrorCode status = U_ZERO_ERROR;
  const auto* const out = instance(status);
  REQUIRE(U_SUCCESS(status));
  return out;
}

TEST_CASE("the Unicode of the specification is the one that runs") {
  UVersionInfo version;
  u_getUnicodeVersion(version);
  CHECK(version[0] == 15);
  CHECK(version[1] == 0);
}

TEST_CASE("composed, decomposed and stripped forms of one name are equal") {
  const auto* const nfc = form(&icu::Normalizer2::getNFCInstance);
  const auto* const nfd = form(&icu::Normalizer2::getNFDInstance);
  const auto* const nfkc = form(&icu::Normalizer2::getNFKCInstance);
  rc::prop("NFC and NFD", [&] {
    const auto name = *any_name();
    const auto folded = normalise(utf8(name));
    RC_ASSERT(normalise(with_form(nfc, name)) == folded);
    RC_ASSERT(normalise(with_form(nfd, name)) == folded);
  });
  rc::prop("compatibility forms, where no apostrophe is one", [&] {
    auto name = *any_name();
    std::erase_if(name, [](char32_t c) {
      return c == U'\u00b4' || c == U'\u0149' || c == U'\u2019' || (c >= 0x2b0 && c <= 0x2ff);
    });
    RC_ASSERT(normalise(with_form(nfkc, name)) == normalise(utf8(name)));
  });
  rc::prop("diacritics lost", [&] {
    auto decomposed = code_points(with_form(nfd, *any_name()));
    const auto with = normalise(utf8(decomposed));
    // The iota that stands below a Greek vowel is a mark that folds to a letter.
    std::erase_if(decomposed, [](char32_t c) {
      return u_charType(static_cast<UChar32>(c)) == U_NON_SPACING_MARK && c != U'\u0345';
    });
    RC_ASSERT(normalise(utf8(decomposed)) == with);
  });
  rc::prop("upper, lower and title case of Dutch letters", [] {
    const auto name = *rc::gen::container<std::u32string>(rc::gen::elementOf(std::u32string(
        U"abcdefghijklmnopqrstuvwxyzàáâãäåæçèéêëìíîïðñòóôõöøùúûüýþāăąćčďđēėęěğıĳłńňőœřśşšţťūůűźżž")));
    std::string upper;
    unicode(name).toUpper(icu::Locale::getRoot()).toUTF8String(upper);
    RC_ASSERT(normalise(upper) == normalise(utf8(name)));
  });
}

TEST_CASE("the specification's table of letters is the code's") {
  std::ifstream file(std::string(KNOOP_TEST_DIR) + "/../docs/spec/identifiers.md");
  std::vector<std::string> rows;
  for (std::string line; std::getline(file, line);)
    if (line.rfind("   | ", 0) == 0) rows.push_back(line);
  REQUIRE(rows.size() == 2);  // the letters, and what they become
  std::istringstream left(rows[0]);
  std::istringstream right(rows[1]);
  int letters = 0;
  for (std::string from, to; left >> from && right >> to;) {
    if (from == "|") continue;
    CAPTURE(from);
    CHECK(normalise(from) == to);
    ++letters;
  }
  CHECK(letters == 18);
  // No other letter of the Latin blocks that stays itself is missing by mistake: those that do are of other languages' alphabets.
  CHECK(normalise("ß ẞ ĳ ŉ ſ") == "ss ss ij n s");
}

TEST_CASE("spellings of one name fold to one form") {
  CHECK(normalise("Loïs") == "lois");
  CHECK(normalise("LOI\u0308S") == "lois");
  CHECK(normalise("Łukasz Ødegård") == "lukasz odegard");
  CHECK(normalise("Đorđević") == "dordevic");
  CHECK(normalise("Þórður Guðmundsdóttir") == "thordur gudmundsdottir");
  CHECK(normalise("Strauß, Æbelø, Œuvre") == "strauss, aebelo, oeuvre");
  CHECK(normalise("Yılmaz") == "yilmaz");
  CHECK(normalise("İpek") == "ipek");
  CHECK(normalise("ĲSBRAND") == "ijsbrand");
  CHECK(normalise("ﬃ Ａｎｎａ") == "ffi anna");
}

TEST_CASE("punctuation keeps only what the rules of names need") {
  CHECK(normalise("  O\u2019Brien \t-  d\u00b4Arc ") == "o'brien - d'arc");
  CHECK(normalise("Saʿid") == "said");
  CHECK(normalise("van\u00a0Dam\u2013Bos") == "van dam-bos");
  CHECK(normalise("J.P. (Jan)") == "j.p. jan");
  CHECK(normalise("co\u00adoper") == "cooper");
  CHECK(normalise("").empty());
  CHECK(normalise("\U0001F600").empty());
}

TEST_CASE("what is left of a lost letter goes, and nothing fails") {
  CHECK(normalise("a\xff\xfe"
                  "b") == "ab");
  CHECK(normalise("\xc3").empty());
  CHECK(normalise("Y?lmaz") == "ylmaz");
  CHECK(normalise("Bj\ufffdrn") == "bjrn");
  CHECK(normalise("\u00c3\u0096mer") == "amer");  // Ömer, written as UTF-8 and read as Latin-1
  CHECK(normalise("A\u0096mer") == "amer");       // and then stripped
  CHECK(normalise("?").empty());
  CHECK(normalise("tab\tnewline\n.") == "tab newline .");
}

TEST_CASE("another script stays itself") {
  CHECK(normalise("Γιώργος") == "γιωργοσ");
  CHECK(normalise("ЁЖИКОВ") == "ежиков");
  CHECK(normalise("محمد") == "محمد");
}

TEST_CASE("a character newer than Unicode 15.0 separates") {
  CHECK(normalise("a\U0002EBF0"
                  "b") == "a b");
}

TEST_CASE("normalising twice is normalising once") {
  rc::prop("idempotent for any bytes", [](const std::string& text) {
    const auto once = normalise(text);
    RC_ASSERT(normalise(once) == once);
  });
  rc::prop("idempotent for any letters", [] {
    const auto points = *rc::gen::container<std::u32string>(rc::gen::map(
        rc::gen::inRange<std::uint32_t>(0x20, 0x3000), [](std::uint32_t c) { return char32_t{c}; }));
    const auto once = normalise(utf8(points));
    RC_ASSERT(normalise(once) == once);
  });
}

TEST_CASE("the locale of the process changes nothing") {
  const auto before = normalise("İSTANBUL ISPARTA ıi");
  const char* const used = std::setlocale(LC_ALL, "tr_TR.UTF-8") != nullptr ? "tr_TR.UTF-8" : "C.UTF-8";
  CAPTURE(used);
  CHECK(normalise("İSTANBUL ISPARTA ıi") == before);
  CHECK(before == "istanbul isparta ii");
  std::setlocale(LC_ALL, "C");
}

}  // namespace
}  // namespace knoop::matching
