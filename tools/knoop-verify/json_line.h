// One line of a file that comes from whoever is to be checked: a JSON object, bounded, not nested deeply, no key twice and
// none that does not belong there, so that two readers cannot see two meanings.
#pragma once

#include <initializer_list>
#include <nlohmann/json.hpp>
#include <string>

#include "crypto/base/fixed.h"

namespace knoop::verifier {

using Json = nlohmann::json;

[[nodiscard]] tl::unexpected<Error> malformed(std::string_view why);
[[nodiscard]] Result<Json> parse_line(std::string_view line);
/// Exactly these keys.
[[nodiscard]] Result<void> expect_keys(const Json& object, std::initializer_list<std::string_view> keys);
[[nodiscard]] Result<std::string> text_of(const Json& object, std::string_view key);

template <typename Value>
[[nodiscard]] Result<Value> hex_of(const Json& object, std::string_view key) {
  KNOOP_LET(digits, text_of(object, key));
  auto value = Value::from_hex(digits);
  if (!value || value->hex() != digits)
    return malformed(fmt::format("\"{}\" must be {} bytes in lower-case hex", key, Value::size));
  return *value;
}

}  // namespace knoop::verifier
