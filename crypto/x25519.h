// X25519 (RFC 7748) key arithmetic: the public key of a secret one, and whether a stranger's public key may
// be used at all. Key agreement itself happens where it belongs: in sealing (crypto/seal.h) and inside
// CurveZMQ.
#pragma once

#include "crypto/keys.h"

namespace knoop {

[[nodiscard]] TransportPublicKey public_key(const TransportSecretKey& secret);
[[nodiscard]] SealingPublicKey public_key(const SealingSecretKey& secret);

/// False for the points of small order (RFC 7748 section 6.1: the shared secret would be zero whatever our
/// secret is). Such a key in a card is refused: libraries below us end the process, or agree on a known
/// secret, when they meet one.
[[nodiscard]] bool contributes(const TransportPublicKey& key);
[[nodiscard]] bool contributes(const SealingPublicKey& key);

}  // namespace knoop
