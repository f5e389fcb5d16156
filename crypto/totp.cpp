#include "crypto/totp.h"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "crypto/base/assert.h"

namespace knoop {

std::string totp_code(const TotpSecret& secret, std::uint64_t step) {
  Bytes counter;
  append_u64(counter, step);
  std::array<Byte, 20> digest{};
  unsigned size = 0;
  const Byte* done = HMAC(EVP_sha1(), secret.expose().data(), static_cast<int>(TotpSecret::size),
                          counter.data(), counter.size(), digest.data(), &size);
  KNOOP_ASSERT(done != nullptr && size == digest.size(), "libcrypto has HMAC-SHA-1");
  // RFC 4226 section 5.3: the last four bits say which four bytes count.
  const std::size_t at = digest.back() & 0x0fU;
  const std::uint32_t number = (static_cast<std::uint32_t>(digest[at] & 0x7fU) << 24U) |
                               (static_cast<std::uint32_t>(digest[at + 1]) << 16U) |
                               (static_cast<std::uint32_t>(digest[at + 2]) << 8U) |
                               static_cast<std::uint32_t>(digest[at + 3]);
  wipe(digest.data(), digest.size());
  return fmt::format("{:06}", number % 1'000'000);
}

std::optional<std::uint64_t> check_totp(const TotpSecret& secret, Timestamp now, std::uint64_t used,
                                        std::string_view digits) {
  const std::int64_t seconds = now.ms / 1000;
  if (seconds < totp_step_seconds || digits.size() != 6) return std::nullopt;
  const auto current = static_cast<std::uint64_t>(seconds / totp_step_seconds);
  std::optional<std::uint64_t> found;
  for (std::uint64_t step = current - 1; step <= current + 1; ++step) {
    const std::string right = totp_code(secret, step);
    if (equal_constant_time(view(right), view(digits)) && step > used) found = step;
  }
  return found;
}

std::string to_base32(ByteView bytes) {
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  std::string out;
  std::uint32_t held = 0;
  unsigned bits = 0;
  for (const Byte byte : bytes) {
    held = (held << 8U) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      out += alphabet[(held >> bits) & 31U];
    }
  }
  if (bits > 0) out += alphabet[(held << (5U - bits)) & 31U];
  return out;
}

}  // namespace knoop
