// Sealing: encryption to an organisation's sealing key, and encryption with a key that both ends hold.
//
// A sealed box is  ephemeral public key (32) ‖ XChaCha20-Poly1305 ciphertext ‖ tag (16)  where
//   shared = X25519(ephemeral secret, recipient)
//   prk    = HKDF-Extract(salt = preshared key, or 32 zero bytes; input = shared)
//   info   = "knoop/v1/seal" ‖ 0x00 ‖ u16(length of label) ‖ label ‖ ephemeral ‖ recipient ‖ u8(1 with
//   preshared key, else 0) key (32) ‖ nonce (24) = HKDF-Expand(prk, info, 56)
// The nonce is unique because the key is: each box has its own ephemeral key. Anyone can make a box: who made
// it says the signature around it (a frame's). An attacker who records boxes and later breaks X25519 still
// lacks the preshared key. A box cannot be moved: label, recipient, associated data and preshared key all
// must be the same at both ends.
//
// Plaintext comes back as Bytes, since it is usually a message to be decoded; a caller who opens a *key* uses
// decrypt_secret, which leaves no copy.
#pragma once

#include <optional>

#include "crypto/base/entropy.h"
#include "crypto/keys.h"

namespace knoop {

/// What both ends must agree on. Borrowed: lives as long as the call.
struct SealContext {
  std::string_view label;  ///< Of the purpose, such as "knoop/v1/frame-body"; at most 255 bytes.
  SealingPublicKey recipient;
  const PresharedKey* preshared = nullptr;  ///< Of this pair, if it has one.
};

constexpr std::size_t seal_overhead = 32 + 16;
constexpr std::size_t encrypt_overhead = 24 + 16;

/// Fails only (bad_key) when the recipient's key has small order.
[[nodiscard]] Result<Bytes> seal(const SealContext& context, ByteView plaintext, ByteView associated_data,
                                 Entropy& entropy);
/// `secret` belongs to context.recipient. Every kind of difference is the same error, cannot_open.
[[nodiscard]] Result<Bytes> open(const SealContext& context, const SealingSecretKey& secret, ByteView sealed,
                                 ByteView associated_data);

/// nonce (24) ‖ ciphertext ‖ tag (16). The nonce is drawn: 192 random bits do not repeat under one key.
[[nodiscard]] Bytes encrypt(const SymmetricKey& key, ByteView plaintext, ByteView associated_data,
                            Entropy& entropy);
[[nodiscard]] Result<Bytes> decrypt(const SymmetricKey& key, ByteView encrypted, ByteView associated_data);

/// Decrypts into a Secret type without leaving a copy behind.
template <typename SecretValue>
[[nodiscard]] Result<SecretValue> decrypt_secret(const SymmetricKey& key, ByteView encrypted,
                                                 ByteView associated_data) {
  KNOOP_LET(plain, decrypt(key, encrypted, associated_data));
  auto value = SecretValue::from(plain);
  wipe(plain.data(), plain.size());
  return value;
}

}  // namespace knoop
