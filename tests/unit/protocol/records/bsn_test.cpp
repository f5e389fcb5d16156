#include "protocol/records/bsn.h"

#include <rapidcheck.h>

#include <catch2/catch.hpp>
#include <type_traits>

namespace knoop::records {
namespace {

template <typename T>
concept Printable = requires(std::ostream& out, const T& value) {
  out << value;
};
static_assert(!Printable<Bsn>);
static_assert(!fmt::is_formattable<Bsn>::value);

TEST_CASE("R1.3 the elfproef decides what is a BSN") {
  REQUIRE(Bsn::parse("111222333"));
  CHECK(Bsn::parse("123456782")->expose() == "123456782");
  for (const char* bad : {"123456781", "111222334", "000000000", "00000000", "", "1", "1234567890",
                          "12345678a", "123 45678", "12345678 ", "-12345678", "١٢٣"}) {
    INFO(bad);
    const auto parsed = Bsn::parse(bad);
    REQUIRE_FALSE(parsed);
    for (const char c : std::string("1234567")) {
      // No digit of the number in the sentence; "nine digits" is in words, and a length is at most 10.
      if (parsed.error().code == ErrorCode::bad_value)
        CHECK(parsed.error().sentence.find(c) == std::string::npos);
    }
  }
}

TEST_CASE("R1.3 eight digits are padded with the zero they lost") {
  // Completed here, so that no real number stands in the source.
  std::string eight;
  for (char last = '0'; last <= '9'; ++last)
    if (Bsn::parse(std::string("01000000") + last)) eight = std::string("1000000") + last;
  REQUIRE_FALSE(eight.empty());
  const auto parsed = Bsn::parse(eight);
  REQUIRE(parsed);
  CHECK(parsed->expose() == "0" + eight);
  CHECK(*parsed == *Bsn::parse("0" + eight));
}

TEST_CASE("R1.3 every single wrong digit and every swap of neighbours is caught") {
  CHECK(rc::check("errors", [] {
    // A valid number of the test range, found by completing random digits.
    std::string digits = "9999";
    for (int i = 0; i < 4; ++i) digits += static_cast<char>('0' + *rc::gen::inRange(0, 10));
    std::string valid;
    for (char last = '0'; last <= '9'; ++last)
      if (Bsn::parse(digits + last)) valid = digits + last;
    RC_PRE(!valid.empty());
    const auto at = *rc::gen::inRange<std::size_t>(0, 9);
    std::string wrong = valid;
    wrong[at] = static_cast<char>('0' + (wrong[at] - '0' + *rc::gen::inRange(1, 10)) % 10);
    RC_ASSERT_FALSE(Bsn::parse(wrong).has_value());
    if (at + 1 < valid.size() && valid[at] != valid[at + 1]) {
      std::string swapped = valid;
      std::swap(swapped[at], swapped[at + 1]);
      RC_ASSERT_FALSE(Bsn::parse(swapped).has_value());
    }
  }));
}

}  // namespace
}  // namespace knoop::records
