#include "crypto/ristretto255.h"

#include "crypto/base/assert.h"
#include "crypto/hash.h"
#include "crypto/sodium.h"

namespace knoop {

// The one way to make a Point or Scalar from bytes that are known to be good.
struct Ristretto255 {
  static Point point(const PointBytes& bytes) { return Point(bytes); }
  static Scalar scalar(Scalar::Value bytes) { return Scalar(std::move(bytes)); }
  using ScalarValue = Scalar::Value;
};

namespace {

using ScalarValue = Ristretto255::ScalarValue;
using UniformBytes = Secret<struct UniformBytesTag, 64>;
static_assert(UniformBytes::size == crypto_core_ristretto255_HASHBYTES &&
              UniformBytes::size == crypto_core_ristretto255_NONREDUCEDSCALARBYTES);

// ℓ = 2^252 + 27742317777372353535851937790883648493, little-endian (RFC 9496 section 4.4).
constexpr std::array<Byte, 32> order = {0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7,
                                        0xa2, 0xde, 0xf9, 0xde, 0x14, 0,    0,    0,    0,    0,    0,
                                        0,    0,    0,    0,    0,    0,    0,    0,    0,    0x10};

// Whether 1 ≤ value < ℓ, without a branch or index that depends on the value.
bool is_scalar(ByteView value) {
  unsigned borrow = 0;  // of value − ℓ, byte by byte: left over at the end iff value < ℓ
  unsigned any = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const unsigned difference = unsigned{value[i]} - order[i] - borrow;
    borrow = difference >> 31U;
    any |= value[i];
  }
  const unsigned is_nonzero = (any | (0U - any)) >> 31U;
  return (borrow & is_nonzero) == 1;
}

// RFC 9380 section 5.3.1 with SHA-512, for the one length that is needed: 64 bytes, so a single block b_1.
UniformBytes expand_message_xmd(ByteView message, DomainTag tag) {
  constexpr std::array<Byte, 128> pad{};  // a whole input block of SHA-512
  constexpr std::array<Byte, 3> length_and_zero = {0, 64, 0};
  constexpr Byte one = 1;
  const Byte tag_length = static_cast<Byte>(tag.bytes().size());

  Sha512 hash;
  hash.update(pad).update(message).update(length_and_zero).update(tag.bytes()).update({&tag_length, 1});
  Hash512 b0 = hash.finish();
  hash.update(b0.view()).update({&one, 1}).update(tag.bytes()).update({&tag_length, 1});
  Hash512 b1 = hash.finish();

  UniformBytes out;
  std::ranges::copy(b1.view(), out.data());
  wipe(b0.data(), Hash512::size);
  wipe(b1.data(), Hash512::size);
  return out;
}

bool is_zero(ByteView bytes) {
  return sodium_is_zero(bytes.data(), bytes.size()) == 1;  // constant-time
}

tl::unexpected<Error> no_point() {
  return fail(ErrorCode::bad_point, Side::peer,
              "not a canonical point of ristretto255 other than the identity; the sender must correct its "
              "software");
}

// What libsodium 1.0.18 does not look at: the identity passes, and so does a point with the unused top bit set.
bool looks_wrong(const PointBytes& encoded) {
  return encoded.is_zero() || (encoded.view().back() & 0x80U) != 0;
}

Result<Point> point_unless_identity(int status, const PointBytes& bytes) {
  if (status != 0 || bytes.is_zero())
    return fail(
        ErrorCode::bad_point, Side::peer,
        "a computation in the group gave the identity, which honest points never do; the sender must correct "
        "its software");
  return Ristretto255::point(bytes);
}

Result<Scalar> scalar_unless_zero(ScalarValue value) {
  if (is_zero(value.expose()))
    return fail(
        ErrorCode::bad_scalar, Side::peer,
        "a computation with scalars gave zero, which honest ones never do; the sender must correct its "
        "software");
  return Ristretto255::scalar(std::move(value));
}

}  // namespace

Result<Scalar> Scalar::parse(ByteView bytes) {
  KNOOP_LET(value, Value::from(bytes));
  if (!is_scalar(value.expose()))
    return fail(ErrorCode::bad_scalar, Side::peer,
                "not a scalar between 1 and the group order; the sender must correct its software");
  return Scalar(std::move(value));
}

