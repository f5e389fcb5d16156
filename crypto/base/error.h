// Errors are values. Every expected failure (input of a peer, a file, a user, the disk) is an Error: a stable code
// for programs and one English sentence for people that names the cause, the side at which it lies and the mend.
// A sentence never holds a secret, a BSN, a name or fragment text: it ends in logs and on other screens.
#pragma once

#include <string>
#include <string_view>

#include "crypto/base/error_codes.h"

namespace knoop {

enum class ErrorCode {
#define KNOOP_ENUMERATOR(name, text) name,
  KNOOP_ERROR_CODES(KNOOP_ENUMERATOR)
#undef KNOOP_ENUMERATOR
};

/// The stable text of a code, such as "bad-signature".
[[nodiscard]] std::string_view to_string(ErrorCode code);

/// Whose turn it is to mend: this node or its operator, the peer, or the person or program that asked.
enum class Side { ours, peer, user };

[[nodiscard]] std::string_view to_string(Side side);

struct Error {
  ErrorCode code;
  Side side;
  std::string sentence;

  friend bool operator==(const Error&, const Error&) = default;
};

}  // namespace knoop
