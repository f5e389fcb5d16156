#include "protocol/channel/fingerprint.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cctype>

#include "crypto/keys.h"

using namespace knoop;

namespace {

bool differ_in_one_letter(std::string_view a, std::string_view b) {
  if (a.size() > b.size()) std::swap(a, b);
  const auto [at_a, at_b] = std::ranges::mismatch(a, b);
  const std::string_view rest_a(at_a, a.end());
  const std::string_view rest_b(at_b, b.end());
  if (a.size() == b.size()) return rest_a.substr(1) == rest_b.substr(1);
  return b.size() - a.size() == 1 && rest_a == rest_b.substr(1);
}

}  // namespace

TEST_CASE("R9.2: a fingerprint is the same words and digits everywhere") {
  // The worked example of docs/spec/membership.md.
  const auto print = fingerprint(FingerprintOf::organisation, MemberId{}.view());
  CHECK(print.words ==
        "buidel framboos hoefijzer wortel · wekker dakpan prinses nectar · inkt tunnel dageraad kruid · "
        "bizon muziek "
        "hoefijzer garage");
  CHECK(print.digits == "08270 26111 65064 52140 28147 10124 05800 25937");
}

TEST_CASE("fingerprints of two kinds or values differ") {
  MemberId other;
  other.data()[31] = 1;
  const auto print = fingerprint(FingerprintOf::organisation, MemberId{}.view());
  CHECK(print.digits != fingerprint(FingerprintOf::network, MemberId{}.view()).digits);
  CHECK(print.digits != fingerprint(FingerprintOf::organisation, other.view()).digits);
}

TEST_CASE("no two words of fingerprints are easily taken for each other") {
  const auto words = fingerprint_words();
  for (std::size_t i = 0; i < words.size(); ++i) {
    CHECK(words[i].size() >= 3);
    CHECK(words[i].size() <= 9);
    CHECK(std::ranges::all_of(words[i], [](char c) { return c >= 'a' && c <= 'z'; }));
    if (i > 0) CHECK(words[i - 1] < words[i]);
    for (std::size_t j = 0; j < i; ++j) CHECK_FALSE(differ_in_one_letter(words[i], words[j]));
  }
}
