// Whether bytes from outside are text at all.
#pragma once

#include <string_view>

namespace knoop {

/// Well-formed UTF-8 as the Unicode Standard (table 3-7) has it: no surrogates, no overlong forms, nothing
/// past U+10FFFF.
[[nodiscard]] bool is_utf8(std::string_view text);

}  // namespace knoop
