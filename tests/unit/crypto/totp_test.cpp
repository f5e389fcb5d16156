#include "crypto/totp.h"

#include <catch2/catch.hpp>

namespace knoop {
namespace {

TotpSecret rfc_secret() {
  return TotpSecret::from(view("12345678901234567890")).value();
}

TEST_CASE("codes are those of RFC 4226 appendix D and RFC 6238 appendix B") {
  const TotpSecret secret = rfc_secret();
  const std::array<std::string_view, 10> hotp{"755224", "287082", "359152", "969429", "338314",
                                              "254676", "287922", "162583", "399871", "520489"};
  for (std::size_t step = 0; step < hotp.size(); ++step) CHECK(totp_code(secret, step) == hotp[step]);
  // Eight digits there, of which an app shows the last six.
  CHECK(totp_code(secret, 59 / 30) == "287082");
  CHECK(totp_code(secret, 1111111109 / 30) == "081804");
  CHECK(totp_code(secret, 1234567890 / 30) == "005924");
  CHECK(totp_code(secret, 20000000000 / 30) == "353130");
}

TEST_CASE("a code counts for its own step and the ones beside it, and never twice") {
  const TotpSecret secret = rfc_secret();
  const Timestamp now{1'111'111'109'000};
  const std::uint64_t step = 1'111'111'109 / 30;
  for (const std::uint64_t near : {step - 1, step, step + 1})
    CHECK(check_totp(secret, now, 0, totp_code(secret, near)) == near);
  CHECK_FALSE(check_totp(secret, now, 0, totp_code(secret, step - 2)));
  CHECK_FALSE(check_totp(secret, now, 0, totp_code(secret, step + 2)));
  CHECK_FALSE(check_totp(secret, now, step, totp_code(secret, step)));
  CHECK_FALSE(check_totp(secret, now, step, totp_code(secret, step - 1)));
  CHECK(check_totp(secret, now, step, totp_code(secret, step + 1)) == step + 1);
  for (const std::string_view wrong : {"", "08180", "0818045", "081805", "abcdef", "81804 "})
    CHECK_FALSE(check_totp(secret, now, 0, wrong));
  CHECK_FALSE(check_totp(secret, Timestamp{}, 0, totp_code(secret, 0)));
}

TEST_CASE("base32 is that of RFC 4648 section 10, without padding") {
  CHECK(to_base32(view("")).empty());
  CHECK(to_base32(view("f")) == "MY");
  CHECK(to_base32(view("fo")) == "MZXQ");
  CHECK(to_base32(view("foo")) == "MZXW6");
  CHECK(to_base32(view("foob")) == "MZXW6YQ");
  CHECK(to_base32(view("fooba")) == "MZXW6YTB");
  CHECK(to_base32(view("foobar")) == "MZXW6YTBOI");
}

}  // namespace
}  // namespace knoop
