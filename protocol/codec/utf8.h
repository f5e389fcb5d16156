// Whether bytes are a text: well-formed UTF-8 as the Unicode Standard, table 3-7, allows it. Overlong forms,
// surrogates, code points above U+10FFFF and cut sequences are refused, because two spellings of one text
// would slip past every comparison made later. U+0000 is refused too: what reads C strings would see another
// text than we do.
#pragma once

#include <string_view>

namespace knoop {

[[nodiscard]] bool is_utf8(std::string_view text);

}  // namespace knoop
