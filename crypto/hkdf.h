// HMAC-SHA-512 (RFC 2104, 4231) and HKDF (RFC 5869) with SHA-512, over libsodium's HMAC since 1.0.18 has no
// HKDF.
//
// Every key that Knoop derives comes from here, and every derivation says in `info` what it is for: a label
// with a version, then the network and both identities where there are two (architecture.md, habit 9). Fields
// of variable length in `info` carry their length, so that no two derivations share an input.
#pragma once

#include "crypto/keys.h"

namespace knoop {

/// A MAC is compared with equal_constant_time, never with ==.
[[nodiscard]] Hash512 hmac_sha512(ByteView key, ByteView message);

/// The pseudorandom key between the two steps of HKDF.
using HkdfKey = Secret<struct HkdfKeyTag, 64>;

/// An empty salt means 64 zero bytes, as RFC 5869 says.
[[nodiscard]] HkdfKey hkdf_extract(ByteView salt, ByteView input_key);
/// Fills `out`, at most 255 × 64 bytes (a limit of HKDF itself; lengths are ours, so more is a bug).
void hkdf_expand(const HkdfKey& key, ByteView info, std::span<Byte> out);

/// Expands to a Secret or Fixed type.
template <typename Value>
[[nodiscard]] Value hkdf_expand(const HkdfKey& key, ByteView info) {
  Value value;
  hkdf_expand(key, info, {value.data(), Value::size});
  return value;
}

/// Both steps: `hkdf<SymmetricKey>(salt, input_key, info)`.
template <typename Value>
[[nodiscard]] Value hkdf(ByteView salt, ByteView input_key, ByteView info) {
  return hkdf_expand<Value>(hkdf_extract(salt, input_key), info);
}

}  // namespace knoop
