#include "crypto/public_points.h"

#include <algorithm>

#include "crypto/base/assert.h"

namespace knoop::public_math {
namespace {

bool is_canonical(ByteView encoded, const Field& value) {
  const std::array<Byte, 32> again = to_bytes(value);
  return std::ranges::equal(encoded, again);
}

// `count` bits of the weight from `bit` on.
std::size_t bits(ByteView weight, std::size_t bit, std::size_t count) {
  std::size_t out = 0;
  for (std::size_t i = 0; i < count && bit + i < 8 * weight.size(); ++i)
    out |= (std::size_t{weight[(bit + i) / 8]} >> ((bit + i) % 8) & 1U) << i;
  return out;
}

// The width of a window for which all windows together need the fewest additions.
std::size_t best_width(std::size_t points, std::size_t weight_bits) {
  std::size_t best = 1;
  std::size_t fewest = SIZE_MAX;
  for (std::size_t width = 1; width <= 8; ++width) {
    const std::size_t windows = (weight_bits + width - 1) / width;
    const std::size_t additions = windows * (points + 2 * ((std::size_t{1} << width) - 1));
    if (additions < fewest) {
      fewest = additions;
      best = width;
    }
  }
  return best;
}

}  // namespace

std::optional<Addend> decode(ByteView encoded) {
  if (encoded.size() != 32) return std::nullopt;
  const Field s = from_bytes(encoded.data());
  if (!is_canonical(encoded, s) || is_negative(s) || is_zero(s)) return std::nullopt;
  const Field ss = square(s);
  const Field u1 = tighten(subtract(field_one, ss));
  const Field u2 = tighten(add(field_one, ss));
  const Field u2_squared = square(u2);
  const Field v = tighten(subtract(negate(multiply(edwards_d, square(u1))), u2_squared));
  const auto [was_square, root] = inverse_root(multiply(v, u2_squared));
  if (!was_square) return std::nullopt;
  const Field denominator_x = multiply(root, u2);
  const Field denominator_y = multiply(multiply(root, denominator_x), v);
  const Field x = absolute(multiply(add(s, s), denominator_x));
  const Field y = multiply(u1, denominator_y);
  const Field t = multiply(x, y);
  if (is_negative(t) || is_zero(y)) return std::nullopt;
  return Addend{tighten(add(y, x)), tighten(subtract(y, x)), multiply(edwards_2d, t)};
}

void Sum::become(const Field& a, const Field& b, const Field& c, const Field& d) {
  const Field e = subtract(b, a);
  const Field f = subtract(d, c);
  const Field g = public_math::add(d, c);
  const Field h = public_math::add(b, a);
  x_ = multiply(e, f);
  y_ = multiply(g, h);
  z_ = multiply(f, g);
  t_ = multiply(e, h);
}

void Sum::add(const Addend& point) {
  const Field a = multiply(subtract(y_, x_), point.difference);
  const Field b = multiply(public_math::add(y_, x_), point.sum);
  const Field c = multiply(t_, point.product);
  const Field d = tighten(public_math::add(z_, z_));
  become(a, b, c, d);
}

void Sum::add(const Sum& other) {
  const Field a = multiply(subtract(y_, x_), subtract(other.y_, other.x_));
  const Field b = multiply(public_math::add(y_, x_), public_math::add(other.y_, other.x_));
  const Field c = multiply(multiply(t_, edwards_2d), other.t_);
  const Field zz = multiply(z_, other.z_);
  const Field d = tighten(public_math::add(zz, zz));
  become(a, b, c, d);
}

void Sum::twice() {
  const Field a = square(x_);
  const Field b = square(y_);
  const Field zz = square(z_);
  const Field c = tighten(public_math::add(zz, zz));
  const Field h = tighten(public_math::add(a, b));
  const Field e = tighten(subtract(h, square(public_math::add(x_, y_))));
  const Field g = tighten(subtract(a, b));
  const Field f = public_math::add(c, g);
  x_ = multiply(e, f);
  y_ = multiply(g, h);
  z_ = multiply(f, g);
  t_ = multiply(e, h);
}

// The four points that ristretto255 takes for the identity are those with x = 0 or y = 0.
bool Sum::is_identity() const {
  return is_zero(x_) || is_zero(y_);
}

std::array<Byte, 32> Sum::encode() const {
  const Field u1 = multiply(public_math::add(z_, y_), subtract(z_, y_));
  const Field u2 = multiply(x_, y_);
  const Field root = inverse_root(multiply(u1, square(u2))).root;
  const Field denominator_1 = multiply(root, u1);
  const Field denominator_2 = multiply(root, u2);
  const Field z_inverse = multiply(multiply(denominator_1, denominator_2), t_);
  const bool rotate = is_negative(multiply(t_, z_inverse));
  const Field x = rotate ? multiply(y_, sqrt_minus_one) : x_;
  Field y = rotate ? multiply(x_, sqrt_minus_one) : y_;
  const Field denominator = rotate ? multiply(denominator_1, invsqrt_a_minus_d) : denominator_2;
  if (is_negative(multiply(x, z_inverse))) y = negate(y);
  return to_bytes(absolute(multiply(denominator, subtract(z_, y))));
}

Sum weighted_sum(std::span<const Addend> points, ByteView weights, std::size_t weight_size) {
  KNOOP_ASSERT(weight_size >= 1 && weights.size() == points.size() * weight_size, "every point has a weight");
  const std::size_t width = best_width(points.size(), 8 * weight_size);
  const std::size_t windows = (8 * weight_size + width - 1) / width;
  std::vector<Sum> buckets;
  Sum total;
  for (std::size_t window = windows; window > 0; --window) {
    for (std::size_t i = 0; window != windows && i < width; ++i) total.twice();
    buckets.assign(std::size_t{1} << width, Sum());
    for (std::size_t i = 0; i < points.size(); ++i) {
      const ByteView weight = weights.subspan(i * weight_size, weight_size);
      const std::size_t bucket = bits(weight, (window - 1) * width, width);
      if (bucket != 0) buckets[bucket].add(points[i]);
    }
    Sum running;
    for (std::size_t bucket = buckets.size() - 1; bucket > 0; --bucket) {
      running.add(buckets[bucket]);
      total.add(running);
    }
  }
  return total;
}

}  // namespace knoop::public_math
