// What the files of AttachmentService share, and nobody else needs.
#pragma once

#include "node/core/exchange_parts.h"

namespace knoop::attachment_parts {

/// The pieces of a file are one read in the log for this long.
inline constexpr Milliseconds read_logged_each = std::chrono::minutes{15};

inline std::string name_of_fragment(const FragmentId& fragment) {
  return "fragment " + fragment.hex();
}

}  // namespace knoop::attachment_parts
