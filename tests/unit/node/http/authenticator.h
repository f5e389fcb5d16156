// What an authenticator app does with the secret that a node showed.
#pragma once

#include <string>

#include "crypto/base/time.h"
#include "crypto/totp.h"

namespace knoop::http {

/// The code at this moment, from the secret in base32.
inline std::string shown_code(const std::string& base32, Timestamp now) {
  Bytes bytes;
  std::uint32_t held = 0;
  unsigned bits = 0;
  for (const char c : base32) {
    held = (held << 5U) | static_cast<std::uint32_t>(c >= 'A' ? c - 'A' : c - '2' + 26);
    bits += 5;
    if (bits >= 8) bytes.push_back(static_cast<Byte>(held >> (bits -= 8)));
  }
  return totp_code(TotpSecret::from(bytes).value(), static_cast<std::uint64_t>(now.ms / 30'000));
}

}  // namespace knoop::http
