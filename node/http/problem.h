// How an Error looks on the API: application/problem+json (RFC 9457) with our stable code and the side at which the
// cause lies. The sentence is the Error's own: errors never hold a secret, a BSN, a name or a fragment's text.
#pragma once

#include <string>

#include "crypto/base/error.h"

namespace knoop::http {

/// The status that a program which knows nothing of our codes can act on.
[[nodiscard]] unsigned status_of(const Error& error);

/// {"type","title","status","code","detail","side"} as text.
[[nodiscard]] std::string problem_text(const Error& error, unsigned status);

}  // namespace knoop::http
