// Short names for people who type: of members and kinds of organisations.
#pragma once

#include <algorithm>
#include <string_view>

namespace knoop {

/// 2 to 40 of a-z, 0-9 and '-', not beginning or ending with '-'.
[[nodiscard]] inline bool is_slug(std::string_view text) {
  return text.size() >= 2 && text.size() <= 40 && text.front() != '-' && text.back() != '-' &&
         std::ranges::all_of(
             text, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
}

}  // namespace knoop
