// TOTP (RFC 6238) with what authenticator apps understand: HMAC-SHA-1 (RFC 4226), steps of 30 seconds, six digits.
//
// A code is right for its own step and the one before and after it: clocks of telephones differ, and typing takes time. The
// caller keeps the step of the last code that was accepted: the same code, or an older one, never counts twice. Six
// digits can be guessed in a million attempts, so whoever checks one also counts failures (node/core/sign_in.h).
#pragma once

#include <optional>
#include <string>

#include "crypto/base/fixed.h"
#include "crypto/base/time.h"

namespace knoop {

/// 160 bits, as RFC 4226 section 4 wants.
using TotpSecret = Secret<struct TotpSecretTag, 20>;

inline constexpr std::int64_t totp_step_seconds = 30;

/// Six digits.
[[nodiscard]] std::string totp_code(const TotpSecret& secret, std::uint64_t step);

/// The step that these digits are of, when that is near `now` and later than `used`.
[[nodiscard]] std::optional<std::uint64_t> check_totp(const TotpSecret& secret, Timestamp now,
                                                      std::uint64_t used, std::string_view digits);

/// RFC 4648 base32 without padding: how a person types the secret into an app. For that person's screen only.
[[nodiscard]] std::string to_base32(ByteView bytes);

}  // namespace knoop
