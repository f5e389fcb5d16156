// Our own arithmetic on public points, held against libsodium on every class of input.
#include "crypto/public_points.h"

#include <rapidcheck.h>
#include <catch2/catch.hpp>

#include "crypto/point_sums.h"

namespace knoop {
namespace {

using Encoding = std::array<Byte, 32>;

// p + k, which fits 255 bits for k up to 18.
Encoding p_plus(int k) {
  Encoding out;
  out.fill(0xff);
  out[0] = static_cast<Byte>(0xed + k);
  out[31] = 0x7f;
  return out;
}

Encoding small(unsigned value) {
  Encoding out{};
  out[0] = static_cast<Byte>(value);
  out[1] = static_cast<Byte>(value >> 8U);
  return out;
}

Encoding encoding_of(std::string_view text) {
  const auto bytes = *PointBytes::from_hex(text);
  Encoding out{};
  std::ranges::copy(bytes.view(), out.begin());
  return out;
}

Point point(std::uint64_t number) {
  Bytes input;
  append_u64(input, number);
  return hash_to_group(input, "test");
}

// The same verdict, and where both take it, the same point comes out again.
void same_verdict(const Encoding& encoded) {
  const auto own = public_math::decode(encoded);
  const auto theirs = Point::parse(encoded);
  INFO(to_hex(encoded));
  REQUIRE(own.has_value() == theirs.has_value());
  if (!own) return;
  public_math::Sum sum;
  sum.add(*own);
  CHECK(sum.encode() == encoded);
}

Scalar scalar(const Encoding& bytes) {
  return *Scalar::parse(bytes);
}

// ℓ − k for small k > 0.
Scalar minus(Byte k) {
  Encoding order = {0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7,
                    0xa2, 0xde, 0xf9, 0xde, 0x14, 0,    0,    0,    0,    0,    0,
                    0,    0,    0,    0,    0,    0,    0,    0,    0,    0x10};
  order[0] = static_cast<Byte>(order[0] - k);
  return scalar(order);
}

}  // namespace

TEST_CASE("what is no encoding of a point is refused by both", "[public_points]") {
  // RFC 9496 appendix A.2: non-canonical field elements, negative ones, x² no square, negative x·y, y = 0.
  for (const std::string_view text : {"00ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
                                      "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                                      "f3ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                                      "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                                      "0100000000000000000000000000000000000000000000000000000000000000",
                                      "01ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                                      "26948d35ca62e643e26a83177332e6b6afeb9d08e4268b650f1f5bbd8d81d371",
                                      "4eac077a713c57b4f4397629a4145982c661f48044dd3f96427d40b147d9742f",
                                      "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                                      "0000000000000000000000000000000000000000000000000000000000000000"}) {
    const Encoding encoded = encoding_of(text);
    same_verdict(encoded);
    CHECK_FALSE(public_math::decode(encoded));
  }
  CHECK_FALSE(public_math::decode({}));
  CHECK_FALSE(public_math::decode(Bytes(31)));
  CHECK_FALSE(public_math::decode(Bytes(33)));
}

TEST_CASE(
    "both take the same encodings: numbers around 0, p and 2^255, random ones, points and their neighbours",
    "[public_points]") {
  for (unsigned value = 0; value < 1000; ++value) {
    same_verdict(small(value));
    Encoding above = small(value);
    above[31] = 0x80;
    same_verdict(above);
    above[31] = 0x40;
    same_verdict(above);
  }
  for (int k = -40; k <= 18; ++k) {
    same_verdict(p_plus(k));
    Encoding with_top_bit = p_plus(k);
    with_top_bit[31] = 0xff;
    same_verdict(with_top_bit);
  }
  rc::check([] {
    Encoding random;
    for (Byte& byte : random) byte = *rc::gen::arbitrary<Byte>();
    same_verdict(random);
    random[31] &= 0x7fU;
    random[0] &= 0xfeU;
    same_verdict(random);
  });
  for (std::uint64_t i = 0; i < 20; ++i) {
    Encoding encoded{};
    std::ranges::copy(point(i).view(), encoded.begin());
    same_verdict(encoded);
    CHECK(public_math::decode(encoded));
    for (std::size_t bit = 0; bit < 256; ++bit) {
      Encoding other = encoded;
      other[bit / 8] ^= static_cast<Byte>(1U << bit % 8);
      same_verdict(other);
    }
  }
}

TEST_CASE("multiples of the generator are those of RFC 9496 appendix A.1", "[public_points]") {
  public_math::Sum sum;
  CHECK(sum.is_identity());
  CHECK(sum.encode() == Encoding{});
  const auto one = *public_math::decode(generator().view());
  for (Byte k = 1; k <= 15; ++k) {
    sum.add(one);
    Encoding multiple{};
    std::ranges::copy(multiply_base(scalar(small(k))).view(), multiple.begin());
    CHECK(sum.encode() == multiple);
  }
  public_math::Sum doubled;
  doubled.add(one);
  for (Byte k = 1; k <= 6; ++k) {
    doubled.twice();
    Encoding multiple{};
    std::ranges::copy(multiply_base(scalar(small(1U << k))).view(), multiple.begin());
    CHECK(doubled.encode() == multiple);
    public_math::Sum by_itself = doubled;
    by_itself.add(doubled);
    public_math::Sum twice = doubled;
    twice.twice();
    CHECK(by_itself.encode() == twice.encode());
  }
}

TEST_CASE("sums by bytes agree with libsodium's", "[public_points]") {
  rc::check([] {
    const auto count = *rc::gen::inRange<std::size_t>(0, 200);
    const auto kinds = *rc::gen::inRange<std::uint64_t>(1, 60);  // so that points are repeated
    std::vector<Point> points;
    std::vector<PointBytes> encoded;
    Bytes weights;
    for (std::size_t i = 0; i < count; ++i) {
      points.push_back(point(*rc::gen::inRange<std::uint64_t>(0, kinds)));
      encoded.push_back(points.back().bytes());
      weights.push_back(*rc::gen::element<Byte>(0, 1, 2, 127, 128, 254, 255));
    }
    const PointSum expected = weighted_sum(points, weights, SumsBy::libsodium);
    RC_ASSERT(weighted_sum(points, weights, SumsBy::own) == expected);
    RC_ASSERT(*weighted_sum_of_bytes(encoded, weights, 0, SumsBy::own) == expected);
    RC_ASSERT(*weighted_sum_of_bytes(encoded, weights, 0, SumsBy::libsodium) == expected);
  });
}

TEST_CASE("sums by scalars agree with libsodium's, also for the smallest and the largest",
          "[public_points]") {
  rc::check([] {
    const auto count = *rc::gen::inRange<std::size_t>(0, 30);
    std::vector<Point> points;
    std::vector<Scalar> weights;
    for (std::size_t i = 0; i < count; ++i) {
      points.push_back(point(*rc::gen::inRange<std::uint64_t>(0, 8)));
      switch (*rc::gen::inRange(0, 4)) {
        case 0:
          weights.push_back(scalar(small(1 + *rc::gen::inRange(0U, 300U))));
          break;
        case 1:
          weights.push_back(minus(*rc::gen::inRange<Byte>(1, 200)));
          break;
        default:
          weights.push_back(hash_to_scalar(*rc::gen::arbitrary<Bytes>(), "test"));
      }
    }
    RC_ASSERT(scalar_sum(points, weights, SumsBy::own) == scalar_sum(points, weights, SumsBy::libsodium));
  });
}

TEST_CASE("points that cancel give nothing, by either way", "[public_points]") {
  for (const SumsBy by : {SumsBy::own, SumsBy::libsodium}) {
    const Point negative = *multiply(minus(1), point(1));
    const std::vector<Point> points{point(1), negative, point(2)};
    CHECK(weighted_sum(points, Bytes{9, 9, 0}, by) == std::nullopt);
    CHECK(weighted_sum(points, Bytes{9, 9, 1}, by) == PointSum(point(2)));
    std::vector<Scalar> scalars;
    scalars.push_back(scalar(small(5)));
    scalars.push_back(minus(5));
    const std::vector<Point> same{point(3), point(3)};
    CHECK(scalar_sum(same, scalars, by) == std::nullopt);
  }
}

TEST_CASE("an encoding that is no point is named, also where its weight is zero", "[public_points]") {
  for (const SumsBy by : {SumsBy::own, SumsBy::libsodium}) {
    std::vector<PointBytes> encoded;
    for (std::uint64_t i = 0; i < 5; ++i) encoded.push_back(point(i).bytes());
    encoded[3] = PointBytes{};
    const auto sum = weighted_sum_of_bytes(encoded, Bytes{1, 1, 1, 0, 1}, 1000, by);
    REQUIRE_FALSE(sum);
    CHECK(sum.error().code == ErrorCode::bad_point);
    CHECK(sum.error().side == Side::peer);
    CHECK(sum.error().sentence.find("1003") != std::string::npos);
  }
}

TEST_CASE("limbs at their bounds multiply like the same numbers reduced", "[public_points]") {
  using namespace public_math;
  rc::check([] {
    Field a;
    Field b;
    for (Field* number : {&a, &b})
      for (auto& limb : number->limb)
        limb = *rc::gen::element<std::uint64_t>(0, 1, limb_mask, (std::uint64_t{1} << 52U) - 1,
                                                (std::uint64_t{1} << 54U) - 1,
                                                (std::uint64_t{1} << 53U) + 12345);
    const Field product = multiply(a, b);
    RC_ASSERT(public_math::equal(product, multiply(tighten(a), tighten(b))));
    RC_ASSERT(public_math::equal(square(a), multiply(a, a)));
    for (const auto limb : product.limb) RC_ASSERT(limb < std::uint64_t{1} << 52U);
    const Field reduced = from_bytes(public_math::to_bytes(product).data());
    RC_ASSERT(public_math::equal(product, reduced));
    RC_ASSERT(public_math::is_zero(tighten(subtract(product, reduced))));
  });
}

}  // namespace knoop
