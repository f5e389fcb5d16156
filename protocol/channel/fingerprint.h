// Fingerprints: what two people read to each other to know that they hold the same key (R9.2).
//
// The first 16 bytes of SHA-256("knoop/v1/fingerprint" ‖ 0x00 ‖ kind ‖ value), as sixteen Dutch words (a byte each, in
// four groups) or as eight groups of five digits (two bytes each). Both say the same, so one may read words and the
// other compare digits made on another screen. 128 bits: nobody finds a second key with the same fingerprint; shorter
// ones have been found by trying.
#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>

#include "crypto/base/bytes.h"

namespace knoop {

inline constexpr std::size_t fingerprint_bytes = 16;

/// What the value is; a fingerprint of one kind never equals one of another.
enum class FingerprintOf : std::uint8_t {
  organisation = 1,  ///< A MemberId, the organisation key.
  network = 2,       ///< A NetworkId, the hash of the first convenant.
  card = 3,          ///< The hash of a card's text.
  convenant = 4,     ///< The hash of a convenant's text.
};

struct Fingerprint {
  std::string words;   ///< "anker beker … · …"
  std::string digits;  ///< "01234 56789 …"
};

[[nodiscard]] Fingerprint fingerprint(FingerprintOf kind, ByteView value);

/// The word of each byte.
[[nodiscard]] std::span<const std::string_view, 256> fingerprint_words();

}  // namespace knoop
