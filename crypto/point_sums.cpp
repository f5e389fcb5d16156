#include "crypto/point_sums.h"

#include <array>

#include "crypto/base/assert.h"

namespace knoop {
namespace {

// Fewer points than this are cheaper one by one: 510 additions cost as much as 130 multiplications.
constexpr std::size_t worth_buckets = 130;

Point times(Byte weight, const Point& point) {
  std::array<Byte, Scalar::size> bytes{};
  bytes[0] = weight;
  const auto scalar = Scalar::parse(bytes);
  KNOOP_ASSERT(scalar.has_value(), "a byte that is not zero is a scalar");
  const auto out = multiply(*scalar, point);
  KNOOP_ASSERT(out.has_value(), "a scalar that is not zero times a point that is not the identity");
  return *out;
}

}  // namespace

PointSum add_sums(const PointSum& a, const PointSum& b) {
  if (!a) return b;
  if (!b) return a;
  const auto sum = add(*a, *b);  // fails for the identity and nothing else
  return sum ? PointSum(*sum) : std::nullopt;
}

PointSum weighted_sum(std::span<const Point> points, std::span<const Byte> weights) {
  KNOOP_ASSERT(points.size() == weights.size(), "every point has a weight");
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

}  // namespace knoop
