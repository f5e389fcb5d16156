#include "crypto/jws_key.h"

#include <catch2/catch.hpp>

#include "crypto/base/base64url.h"

namespace knoop {
namespace {

Bytes decoded(std::string_view text) {
  return from_base64url(text).value();
}

// RFC 7515 appendix A.2 and A.3.
constexpr std::string_view rsa_modulus =
    "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-"
    "SFd2lZS-"
    "pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-"
    "UTo7WTBEMa2R2Cap"
    "Hg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_"
    "h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h"
    "4FRWyuXpoQ";
constexpr std::string_view rsa_signature =
    "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_"
    "O8W2Fp5jujGbds9uJdbF9CUAr7"
    "t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_"
    "dO--xi1"
    "2jzDwusC-"
    "eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGl"
    "UPQGe77Rw";
constexpr std::string_view claims =
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
constexpr std::string_view point_x = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU";
constexpr std::string_view point_y = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0";
constexpr std::string_view ec_signature =
    "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";

std::string input(std::string_view header) {
  return std::string(header) + "." + std::string(claims);
}

TEST_CASE("signatures are those of RFC 7515 appendix A.2 and A.3, and no others") {
  const JwsKey rsa = JwsKey::rsa(decoded(rsa_modulus), decoded("AQAB")).value();
  const JwsKey ec = JwsKey::p256(decoded(point_x), decoded(point_y)).value();
  CHECK(rsa.algorithm() == JwsAlgorithm::rs256);
  CHECK(ec.algorithm() == JwsAlgorithm::es256);
  const std::string by_rsa = input("eyJhbGciOiJSUzI1NiJ9");
  const std::string by_ec = input("eyJhbGciOiJFUzI1NiJ9");
  CHECK(rsa.verify(view(by_rsa), decoded(rsa_signature)));
  CHECK(ec.verify(view(by_ec), decoded(ec_signature)));
  CHECK_FALSE(rsa.verify(view(by_ec), decoded(rsa_signature)));
  CHECK_FALSE(ec.verify(view(by_rsa), decoded(ec_signature)));
  CHECK_FALSE(rsa.verify(view(by_rsa), decoded(ec_signature)));
  CHECK_FALSE(ec.verify(view(by_ec), decoded(rsa_signature)));
  for (const auto& [key, text, signature] :
       {std::tuple{&rsa, &by_rsa, decoded(rsa_signature)}, std::tuple{&ec, &by_ec, decoded(ec_signature)}}) {
    for (std::size_t at = 0; at < signature.size(); at += 7) {
      Bytes other = signature;
      other[at] ^= 1;
      CHECK_FALSE(key->verify(view(*text), other));
    }
    Bytes longer = signature;
    longer.push_back(0);
    CHECK_FALSE(key->verify(view(*text), longer));
    CHECK_FALSE(key->verify(view(*text), ByteView(signature).first(signature.size() - 1)));
    CHECK_FALSE(key->verify(view(*text), {}));
    CHECK_FALSE(key->verify(view(*text), Bytes(signature.size(), 0)));
    CHECK_FALSE(key->verify(view(*text), Bytes(signature.size(), 0xff)));
  }
}

TEST_CASE("what is no key, or a weak one, is refused") {
  const Bytes modulus = decoded(rsa_modulus);
  const Bytes three = decoded("AQAB");
  CHECK_FALSE(JwsKey::rsa(ByteView(modulus).last(128), three));
  CHECK_FALSE(JwsKey::rsa({}, three));
  CHECK_FALSE(JwsKey::rsa(Bytes(1025, 0xff), three));
  CHECK_FALSE(JwsKey::rsa(modulus, {}));
  for (const Bytes& exponent : {Bytes{0}, Bytes{1}, Bytes{2}, Bytes{1, 0}, Bytes(5, 1)})
    CHECK_FALSE(JwsKey::rsa(modulus, exponent));
  Bytes even = modulus;
  even.back() &= 0xfe;
  CHECK_FALSE(JwsKey::rsa(even, three));

  const Bytes x = decoded(point_x);
  Bytes y = decoded(point_y);
  CHECK_FALSE(JwsKey::p256(x, ByteView(y).first(31)));
  CHECK_FALSE(JwsKey::p256(Bytes(32, 0), Bytes(32, 0)));
  CHECK_FALSE(JwsKey::p256(Bytes(32, 0xff), y));
  y.back() ^= 1;
  const auto beside = JwsKey::p256(x, y);  // not on the curve
  REQUIRE_FALSE(beside);
  CHECK(beside.error().code == ErrorCode::bad_key);
}

TEST_CASE("only the two algorithms have a name here") {
  CHECK(jws_algorithm_from("RS256") == JwsAlgorithm::rs256);
  CHECK(jws_algorithm_from("ES256") == JwsAlgorithm::es256);
  for (const std::string_view name :
       {"", "none", "None", "HS256", "rs256", "RS512", "PS256", "ES256K", "EdDSA"})
    CHECK_FALSE(jws_algorithm_from(name));
}

TEST_CASE("base64url is read as it is written, without padding and without the other alphabet") {
  CHECK(to_base64url(Bytes{0xfb, 0xff}) == "-_8");
  CHECK(decoded("-_8") == Bytes{0xfb, 0xff});
  CHECK(decoded("").empty());
  for (const std::string_view text : {"-_8=", "+_8", "-/8", "-_9", "a", "ab c", "-_8\n"})
    CHECK_FALSE(from_base64url(text));
}

}  // namespace
}  // namespace knoop
