// X25519 key pairs (RFC 7748): the sealing keys of seal.h and the transport keys of CurveZMQ. The two kinds
// have types of their own and never serve for each other. Key agreement itself happens in seal.cpp and inside
// CurveZMQ.
#pragma once

#include "crypto/base/entropy.h"
#include "crypto/keys.h"

namespace knoop {

struct SealingKeyPair {
  SealingPublicKey public_key;
  SealingSecretKey secret_key;
};
struct TransportKeyPair {
  TransportPublicKey public_key;
  TransportSecretKey secret_key;
};

[[nodiscard]] SealingKeyPair new_sealing_key(Entropy& entropy);
[[nodiscard]] TransportKeyPair new_transport_key(Entropy& entropy);
[[nodiscard]] SealingPublicKey public_key(const SealingSecretKey& secret);
[[nodiscard]] TransportPublicKey public_key(const TransportSecretKey& secret);

/// False for the points of small order (RFC 7748 section 6.1: the shared secret would be zero whatever our
/// secret is, so everybody could open what is sealed to it). Such a key in a card is refused: libraries below
/// us end the process, or agree on a known secret, when they meet one.
[[nodiscard]] bool contributes(const TransportPublicKey& key);
[[nodiscard]] bool contributes(const SealingPublicKey& key);

}  // namespace knoop
