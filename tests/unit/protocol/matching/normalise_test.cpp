#include "protocol/matching/normalise.h"

#include <rapidcheck/catch.h>
#include <catch2/catch.hpp>
#include <clocale>

namespace knoop::matching {
namespace {

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

TEST_CASE("bytes that are no UTF-8 separate and never fail") {
  CHECK(normalise("a\xff\xfe"
                  "b") == "a b");
  CHECK(normalise("\xc3").empty());
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
