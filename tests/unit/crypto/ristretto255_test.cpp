#include "crypto/ristretto255.h"

#include <rapidcheck.h>

#include <catch2/catch.hpp>

#include "tests/support/test_entropy.h"

using namespace knoop;

namespace {

Scalar scalar(std::uint64_t seed) {
  Bytes message;
  append_u64(message, seed);
  return hash_to_scalar(message, "knoop/test/scalar");
}
Point point(std::uint64_t seed) {
  return multiply_base(scalar(seed));
}

ErrorCode scalar_error(std::string_view hex) {
  const auto result = Scalar::parse(*from_hex(hex));
  REQUIRE_FALSE(result);
  return result.error().code;
}
ErrorCode point_error(std::string_view hex) {
  const auto result = Point::parse(*from_hex(hex));
  REQUIRE_FALSE(result);
  return result.error().code;
}

}  // namespace

TEST_CASE("the small multiples of the generator are those of RFC 9496 appendix A.1") {
  const char* multiples[] = {
      "e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76",
      "6a493210f7499cd17fecb510ae0cea23a110e8d5b901f8acadd3095c73a3b919",
      "94741f5d5d52755ece4f23f044ee27d5d1ea1e2bd196b462166b16152a9d0259",
  };
  Point sum = generator();
  CHECK(sum.hex() == multiples[0]);
  for (std::size_t i = 1; i < std::size(multiples); ++i) {
    const auto next = add(sum, generator());
    REQUIRE(next);
    CHECK(next->hex() == multiples[i]);
    sum = *next;
  }
  Bytes two(32, 0);
  two[0] = 2;
  CHECK(multiply(*Scalar::parse(two), generator())->hex() == multiples[1]);
}

TEST_CASE("the identity and what is no canonical point are refused") {
  CHECK(point_error(std::string(64, '0')) == ErrorCode::bad_point);
  // RFC 9496 appendix A.2: invalid encodings, one or two of each kind.
  for (const char* hex : {
           // non-canonical field elements
           "00ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
           "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
           "f3ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
           "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
           // negative field elements
           "0100000000000000000000000000000000000000000000000000000000000000",
           "01ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
           "ed57ffd8c914fb201471d1c3d245ce3c746fcbe63a3679d51b6a516ebebe0e20",
           "c34c4e1826e5d403b78e246e88aa051c36ccf0aafebffe137d148a2bf9104562",
           // non-square x²
           "26948d35ca62e643e26a83177332e6b6afeb9d08e4268b650f1f5bbd8d81d371",
           "4eac077a713c57b4f4397629a4145982c661f48044dd3f96427d40b147d9742f",
           // negative xy
           "3eb858e78f5a7254d8c9731174a94f76755fd3941c0ac93735c07ba14579630e",
           "a45fdc55c76448c049a1ab33f17023edfb2be3581e9c7aade8a6125215e04220",
           // s = −1, which causes y = 0
           "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
       }) {
    INFO(hex);
    CHECK(point_error(hex) == ErrorCode::bad_point);
  }
  const std::string good = generator().hex();
  CHECK(Point::parse(*from_hex(good)) == generator());
  CHECK(point_error(good.substr(2)) == ErrorCode::bad_length);
  CHECK(point_error(good + "00") == ErrorCode::bad_length);
  CHECK(point_error("") == ErrorCode::bad_length);
}

TEST_CASE("a point has one encoding: with the top bit set it is refused") {
  // libsodium 1.0.18 accepts it and computes with the point without the bit.
  CHECK(rc::check([](std::uint64_t seed) {
    Bytes second = to_bytes(point(seed).view());
    second[31] |= 0x80;
    RC_ASSERT_FALSE(Point::parse(second).has_value());
  }));
}

