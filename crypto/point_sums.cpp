#include "crypto/point_sums.h"

#include <array>

#include "crypto/base/assert.h"
#include "crypto/public_points.h"

namespace knoop {
namespace {

using public_math::Addend;

// Fewer points than this are cheaper one by one, by libsodium: 510 additions cost as much as 130 multiplications.
constexpr std::size_t worth_buckets = 130;

Point times(const Scalar& weight, const Point& point) {
  const auto out = multiply(weight, point);
  KNOOP_ASSERT(out.has_value(), "a scalar that is not zero times a point that is not the identity");
  return *out;
}

Point times(Byte weight, const Point& point) {
  std::array<Byte, Scalar::size> bytes{};
  bytes[0] = weight;
  const auto scalar = Scalar::parse(bytes);
  KNOOP_ASSERT(scalar.has_value(), "a byte that is not zero is a scalar");
  return times(*scalar, point);
}

PointSum sum_by_libsodium(std::span<const Point> points, std::span<const Byte> weights) {
  PointSum total;
  if (points.size() < worth_buckets) {
    for (std::size_t i = 0; i < points.size(); ++i)
      if (weights[i] != 0) total = add_sums(total, times(weights[i], points[i]));
    return total;
  }
  std::array<PointSum, 256> buckets;
  for (std::size_t i = 0; i < points.size(); ++i)
    if (weights[i] != 0) buckets[weights[i]] = add_sums(buckets[weights[i]], points[i]);
  PointSum running;
  for (std::size_t weight = 255; weight > 0; --weight) {
    running = add_sums(running, buckets[weight]);
    total = add_sums(total, running);
  }
  return total;
}

PointSum encoded(const public_math::Sum& sum) {
  if (sum.is_identity()) return std::nullopt;
  const auto point = Point::parse(sum.encode());
  KNOOP_ASSERT(point.has_value(), "a sum that is not the identity has a canonical encoding");
  return *point;
}

std::vector<Addend> decoded(std::span<const Point> points) {
  std::vector<Addend> out;
  out.reserve(points.size());
  for (const Point& point : points) {
    const auto addend = public_math::decode(point.view());
    KNOOP_ASSERT(addend.has_value(), "libsodium and public_points.h take the same encodings for points");
    out.push_back(*addend);
  }
  return out;
}

}  // namespace

PointSum add_sums(const PointSum& a, const PointSum& b) {
  if (!a) return b;
  if (!b) return a;
  const auto sum = add(*a, *b);  // fails for the identity and nothing else
  return sum ? PointSum(*sum) : std::nullopt;
}

PointSum weighted_sum(std::span<const Point> points, std::span<const Byte> weights, SumsBy by) {
  KNOOP_ASSERT(points.size() == weights.size(), "every point has a weight");
  if (by == SumsBy::libsodium) return sum_by_libsodium(points, weights);
  return encoded(public_math::weighted_sum(decoded(points), weights, 1));
}

Result<PointSum> weighted_sum_of_bytes(std::span<const PointBytes> points, std::span<const Byte> weights,
                                       std::size_t offset, SumsBy by) {
  KNOOP_ASSERT(points.size() == weights.size(), "every point has a weight");
  const auto refused = [offset](std::size_t position) {
    return fail(ErrorCode::bad_point, Side::peer,
                "element {} of the peer's matching batch is no point of the group", offset + position);
  };
  if (by == SumsBy::libsodium) {
    std::vector<Point> parsed;
    parsed.reserve(points.size());
    for (const PointBytes& bytes : points) {
      const auto point = Point::parse(bytes.view());
      if (!point) return refused(parsed.size());
      parsed.push_back(*point);
    }
    return sum_by_libsodium(parsed, weights);
  }
  std::vector<Addend> addends;
  addends.reserve(points.size());
  for (const PointBytes& bytes : points) {
    const auto addend = public_math::decode(bytes.view());
    if (!addend) return refused(addends.size());
    addends.push_back(*addend);
  }
  return encoded(public_math::weighted_sum(addends, weights, 1));
}

PointSum scalar_sum(std::span<const Point> points, std::span<const Scalar> weights, SumsBy by) {
  KNOOP_ASSERT(points.size() == weights.size(), "every point has a weight");
  if (by == SumsBy::libsodium) {
    PointSum total;
    for (std::size_t i = 0; i < points.size(); ++i) total = add_sums(total, times(weights[i], points[i]));
    return total;
  }
  Bytes joined;
  joined.reserve(weights.size() * Scalar::size);
  for (const Scalar& weight : weights) append(joined, weight.expose());
  return encoded(public_math::weighted_sum(decoded(points), joined, Scalar::size));
}

}  // namespace knoop
