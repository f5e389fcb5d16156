#include "crypto/base/utf8.h"

#include <catch2/catch.hpp>

using namespace knoop;

TEST_CASE("UTF-8 at the edges of every length is text") {
  for (const char* text : {"", "a", "\x7F", "\u0080", "\u07FF", "\u0800", "\uD7FF", "\uE000", "\uFFFF",
                           "\U00010000", "\U0010FFFF", "Zoë van der Meer"})
    CHECK(is_utf8(text));
}

TEST_CASE("what is not UTF-8 is refused") {
  for (const char* text :
       {"\x80", "\xBF", "\xC0\x80", "\xC1\xBF", "\xC2", "\xC2\x41", "\xE0\x80\x80", "\xE0\x9F\xBF",
        "\xED\xA0\x80", "\xED\xBF\xBF", "\xE1\x80", "\xF0\x80\x80\x80", "\xF0\x8F\xBF\xBF",
        "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xF1\x80\x80", "\xFF", "a\xFEz"})
    CHECK_FALSE(is_utf8(text));
}
