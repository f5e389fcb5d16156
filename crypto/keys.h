// Every key, digest and identifier of the protocol with a type of its own (protocol.md section 1 names who holds
// which and for what). Public values are Fixed, secrets are Secret: see crypto/base/fixed.h.
#pragma once

#include "crypto/base/fixed.h"

namespace knoop {

// Ed25519 (RFC 8032). A SigningSecretKey is libsodium's form: seed followed by public key.
using SigningPublicKey = Fixed<struct SigningPublicKeyTag, 32>;
using SigningSecretKey = Secret<struct SigningSecretKeyTag, 64>;
using SigningSeed = Secret<struct SigningSeedTag, 32>;
using Signature = Fixed<struct SignatureTag, 64>;

/// Who an organisation is: its Ed25519 organisation public key, which is never used on line.
using MemberId = Fixed<struct MemberIdTag, 32>;

// X25519 (RFC 7748), for sealing frame bodies and fragments to an organisation.
using SealingPublicKey = Fixed<struct SealingPublicKeyTag, 32>;
using SealingSecretKey = Secret<struct SealingSecretKeyTag, 32>;

// X25519 as CurveZMQ uses it, for the connection.
using TransportPublicKey = Fixed<struct TransportPublicKeyTag, 32>;
using TransportSecretKey = Secret<struct TransportSecretKeyTag, 32>;

using SymmetricKey = Secret<struct SymmetricKeyTag, 32>;  ///< XChaCha20-Poly1305, or a database key.
using PresharedKey = Secret<struct PresharedKeyTag, 32>;  ///< Of one pair, exchanged out of band.
using MatchingKey = Secret<struct MatchingKeyTag, 32>;  ///< Of one epoch; derives each pair's secret scalar.

using Hash256 = Fixed<struct Hash256Tag, 32>;
using Hash512 = Fixed<struct Hash512Tag, 64>;
/// SHA-256 of the first convenant: binds every frame, proof and signature to one network.
using NetworkId = Fixed<struct NetworkIdTag, 32>;
/// Names what a message is about, random and of one pair of members only.
using SubjectId = Fixed<struct SubjectIdTag, 16>;

}  // namespace knoop
