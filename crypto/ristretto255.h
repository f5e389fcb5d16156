// The prime-order group ristretto255 (RFC 9496), hashing to it (RFC 9380, as RFC 9497 section 4.1 uses it) and its
// scalars: what matching and its proofs compute with.
//
// A Point is a canonical encoding that is not the identity; a Scalar is a number 1 ≤ s < ℓ. Nothing else can be
// constructed, so code that holds one need not ask. A hostile peer sends the rest, and libsodium 1.0.18 lets some pass:
// as points 32 zero bytes (the identity: multiplied by any secret it gives itself, so it would match everywhere) and
// every valid encoding with its top bit set (a second name for a known point, past every check for repeats); as
// scalars k + ℓ and a set top bit (two encodings of one proof). All are refused here.
//
// Scalars are secrets: move-only and wiped. Multiplication by them takes the same time whatever they are.
#pragma once

#include <compare>

#include "crypto/keys.h"

namespace knoop {

/// The 32 bytes of a point as they travel and are stored; not known to be a point.
using PointBytes = Fixed<struct PointBytesTag, 32>;

class Scalar {
 public:
  static constexpr std::size_t size = 32;

  /// Little-endian. Refuses (bad_scalar) zero, ℓ and above, and other lengths; takes the same time for every value.
  [[nodiscard]] static Result<Scalar> parse(ByteView bytes);
  [[nodiscard]] Scalar copy() const { return Scalar(bytes_.copy()); }
  /// For proofs, whose scalars are public, and for wrapped storage.
  [[nodiscard]] ByteView expose() const { return bytes_.expose(); }

  friend bool operator==(const Scalar&, const Scalar&) = default;

 private:
  using Value = Secret<struct ScalarTag, 32>;
  explicit Scalar(Value bytes) : bytes_(std::move(bytes)) {}
  friend struct Ristretto255;

  Value bytes_;
};

class Point {
 public:
  static constexpr std::size_t size = 32;

  /// Refuses (bad_point) the identity, what is no canonical encoding, and other lengths.
  [[nodiscard]] static Result<Point> parse(ByteView bytes);
  [[nodiscard]] const PointBytes& bytes() const { return bytes_; }
  [[nodiscard]] ByteView view() const { return bytes_.view(); }
  [[nodiscard]] std::string hex() const { return bytes_.hex(); }

  friend auto operator<=>(const Point&, const Point&) = default;

 private:
  explicit Point(const PointBytes& bytes) : bytes_(bytes) {}
  friend struct Ristretto255;

  PointBytes bytes_;
};

/// Separates the uses of one hash function (RFC 9380 calls it DST): 1 to 255 bytes. Borrowed, like a string_view.
class DomainTag {
 public:
  /// A constant; too long or empty does not compile.
  template <typename Text>
  requires std::convertible_to<const Text&, std::string_view>
  consteval DomainTag(const Text& text)
      : bytes_(text) {  // NOLINT(google-explicit-constructor): as in format strings
    if (bytes_.empty() || bytes_.size() > 255) throw "a domain tag has 1 to 255 bytes";
  }
  /// One that is known only at run time.
  [[nodiscard]] static Result<DomainTag> from(ByteView bytes);
  [[nodiscard]] ByteView bytes() const { return view(bytes_); }

 private:
  struct Checked {};
  DomainTag(Checked, ByteView bytes) : bytes_(text_view(bytes)) {}

  std::string_view bytes_;
};

/// RFC 9497's HashToGroup: a point of which nobody knows the logarithm. About 18 µs.
[[nodiscard]] Point hash_to_group(ByteView message, DomainTag tag);
/// RFC 9497's HashToScalar. The message may be secret: nothing of it stays in memory.
[[nodiscard]] Scalar hash_to_scalar(ByteView message, DomainTag tag);

[[nodiscard]] Point generator();
/// s·P. It cannot fail for a Scalar and a Point as they are; the result is a Result because libsodium's return value
/// counts. About 57 µs.
[[nodiscard]] Result<Point> multiply(const Scalar& s, const Point& p);
/// The same of 32 bytes that nobody has looked at: refuses (bad_point) whatever Point::parse refuses, but decodes once.
[[nodiscard]] Result<Point> parse_and_multiply(const Scalar& s, const PointBytes& encoded);
[[nodiscard]] Point multiply_base(const Scalar& s);

/// Fail (bad_point) only when the result is the identity.
[[nodiscard]] Result<Point> add(const Point& a, const Point& b);
[[nodiscard]] Result<Point> subtract(const Point& a, const Point& b);

/// Modulo ℓ. Sum and difference fail (bad_scalar) only when they are zero.
[[nodiscard]] Scalar multiply(const Scalar& a, const Scalar& b);
[[nodiscard]] Scalar invert(const Scalar& a);
[[nodiscard]] Result<Scalar> add(const Scalar& a, const Scalar& b);
[[nodiscard]] Result<Scalar> subtract(const Scalar& a, const Scalar& b);

}  // namespace knoop
