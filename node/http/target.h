// The target of a request: path segments and query, percent-decoded (RFC 3986). Strict, because a path decides who may
// do what: an empty or dotted segment, a bad escape, a control character or a second value of one name is refused.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "crypto/base/result.h"

namespace knoop::http {

struct Target {
  std::vector<std::string> segments;
  std::map<std::string, std::string> query;
};

inline constexpr std::size_t max_target_bytes = 2048;

[[nodiscard]] Result<Target> parse_target(std::string_view text);
/// One segment or value, escaped so that parse_target gives it back.
[[nodiscard]] std::string escape(std::string_view text);

}  // namespace knoop::http
