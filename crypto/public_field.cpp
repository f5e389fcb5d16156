#include "crypto/public_field.h"

namespace knoop::public_math {
namespace {

Field square_times(Field a, int times) {
  for (int i = 0; i < times; ++i) a = square(a);
  return a;
}

std::uint64_t load(const Byte* bytes) {
  std::uint64_t out = 0;
  for (std::size_t i = 8; i > 0; --i) out = out << 8U | bytes[i - 1];
  return out;
}

}  // namespace

Field negate(const Field& a) {
  return tighten(subtract(field_zero, a));
}

// The chain of Curve25519's inversion (Bernstein, "Curve25519: new Diffie-Hellman speed records", 2006), cut short:
// 2^252 − 3 = (2^250 − 1) · 4 + 1.
Field power_p58(const Field& a) {
  const Field a2 = square(a);
  const Field a9 = multiply(a, square_times(a2, 2));
  const Field a11 = multiply(a9, a2);
  const Field x5 = multiply(a9, square(a11));                  // 2^5 − 1
  const Field x10 = multiply(x5, square_times(x5, 5));         // 2^10 − 1
  const Field x20 = multiply(x10, square_times(x10, 10));      // 2^20 − 1
  const Field x40 = multiply(x20, square_times(x20, 20));      // 2^40 − 1
  const Field x50 = multiply(x10, square_times(x40, 10));      // 2^50 − 1
  const Field x100 = multiply(x50, square_times(x50, 50));     // 2^100 − 1
  const Field x200 = multiply(x100, square_times(x100, 100));  // 2^200 − 1
  const Field x250 = multiply(x50, square_times(x200, 50));    // 2^250 − 1
  return multiply(a, square_times(x250, 2));
}

std::array<Byte, 32> to_bytes(const Field& a) {
  Field t = tighten(tighten(a));
  // Whether it is p or above: then adding 19 carries out of 255 bits.
  std::uint64_t carry = 19;
  for (const std::uint64_t limb : t.limb) carry = (limb + carry) >> 51U;
  t.limb[0] += 19 * carry;
  carry = 0;
  for (std::uint64_t& limb : t.limb) {
    limb += carry;
    carry = limb >> 51U;
    limb &= limb_mask;
  }
  std::array<Byte, 32> out{};
  for (std::size_t bit = 0; bit < 256; bit += 8) {
    const std::size_t limb = bit / 51;
    const std::size_t shift = bit % 51;
    std::uint64_t value = t.limb[limb < 5 ? limb : 4] >> shift;
    if (shift > 43 && limb < 4) value |= t.limb[limb + 1] << (51 - shift);
    out[bit / 8] = static_cast<Byte>(value & 0xffU);
  }
  return out;
}

Field from_bytes(const Byte* bytes) {
  Field out;
  out.limb[0] = load(bytes) & limb_mask;
  out.limb[1] = load(bytes + 6) >> 3U & limb_mask;
  out.limb[2] = load(bytes + 12) >> 6U & limb_mask;
  out.limb[3] = load(bytes + 19) >> 1U & limb_mask;
  out.limb[4] = load(bytes + 24) >> 12U & limb_mask;
  return out;
}

bool is_zero(const Field& a) {
  return to_bytes(a) == std::array<Byte, 32>{};
}

bool equal(const Field& a, const Field& b) {
  return to_bytes(a) == to_bytes(b);
}

bool is_negative(const Field& a) {
  return (to_bytes(a)[0] & 1U) != 0;
}

Field absolute(const Field& a) {
  return is_negative(a) ? negate(a) : a;
}

InverseRoot inverse_root(const Field& v) {
  const Field v3 = multiply(square(v), v);
  const Field v7 = multiply(square(v3), v);
  Field root = multiply(v3, power_p58(v7));
  const Field check = multiply(v, square(root));
  const bool correct = equal(check, field_one);
  const bool flipped = equal(check, negate(field_one));
  const bool flipped_i = equal(check, negate(sqrt_minus_one));
  if (flipped || flipped_i) root = multiply(root, sqrt_minus_one);
  return {correct || flipped, absolute(root)};
}

}  // namespace knoop::public_math
