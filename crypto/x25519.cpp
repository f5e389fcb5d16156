#include "crypto/x25519.h"

#include <sodium.h>

#include "crypto/base/assert.h"

namespace knoop {

namespace {

template <typename Public, typename SecretKey>
Public base_multiple(const SecretKey& secret) {
  Public out;
  const int status = crypto_scalarmult_base(out.data(), secret.expose().data());
  KNOOP_ASSERT(status == 0, "a multiple of the base point always exists");
  return out;
}

bool has_large_order(ByteView key) {
  // Any scalar does: X25519 clears the cofactor, so every clamped scalar sends a point of small order to
  // zero.
  static constexpr std::array<Byte, crypto_scalarmult_SCALARBYTES> kScalar{1};
  std::array<Byte, crypto_scalarmult_BYTES> shared{};
  return crypto_scalarmult(shared.data(), kScalar.data(), key.data()) == 0;
}

}  // namespace

TransportPublicKey public_key(const TransportSecretKey& secret) {
  return base_multiple<TransportPublicKey>(secret);
}
SealingPublicKey public_key(const SealingSecretKey& secret) {
  return base_multiple<SealingPublicKey>(secret);
}

bool contributes(const TransportPublicKey& key) {
  return has_large_order(key.view());
}
bool contributes(const SealingPublicKey& key) {
  return has_large_order(key.view());
}

}  // namespace knoop
