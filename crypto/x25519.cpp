#include "crypto/x25519.h"

#include "crypto/base/assert.h"
#include "crypto/sodium.h"

namespace knoop {
namespace {

template <typename Public, typename SecretKey>
Public base_multiple(const SecretKey& secret) {
  sodium_ready();
  Public out;
  const int status = crypto_scalarmult_curve25519_base(out.data(), secret.expose().data());
  KNOOP_ASSERT(status == 0, "a multiple of the base point always exists");
  return out;
}

bool has_large_order(ByteView key) {
  sodium_ready();
  // Any scalar does: X25519 clears the cofactor, so every clamped scalar sends a point of small order to
  // zero.
  constexpr std::array<Byte, crypto_scalarmult_curve25519_SCALARBYTES> scalar{1};
  std::array<Byte, crypto_scalarmult_curve25519_BYTES> shared{};
  return crypto_scalarmult_curve25519(shared.data(), scalar.data(), key.data()) == 0;
}

template <typename Pair, typename SecretKey>
Pair new_pair(Entropy& entropy) {
  auto secret = entropy.draw<SecretKey>();
  const auto public_half = public_key(secret);
  return {public_half, std::move(secret)};
}

}  // namespace

SealingPublicKey public_key(const SealingSecretKey& secret) {
  return base_multiple<SealingPublicKey>(secret);
}
TransportPublicKey public_key(const TransportSecretKey& secret) {
  return base_multiple<TransportPublicKey>(secret);
}

SealingKeyPair new_sealing_key(Entropy& entropy) {
  return new_pair<SealingKeyPair, SealingSecretKey>(entropy);
}
TransportKeyPair new_transport_key(Entropy& entropy) {
  return new_pair<TransportKeyPair, TransportSecretKey>(entropy);
}

bool contributes(const TransportPublicKey& key) {
  return has_large_order(key.view());
}
bool contributes(const SealingPublicKey& key) {
  return has_large_order(key.view());
}

}  // namespace knoop