Result<Point> Point::parse(ByteView bytes) {
  sodium_ready();
  KNOOP_LET(value, PointBytes::from(bytes));
  if (looks_wrong(value) || crypto_core_ristretto255_is_valid_point(value.data()) != 1) return no_point();
  return Point(value);
}

Result<DomainTag> DomainTag::from(ByteView bytes) {
  if (bytes.empty() || bytes.size() > 255)
    return fail(ErrorCode::bad_length, Side::ours, "a domain tag has 1 to 255 bytes, not {}", bytes.size());
  return DomainTag(Checked{}, bytes);
}

Point hash_to_group(ByteView message, DomainTag tag) {
  sodium_ready();
  const UniformBytes uniform = expand_message_xmd(message, tag);
  PointBytes out;
  crypto_core_ristretto255_from_hash(out.data(), uniform.expose().data());
  KNOOP_ASSERT(!out.is_zero(), "a hash is the identity with probability 2^-252");
  return Ristretto255::point(out);
}

Scalar hash_to_scalar(ByteView message, DomainTag tag) {
  sodium_ready();
  const UniformBytes uniform = expand_message_xmd(message, tag);
  ScalarValue out;
  crypto_core_ristretto255_scalar_reduce(out.data(), uniform.expose().data());
  KNOOP_ASSERT(!is_zero(out.expose()), "a hash is zero with probability 2^-252");
  return Ristretto255::scalar(std::move(out));
}

Point generator() {
  ScalarValue one;
  *one.data() = 1;
  return multiply_base(Ristretto255::scalar(std::move(one)));
}

Result<Point> multiply(const Scalar& s, const Point& p) {
  sodium_ready();
  PointBytes out;
  const int status = crypto_scalarmult_ristretto255(out.data(), s.expose().data(), p.view().data());
  return point_unless_identity(status, out);
}

Result<Point> parse_and_multiply(const Scalar& s, const PointBytes& encoded) {
  sodium_ready();
  if (looks_wrong(encoded)) return no_point();
  PointBytes out;
  // It decodes as is_valid_point does, and says so; a product of a point that is not the identity is not the identity.
  if (crypto_scalarmult_ristretto255(out.data(), s.expose().data(), encoded.data()) != 0) return no_point();
  return point_unless_identity(0, out);
}

Point multiply_base(const Scalar& s) {
  sodium_ready();
  PointBytes out;
  const int status = crypto_scalarmult_ristretto255_base(out.data(), s.expose().data());
  KNOOP_ASSERT(status == 0 && !out.is_zero(), "a non-zero multiple of the generator is not the identity");
  return Ristretto255::point(out);
}

Result<Point> add(const Point& a, const Point& b) {
  sodium_ready();
  PointBytes out;
  const int status = crypto_core_ristretto255_add(out.data(), a.view().data(), b.view().data());
  return point_unless_identity(status, out);
}

Result<Point> subtract(const Point& a, const Point& b) {
  sodium_ready();
  PointBytes out;
  const int status = crypto_core_ristretto255_sub(out.data(), a.view().data(), b.view().data());
  return point_unless_identity(status, out);
}

Scalar multiply(const Scalar& a, const Scalar& b) {
  sodium_ready();
  ScalarValue out;
  crypto_core_ristretto255_scalar_mul(out.data(), a.expose().data(), b.expose().data());
  KNOOP_ASSERT(!is_zero(out.expose()), "the order is prime: a product of non-zero scalars is non-zero");
  return Ristretto255::scalar(std::move(out));
}

Scalar invert(const Scalar& a) {
  sodium_ready();
  ScalarValue out;
  const int status = crypto_core_ristretto255_scalar_invert(out.data(), a.expose().data());
  KNOOP_ASSERT(status == 0, "every non-zero scalar has an inverse");
  return Ristretto255::scalar(std::move(out));
}

Result<Scalar> add(const Scalar& a, const Scalar& b) {
  sodium_ready();
  ScalarValue out;
  crypto_core_ristretto255_scalar_add(out.data(), a.expose().data(), b.expose().data());
  return scalar_unless_zero(std::move(out));
}

Result<Scalar> subtract(const Scalar& a, const Scalar& b) {
  sodium_ready();
  ScalarValue out;
  crypto_core_ristretto255_scalar_sub(out.data(), a.expose().data(), b.expose().data());
  return scalar_unless_zero(std::move(out));
}

}  // namespace knoop
