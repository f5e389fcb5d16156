// One sentence for each error code, in Dutch and in English, that a program can show to a person as it is: what happened and what to do.
// It is about the kind of error; `detail` of a problem says what exactly, in English.
#pragma once

#include <string_view>

#include "crypto/base/error.h"

namespace knoop::http {

struct ProblemWords {
  std::string_view nl;
  std::string_view en;
};

[[nodiscard]] ProblemWords words_of(ErrorCode code);

}  // namespace knoop::http
