// The burgerservicenummer: nine digits that pass the elfproef (R1.3).
//
// A BSN is treated nearly as a secret: it has no operator<<, no formatter, and no error sentence ever holds one. It is
// wiped when it goes. What fails the check is refused with a reason that names no digit.
//
// The elfproef: the digits times 9, 8, 7, 6, 5, 4, 3, 2 and −1 add up to a multiple of 11 (Logisch Ontwerp BSN). It
// catches every single wrong digit and every swap of neighbours, and is no proof that the number was given out.
#pragma once

#include <array>
#include <compare>
#include <string_view>

#include "crypto/base/fixed.h"

namespace knoop::records {

class Bsn {
 public:
  /// Nine digits, or eight (a leading zero lost in a spreadsheet). Nothing else: no dots, no spaces.
  [[nodiscard]] static Result<Bsn> parse(std::string_view text);

  Bsn(const Bsn&) = default;
  Bsn& operator=(const Bsn&) = default;
  ~Bsn() { wipe(digits_.data(), digits_.size()); }

  /// The nine digits: for matching and the encrypted database only.
  [[nodiscard]] std::string_view expose() const { return {digits_.data(), digits_.size()}; }

  friend bool operator==(const Bsn&, const Bsn&) = default;

 private:
  Bsn() = default;

  std::array<char, 9> digits_{};
};

}  // namespace knoop::records
