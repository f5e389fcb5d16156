// Byte strings and their text forms. Bytes owns, ByteView borrows. Nothing here is for secrets (see fixed.h).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/base/result.h"

namespace knoop {

using Byte = std::uint8_t;
using Bytes = std::vector<Byte>;
using ByteView = std::span<const Byte>;

/// The bytes of a text, borrowed.
[[nodiscard]] inline ByteView view(std::string_view text) {
  return {reinterpret_cast<const Byte*>(text.data()), text.size()};  // char and uint8_t may alias
}
[[nodiscard]] inline std::string_view text_view(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
[[nodiscard]] inline Bytes to_bytes(ByteView bytes) {
  return {bytes.begin(), bytes.end()};
}
[[nodiscard]] inline Bytes to_bytes(std::string_view text) {
  return to_bytes(view(text));
}
[[nodiscard]] inline std::string to_text(ByteView bytes) {
  return std::string(text_view(bytes));
}

inline void append(Bytes& to, ByteView bytes) {
  to.insert(to.end(), bytes.begin(), bytes.end());
}
inline void append(Bytes& to, std::string_view text) {
  append(to, view(text));
}
inline void append_u8(Bytes& to, std::uint8_t value) {
  to.push_back(value);
}
/// Big-endian, as everywhere in Knoop's own formats.
void append_u16(Bytes& to, std::uint16_t value);
void append_u32(Bytes& to, std::uint32_t value);
void append_u64(Bytes& to, std::uint64_t value);

[[nodiscard]] bool equal(ByteView a, ByteView b);  ///< Not constant-time: for public values only.

/// Lower-case hexadecimal. Parsing takes lower and upper case and an even number of digits, nothing else.
[[nodiscard]] std::string to_hex(ByteView bytes);
[[nodiscard]] Result<Bytes> from_hex(std::string_view text);

/// RFC 4648 base64 with padding. Parsing is strict: canonical padding bits, no white space, no other alphabet.
[[nodiscard]] std::string to_base64(ByteView bytes);
[[nodiscard]] Result<Bytes> from_base64(std::string_view text);

}  // namespace knoop
