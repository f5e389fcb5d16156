// Fixed-size values with a type of their own, so that a key can never be passed where another is meant.
//
//   using SigningPublicKey = Fixed<struct SigningPublicKeyTag, 32>;   // public: copyable, comparable, printable as hex
//   using SigningSeed      = Secret<struct SigningSeedTag, 32>;       // secret: move-only, wiped, never printed
//
// A Secret has no operator<<, no fmt formatter and no implicit conversion: it cannot end in a log, an error or a
// message by accident. It is compared in constant time and wiped when it is destroyed or moved from.
#pragma once

#include <algorithm>
#include <array>
#include <compare>
#include <functional>

#include "crypto/base/bytes.h"

namespace knoop {

/// Overwrites memory in a way that the compiler may not remove. Implemented by libsodium in crypto/memory.cpp.
void wipe(void* memory, std::size_t size);
/// Constant-time comparison of equally long strings; false when the lengths differ.
[[nodiscard]] bool equal_constant_time(ByteView a, ByteView b);

template <typename Tag, std::size_t N>
class Fixed {
 public:
  static constexpr std::size_t size = N;

  constexpr Fixed() = default;  ///< All zeros.
  explicit constexpr Fixed(const std::array<Byte, N>& bytes) : bytes_(bytes) {}

  /// Exactly N bytes, or an error that names both lengths.
  [[nodiscard]] static Result<Fixed> from(ByteView bytes) {
    if (bytes.size() != N)
      return fail(ErrorCode::bad_length, Side::user, "expected {} bytes, got {}", N, bytes.size());
    Fixed out;
    std::ranges::copy(bytes, out.bytes_.begin());
    return out;
  }
  [[nodiscard]] static Result<Fixed> from_hex(std::string_view text) {
    KNOOP_LET(bytes, knoop::from_hex(text));
    return from(bytes);
  }

  [[nodiscard]] ByteView view() const { return bytes_; }
  [[nodiscard]] const Byte* data() const { return bytes_.data(); }
  [[nodiscard]] Byte* data() { return bytes_.data(); }
  [[nodiscard]] std::string hex() const { return to_hex(bytes_); }
  [[nodiscard]] bool is_zero() const {
    return std::ranges::all_of(bytes_, [](Byte byte) { return byte == 0; });
  }

  friend auto operator<=>(const Fixed&, const Fixed&) = default;

 private:
  std::array<Byte, N> bytes_{};
};

template <typename Tag, std::size_t N>
class Secret {
 public:
  static constexpr std::size_t size = N;

  Secret() = default;  ///< All zeros; fill through data().
  ~Secret() { wipe(bytes_.data(), N); }
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;
  Secret(Secret&& other) noexcept : bytes_(other.bytes_) { wipe(other.bytes_.data(), N); }
  Secret& operator=(Secret&& other) noexcept {
    if (this != &other) {
      bytes_ = other.bytes_;
      wipe(other.bytes_.data(), N);
    }
    return *this;
  }

  [[nodiscard]] static Result<Secret> from(ByteView bytes) {
    if (bytes.size() != N)
      return fail(ErrorCode::bad_length, Side::user, "expected a secret of {} bytes, got {}", N,
                  bytes.size());
    Secret out;
    std::ranges::copy(bytes, out.bytes_.begin());
    return out;
  }

  /// A second copy, said aloud where it is made.
  [[nodiscard]] Secret copy() const {
    Secret out;
    out.bytes_ = bytes_;
    return out;
  }
  /// The bytes themselves: for the crypto layer and the encrypted database only.
  [[nodiscard]] ByteView expose() const { return bytes_; }
  [[nodiscard]] Byte* data() { return bytes_.data(); }

  friend bool operator==(const Secret& a, const Secret& b) { return equal_constant_time(a.bytes_, b.bytes_); }

 private:
  std::array<Byte, N> bytes_{};
};

}  // namespace knoop

template <typename Tag, std::size_t N>
struct std::hash<knoop::Fixed<Tag, N>> {
  // FNV-1a: for in-memory maps whose size a stranger cannot choose.
  std::size_t operator()(const knoop::Fixed<Tag, N>& value) const noexcept {
    std::size_t digest = 14695981039346656037U;
    for (const knoop::Byte byte : value.view()) digest = (digest ^ byte) * 1099511628211U;
    return digest;
  }
};