TEST_CASE("scalars are those from 1 to the order minus 1") {
  CHECK(scalar_error(std::string(64, '0')) == ErrorCode::bad_scalar);
  CHECK(scalar_error("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010") ==
        ErrorCode::bad_scalar);
  CHECK(scalar_error("eed3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010") ==
        ErrorCode::bad_scalar);
  CHECK(scalar_error("ecd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000011") ==
        ErrorCode::bad_scalar);
  CHECK(scalar_error("0000000000000000000000000000000000000000000000000000000000000020") ==
        ErrorCode::bad_scalar);
  CHECK(scalar_error("0100000000000000000000000000000000000000000000000000000000000080") ==
        ErrorCode::bad_scalar);
  CHECK(scalar_error(std::string(64, 'f')) == ErrorCode::bad_scalar);
  CHECK(scalar_error(std::string(62, '1')) == ErrorCode::bad_length);
  CHECK(scalar_error(std::string(66, '1')) == ErrorCode::bad_length);
  for (const char* hex : {"0100000000000000000000000000000000000000000000000000000000000000",
                          "ecd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010",
                          "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff0f",
                          "00000000000000000000000000000000000000000000000000000000000000 10"}) {
    std::string text(hex);
    std::erase(text, ' ');
    INFO(text);
    CHECK(Scalar::parse(*from_hex(text)));
  }
}

TEST_CASE("every scalar has one encoding: k plus the order is refused") {
  // libsodium 1.0.18 multiplies by it without complaint.
  const Bytes order = *from_hex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
  CHECK(rc::check([&order](std::uint64_t seed) {
    Bytes sum = to_bytes(scalar(seed).expose());
    int carry = 0;
    for (std::size_t i = 0; i < sum.size(); ++i) {
      carry += sum[i] + order[i];
      sum[i] = static_cast<Byte>(carry);
      carry >>= 8;
    }
    RC_ASSERT(carry == 0);
    RC_ASSERT_FALSE(Scalar::parse(sum).has_value());
  }));
}

TEST_CASE("group and scalars obey the laws") {
  CHECK(rc::check([](std::uint64_t x, std::uint64_t y, std::uint64_t z) {
    RC_PRE(x != y && y != z);
    const Scalar a = scalar(x), b = scalar(y);
    const Point p = point(z), q = point(x);
    RC_ASSERT(*multiply(a, *multiply(b, p)) == *multiply(b, *multiply(a, p)));
    RC_ASSERT(*multiply(multiply(a, b), p) == *multiply(a, *multiply(b, p)));
    RC_ASSERT(*multiply(*add(a, b), p) == *add(*multiply(a, p), *multiply(b, p)));
    RC_ASSERT(*multiply(*subtract(a, b), p) == *subtract(*multiply(a, p), *multiply(b, p)));
    RC_ASSERT(*multiply(invert(a), *multiply(a, p)) == p);
    RC_ASSERT(*subtract(*add(p, point(y)), point(y)) == p);
    RC_ASSERT(*multiply(a, generator()) == multiply_base(a));
    RC_ASSERT(*Point::parse(p.view()) == p);
    RC_ASSERT(Scalar::parse(a.expose())->copy() == a);
    RC_ASSERT(q == multiply_base(a));
  }));
}

TEST_CASE("computations that end in the identity or zero say so") {
  const Scalar a = scalar(1);
  const Point p = point(1);
  CHECK(subtract(p, p).error().code == ErrorCode::bad_point);
  CHECK(subtract(a, a).error().code == ErrorCode::bad_scalar);
  Bytes minus_one = *from_hex("ecd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
  const auto minus_p = multiply(*Scalar::parse(minus_one), p);
  REQUIRE(minus_p);
  CHECK(add(p, *minus_p).error().code == ErrorCode::bad_point);
  CHECK(add(a, multiply(*Scalar::parse(minus_one), a)).error().code == ErrorCode::bad_scalar);
}

TEST_CASE("hashes depend on message and tag") {
  CHECK(hash_to_group(view("a"), "tag one") != hash_to_group(view("a"), "tag two"));
  CHECK(hash_to_group(view("a"), "tag one") != hash_to_group(view("b"), "tag one"));
  // The tag's length is hashed too: message and tag cannot trade bytes.
  CHECK(hash_to_group(view("at"), "ag") != hash_to_group(view("a"), "tag"));
  CHECK_FALSE(hash_to_scalar(view("a"), "tag one") == hash_to_scalar(view("a"), "tag two"));
}

TEST_CASE("a domain tag has 1 to 255 bytes") {
  CHECK(DomainTag::from(Bytes(1, 'x')));
  CHECK(DomainTag::from(Bytes(255, 'x')));
  CHECK(DomainTag::from(Bytes(256, 'x')).error().code == ErrorCode::bad_length);
  CHECK(DomainTag::from({}).error().code == ErrorCode::bad_length);
}
