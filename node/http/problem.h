// How an Error looks on the API: application/problem+json (RFC 9457) with our stable code and the side at which the
// cause lies. `detail` is the Error's own sentence, in English: errors never hold a secret, a BSN, a name or a fragment's text. `message` is a
// sentence about errors of this code, in Dutch and in English, that can be shown to a person. `errors` names the fields of the request
// that are wrong, when it was not understood.
#pragma once

#include <string>
#include <string_view>

#include "crypto/base/error.h"

namespace knoop::http {

/// The status that a program which knows nothing of our codes can act on.
[[nodiscard]] unsigned status_of(const Error& error);

/// How the sentence of a request begins whose fields are wrong; each "<field> <reason>" follows, with "; " between them.
inline constexpr std::string_view not_understood = "the request was not understood: ";

/// {"type","title","status","code","message","detail","side","errors"} as text.
[[nodiscard]] std::string problem_text(const Error& error, unsigned status);

}  // namespace knoop::http
