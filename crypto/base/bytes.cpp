#include "crypto/base/bytes.h"

#include <algorithm>

namespace knoop {
namespace {

void append_big_endian(Bytes& to, std::uint64_t value, int bytes) {
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) to.push_back(static_cast<Byte>(value >> shift));
}

constexpr std::string_view hex_digits = "0123456789abcdef";
constexpr std::string_view base64_digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

void append_u16(Bytes& to, std::uint16_t value) {
  append_big_endian(to, value, 2);
}
void append_u32(Bytes& to, std::uint32_t value) {
  append_big_endian(to, value, 4);
}
void append_u64(Bytes& to, std::uint64_t value) {
  append_big_endian(to, value, 8);
}

bool equal(ByteView a, ByteView b) {
  return std::ranges::equal(a, b);
}

std::string to_hex(ByteView bytes) {
  std::string out;
  out.reserve(bytes.size() * 2);
  for (const Byte byte : bytes) {
    out += hex_digits[byte >> 4U];
    out += hex_digits[byte & 15U];
  }
  return out;
}

Result<Bytes> from_hex(std::string_view text) {
  if (text.size() % 2 != 0)
    return fail(ErrorCode::bad_encoding, Side::user,
                "hexadecimal text needs an even number of digits, this has {}", text.size());
  Bytes out;
  out.reserve(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = hex_value(text[i]);
    const int low = hex_value(text[i + 1]);
    if (high < 0 || low < 0)
      return fail(ErrorCode::bad_encoding, Side::user, "not a hexadecimal digit at position {}",
                  high < 0 ? i : i + 1);
    out.push_back(static_cast<Byte>(high * 16 + low));
  }
  return out;
}

std::string to_base64(ByteView bytes) {
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t left = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t block = 0;
    for (std::size_t j = 0; j < 3; ++j) block = block << 8U | (j < left ? bytes[i + j] : 0U);
    for (std::size_t j = 0; j < 4; ++j) out += j <= left ? base64_digits[block >> (18 - 6 * j) & 63U] : '=';
  }
  return out;
}

Result<Bytes> from_base64(std::string_view text) {
  const auto bad = [](std::string_view why) {
    return fail(ErrorCode::bad_encoding, Side::user, "not canonical base64: {}", why);
  };
  if (text.size() % 4 != 0) return bad("the length is no multiple of four");
  std::size_t padding = 0;
  while (padding < 2 && padding < text.size() && text[text.size() - 1 - padding] == '=') ++padding;
  Bytes out;
  out.reserve(text.size() / 4 * 3);
  for (std::size_t i = 0; i < text.size(); i += 4) {
    const bool last = i + 4 == text.size();
    const std::size_t digits = last ? 4 - padding : 4;
    std::uint32_t block = 0;
    for (std::size_t j = 0; j < 4; ++j) {
      std::size_t value = 0;
      if (j < digits) {
        value = base64_digits.find(text[i + j]);
        if (value == std::string_view::npos) return bad("a character outside the alphabet");
      }
      block = block << 6U | static_cast<std::uint32_t>(value);
    }
    const std::size_t bytes = digits - 1;
    if (bytes < 3 && (block & ((1U << (8 * (3 - bytes))) - 1U)) != 0)
      return bad("bits set behind the last byte");
    for (std::size_t j = 0; j < bytes; ++j) out.push_back(static_cast<Byte>(block >> (16 - 8 * j)));
  }
  return out;
}

}  // namespace knoop
