// Sums of points of ristretto255 that everybody may see, done on coordinates instead of encodings.
//
// libsodium adds encoded points: each addition decodes two and encodes one, 15 µs. A point decoded once (3.5 µs) is
// added in 0.1 µs. That is the difference between a proof that costs as much as the multiplications it is about and
// one that is hardly seen (docs/performance.md). Secrets never come here: every multiplication by a secret scalar is
// libsodium's (ristretto255.h). docs/decisions/0008-own-sums-of-public-points.md says why this much is our own, and how
// to build without it.
//
// decode() is as strict as Point::parse: one encoding a point, never the identity. What a hostile peer can send is
// therefore the same to both, and tests hold them against each other on every class of input.
// Formulas: RFC 9496 section 4.3 (encoding), Hisil, Wong, Carter and Dawson, "Twisted Edwards curves revisited" (2008),
// section 3.1 (addition, complete for this curve) and 3.3 (doubling).
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "crypto/public_field.h"

namespace knoop::public_math {

/// A decoded point, prepared to be added: y + x, y − x, 2dxy.
struct Addend {
  Field sum;
  Field difference;
  Field product;
};

/// Nothing when the 32 bytes are no canonical encoding, or the identity's.
[[nodiscard]] std::optional<Addend> decode(ByteView encoded);

/// A running sum in extended coordinates; begins as the identity.
class Sum {
 public:
  void add(const Addend& point);
  void add(const Sum& other);
  void twice();
  [[nodiscard]] bool is_identity() const;
  /// The canonical encoding; 32 zeros for the identity.
  [[nodiscard]] std::array<Byte, 32> encode() const;

 private:
  /// The end of an addition, from the names that the formulas give.
  void become(const Field& a, const Field& b, const Field& c, const Field& d);

  Field x_ = field_zero;
  Field y_ = field_one;
  Field z_ = field_one;
  Field t_ = field_zero;
};

/// Σ weights[i]·points[i], the weights numbers of `weight_size` bytes (1 to 32), little-endian, one behind the other.
/// By buckets of as many bits as is cheapest for so many points.
[[nodiscard]] Sum weighted_sum(std::span<const Addend> points, ByteView weights, std::size_t weight_size);

}  // namespace knoop::public_math
