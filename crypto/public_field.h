// Numbers modulo p = 2^255 − 19, for points that everybody may see (public_points.h). Nothing secret comes here: it
// takes the time it takes, and leaves what it computed in memory.
//
// Five limbs of 51 bits (Bernstein et al., "High-speed high-security signatures", 2012, section 3). A *tight* number
// has limbs below 2^52: what comes out of multiply(), square(), negate() and parse. A *loose* one has limbs below 2^54:
// what add() and subtract() give for tight ones. multiply() and square() take loose numbers; nothing else does.
#pragma once

#include <array>
#include <cstdint>

#include "crypto/base/bytes.h"

namespace knoop::public_math {

__extension__ using Wide = unsigned __int128;

struct Field {
  std::array<std::uint64_t, 5> limb{};
};

inline constexpr std::uint64_t limb_mask = (std::uint64_t{1} << 51U) - 1;

/// RFC 9496 section 4.1.
inline constexpr Field field_zero{};
inline constexpr Field field_one{{1, 0, 0, 0, 0}};
inline constexpr Field edwards_d{
    {0x34dca135978a3, 0x1a8283b156ebd, 0x5e7a26001c029, 0x739c663a03cbb, 0x52036cee2b6ff}};
inline constexpr Field edwards_2d{
    {0x69b9426b2f159, 0x35050762add7a, 0x3cf44c0038052, 0x6738cc7407977, 0x2406d9dc56dff}};
inline constexpr Field sqrt_minus_one{
    {0x61b274a0ea0b0, 0xd5a5fc8f189d, 0x7ef5e9cbd0c60, 0x78595a6804c9e, 0x2b8324804fc1d}};
inline constexpr Field invsqrt_a_minus_d{
    {0xfdaa805d40ea, 0x2eb482e57d339, 0x7610274bc58, 0x6510b613dc8ff, 0x786c8905cfaff}};

/// Loose, of tight ones.
inline Field add(const Field& a, const Field& b) {
  Field out;
  for (std::size_t i = 0; i < 5; ++i) out.limb[i] = a.limb[i] + b.limb[i];
  return out;
}

/// Loose, of tight ones: a + 4p − b, so that no limb goes below zero.
inline Field subtract(const Field& a, const Field& b) {
  constexpr std::uint64_t lowest = 4 * ((std::uint64_t{1} << 51U) - 19);
  constexpr std::uint64_t other = 4 * limb_mask;
  Field out;
  out.limb[0] = a.limb[0] + lowest - b.limb[0];
  for (std::size_t i = 1; i < 5; ++i) out.limb[i] = a.limb[i] + other - b.limb[i];
  return out;
}

/// Tight, of a loose one.
inline Field tighten(const Field& a) {
  Field out = a;
  std::uint64_t carry = 0;
  for (std::uint64_t& limb : out.limb) {
    limb += carry;
    carry = limb >> 51U;
    limb &= limb_mask;
  }
  out.limb[0] += 19 * carry;
  return out;
}

namespace detail {
// Limbs of a product of loose numbers are below 2^115, and their carries fit.
inline Field carried(Wide r0, Wide r1, Wide r2, Wide r3, Wide r4) {
  Field out;
  r1 += static_cast<std::uint64_t>(r0 >> 51U);
  r2 += static_cast<std::uint64_t>(r1 >> 51U);
  r3 += static_cast<std::uint64_t>(r2 >> 51U);
  r4 += static_cast<std::uint64_t>(r3 >> 51U);
  const Wide low = (static_cast<std::uint64_t>(r0) & limb_mask) + (r4 >> 51U) * 19;
  out.limb[0] = static_cast<std::uint64_t>(low) & limb_mask;
  out.limb[1] = (static_cast<std::uint64_t>(r1) & limb_mask) + static_cast<std::uint64_t>(low >> 51U);
  out.limb[2] = static_cast<std::uint64_t>(r2) & limb_mask;
  out.limb[3] = static_cast<std::uint64_t>(r3) & limb_mask;
  out.limb[4] = static_cast<std::uint64_t>(r4) & limb_mask;
  return out;
}
}  // namespace detail

inline Field multiply(const Field& a, const Field& b) {
  const auto& [a0, a1, a2, a3, a4] = a.limb;
  const auto& [b0, b1, b2, b3, b4] = b.limb;
  const std::uint64_t c1 = 19 * b1;
  const std::uint64_t c2 = 19 * b2;
  const std::uint64_t c3 = 19 * b3;
  const std::uint64_t c4 = 19 * b4;
  return detail::carried(Wide{a0} * b0 + Wide{a1} * c4 + Wide{a2} * c3 + Wide{a3} * c2 + Wide{a4} * c1,
                         Wide{a0} * b1 + Wide{a1} * b0 + Wide{a2} * c4 + Wide{a3} * c3 + Wide{a4} * c2,
                         Wide{a0} * b2 + Wide{a1} * b1 + Wide{a2} * b0 + Wide{a3} * c4 + Wide{a4} * c3,
                         Wide{a0} * b3 + Wide{a1} * b2 + Wide{a2} * b1 + Wide{a3} * b0 + Wide{a4} * c4,
                         Wide{a0} * b4 + Wide{a1} * b3 + Wide{a2} * b2 + Wide{a3} * b1 + Wide{a4} * b0);
}

inline Field square(const Field& a) {
  const auto& [a0, a1, a2, a3, a4] = a.limb;
  const std::uint64_t twice0 = 2 * a0;
  const std::uint64_t twice1 = 2 * a1;
  const std::uint64_t c3 = 19 * a3;
  const std::uint64_t c4 = 19 * a4;
  return detail::carried(Wide{a0} * a0 + Wide{twice1} * c4 + Wide{2 * a2} * c3,
                         Wide{twice0} * a1 + Wide{2 * a2} * c4 + Wide{a3} * c3,
                         Wide{twice0} * a2 + Wide{a1} * a1 + Wide{2 * a3} * c4,
                         Wide{twice0} * a3 + Wide{twice1} * a2 + Wide{a4} * c4,
                         Wide{twice0} * a4 + Wide{twice1} * a3 + Wide{a2} * a2);
}

[[nodiscard]] Field negate(const Field& a);
/// a^((p − 5) / 8).
[[nodiscard]] Field power_p58(const Field& a);
/// The 32 bytes of a number, the smallest non-negative one; tight in, canonical out.
[[nodiscard]] std::array<Byte, 32> to_bytes(const Field& a);
/// Bit 255 is ignored; p and above are reduced only when they are computed with. Use is_canonical() first.
[[nodiscard]] Field from_bytes(const Byte* bytes);
[[nodiscard]] bool is_zero(const Field& a);
[[nodiscard]] bool equal(const Field& a, const Field& b);
/// RFC 9496: odd in its canonical form.
[[nodiscard]] bool is_negative(const Field& a);
[[nodiscard]] Field absolute(const Field& a);

/// RFC 9496 section 4.2's SQRT_RATIO_M1 with u = 1: the square root of 1/v, or of √−1/v when 1/v has none.
struct InverseRoot {
  bool was_square = false;
  Field root;
};
[[nodiscard]] InverseRoot inverse_root(const Field& v);

}  // namespace knoop::public_math
