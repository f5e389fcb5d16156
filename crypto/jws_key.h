// Public keys with which an identity provider signs (JSON Web Signature, RFC 7515 and 7518), for RS256 (RSASSA-PKCS1-v1_5 with
// SHA-256) and ES256 (ECDSA on P-256 with SHA-256). OpenSSL checks; nothing here is for Knoop's own signatures (ed25519.h).
//
// The algorithm belongs to the key and never to the message: who signs with another one than the key is for is refused, so neither
// "none" nor an HMAC with the public key as its secret is a signature here (RFC 8725 section 3.1).
#pragma once

#include <memory>
#include <optional>

#include "crypto/base/bytes.h"

namespace knoop {

enum class JwsAlgorithm { rs256, es256 };
/// Nothing for every other name.
[[nodiscard]] std::optional<JwsAlgorithm> jws_algorithm_from(std::string_view name);

class JwsKey {
 public:
  /// Big-endian numbers. 2048 to 8192 bits, an odd exponent of at most 32 bits; bad_key (peer) for everything else.
  [[nodiscard]] static Result<JwsKey> rsa(ByteView modulus, ByteView exponent);
  /// 32 bytes each, a point of the curve.
  [[nodiscard]] static Result<JwsKey> p256(ByteView x, ByteView y);

  [[nodiscard]] JwsAlgorithm algorithm() const { return algorithm_; }
  /// False for whatever is no signature by this key's own algorithm. Of any thread.
  [[nodiscard]] bool verify(ByteView message, ByteView signature) const;

 private:
  JwsKey(JwsAlgorithm algorithm, std::shared_ptr<void> key) : algorithm_(algorithm), key_(std::move(key)) {}

  JwsAlgorithm algorithm_;
  std::shared_ptr<void> key_;  ///< OpenSSL's; only crypto/ needs its headers.
};

}  // namespace knoop
