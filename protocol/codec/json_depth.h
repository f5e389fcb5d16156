// How deep a JSON text nests, counted before anything is built: parsers descend by recursion, and a stranger's text must not
// choose how far.
#pragma once

#include <string_view>

namespace knoop {

/// Counts brackets outside strings. Of what is no JSON it gives some number, and the parser's own error follows.
[[nodiscard]] unsigned json_depth(std::string_view text);

}  // namespace knoop
