// Sums of many points with public weights, for proofs about whole batches: Σ wᵢ·Pᵢ.
//
// Multiplying each point by its weight would cost a whole multiplication (57 µs). Instead every point is added to the
// bucket of its weight, and the buckets are summed with a running sum, Σ w·B_w = Σ_w Σ_{v≥w} B_v. With additions on
// coordinates (public_points.h) that costs 4 µs a point, nearly all of it for decoding; with libsodium's, which adds
// encoded points, 15 µs. Both are here and give the same for every input; own_sums is what the program uses, and
// `cmake -DKNOOP_LIBSODIUM_SUMS=ON` builds one that has libsodium do it.
//
// Everything here is public (what travelled, and weights that both sides know), so it takes the time it takes.
// A sum may be the identity, which no Point is: then there is nothing. A hostile peer that chooses points so that they
// cancel gains nothing by it, but the caller must say what an empty sum means.
#pragma once

#include <optional>
#include <span>

#include "crypto/ristretto255.h"

namespace knoop {

/// A sum of points; nothing: the identity.
using PointSum = std::optional<Point>;

enum class SumsBy : std::uint8_t { own, libsodium };
#ifdef KNOOP_LIBSODIUM_SUMS
inline constexpr SumsBy usual_sums = SumsBy::libsodium;
#else
inline constexpr SumsBy usual_sums = SumsBy::own;
#endif

[[nodiscard]] PointSum add_sums(const PointSum& a, const PointSum& b);
/// Σ weights[i]·points[i]; as many weights as points.
[[nodiscard]] PointSum weighted_sum(std::span<const Point> points, std::span<const Byte> weights,
                                    SumsBy by = usual_sums);
/// The same of encodings that nobody has looked at; bad_point at Side::peer names the position of one that
/// Point::parse would refuse, counted from `offset`, whatever its weight.
[[nodiscard]] Result<PointSum> weighted_sum_of_bytes(std::span<const PointBytes> points,
                                                     std::span<const Byte> weights, std::size_t offset,
                                                     SumsBy by = usual_sums);
/// With scalars for weights. They are not treated as secrets.
[[nodiscard]] PointSum scalar_sum(std::span<const Point> points, std::span<const Scalar> weights,
                                  SumsBy by = usual_sums);

}  // namespace knoop
