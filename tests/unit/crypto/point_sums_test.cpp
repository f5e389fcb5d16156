#include <rapidcheck.h>
#include <catch2/catch.hpp>

#include "crypto/point_sums.h"

namespace knoop {
namespace {

Point point(std::size_t number) {
  Bytes input;
  append_u64(input, number);
  return hash_to_group(input, "test");
}

// One by one, with additions alone.
PointSum slow_sum(std::span<const Point> points, std::span<const Byte> weights) {
  PointSum out;
  for (std::size_t i = 0; i < points.size(); ++i)
    for (unsigned times = 0; times < weights[i]; ++times) out = add_sums(out, points[i]);
  return out;
}

Point negative(const Point& p) {
  std::array<Byte, 32> order = {0xec, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7,
                                0xa2, 0xde, 0xf9, 0xde, 0x14, 0,    0,    0,    0,    0,    0,
                                0,    0,    0,    0,    0,    0,    0,    0,    0,    0x10};
  return *multiply(*Scalar::parse(order), p);
}

}  // namespace

TEST_CASE("a weighted sum is what adding one by one gives, by buckets and without") {
  for (const std::size_t count :
       {std::size_t{1}, std::size_t{2}, std::size_t{129}, std::size_t{130}, std::size_t{400}}) {
    std::vector<Point> points;
    Bytes weights;
    for (std::size_t i = 0; i < count; ++i) {
      points.push_back(point(i));
      weights.push_back(static_cast<Byte>(i % 7 == 0 ? 0 : i % 5 == 0 ? 255 : i % 11));
    }
    CHECK(weighted_sum(points, weights) == slow_sum(points, weights));
  }
}

TEST_CASE("a sum of parts is the sum of the whole") {
  rc::check([] {
    const auto count = *rc::gen::inRange<std::size_t>(2, 300);
    const auto cut = *rc::gen::inRange<std::size_t>(1, count);
    const auto weights = *rc::gen::container<Bytes>(count, rc::gen::arbitrary<Byte>());
    std::vector<Point> points;
    for (std::size_t i = 0; i < count; ++i) points.push_back(point(i));
    const std::span<const Point> all(points);
    const std::span<const Byte> each(weights);
    RC_ASSERT(add_sums(weighted_sum(all.first(cut), each.first(cut)),
                       weighted_sum(all.subspan(cut), each.subspan(cut))) == weighted_sum(all, each));
  });
}

TEST_CASE("points that cancel, and weights that are all zero, sum to nothing") {
  const std::vector<Point> points{point(1), negative(point(1)), point(2)};
  CHECK(weighted_sum(points, Bytes{9, 9, 0}) == std::nullopt);
  CHECK(weighted_sum(points, Bytes{9, 9, 1}) == PointSum(point(2)));
  CHECK(weighted_sum(points, Bytes{0, 0, 0}) == std::nullopt);
  CHECK(weighted_sum({}, {}) == std::nullopt);
  std::vector<Point> many(200, point(3));
  many.resize(400, negative(point(3)));
  CHECK(weighted_sum(many, Bytes(400, 200)) == std::nullopt);
  CHECK(add_sums(point(1), negative(point(1))) == std::nullopt);
  CHECK(add_sums(std::nullopt, point(1)) == PointSum(point(1)));
}

}  // namespace knoop
