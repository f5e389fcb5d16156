// SHA-256 and SHA-512 (FIPS 180-4). SHA-256 names things (networks, convenants, leaves of the audit log),
// SHA-512 serves key derivation and the ristretto255 group. Neither is a password hash (argon2id.h) nor a MAC
// (hkdf.h).
//
// SHA-256 is OpenSSL's, which uses the processor's instructions for it: a log of a million entries is two gigabytes to
// hash, and libsodium 1.0.18 takes four times as long. SHA-512 is libsodium's.
#pragma once

#include "crypto/base/bytes.h"
#include "crypto/keys.h"

namespace knoop {

[[nodiscard]] Hash256 sha256(ByteView bytes);
[[nodiscard]] Hash512 sha512(ByteView bytes);

/// SHA-256 of something that comes in pieces (a file, a list of fields). The pieces are simply joined:
/// whoever hashes several fields of variable length writes each length first.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;

  Sha256& update(ByteView bytes);
  Sha256& update(std::string_view text) { return update(view(text)); }
  /// The digest of all pieces; the object starts afresh.
  [[nodiscard]] Hash256 finish();

 private:
  alignas(8) std::array<Byte, 112> state_;
};

/// The same for SHA-512.
class Sha512 {
 public:
  Sha512();
  ~Sha512();
  Sha512(const Sha512&) = delete;
  Sha512& operator=(const Sha512&) = delete;

  Sha512& update(ByteView bytes);
  Sha512& update(std::string_view text) { return update(view(text)); }
  [[nodiscard]] Hash512 finish();

 private:
  alignas(8) std::array<Byte, 208> state_;
};

}  // namespace knoop
