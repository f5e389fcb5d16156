// Signing keys that are used by people and live off line, each in a file of its own sealed with a passphrase: the
// organisation key (signs the card), a convenant manager's key (signs the convenant) and the auditor's (opens and signs
// what the opening audit shows). Text, so that it prints:
//
//   knoop/v1/sealed-key
//   use: convenant-manager               or organisation, auditor: a key of one use is never another's
//   name: Beheerder Noord
//   public: <Ed25519 public key, hexadecimal>
//   argon2id: <passes> <memory in bytes> <salt, hexadecimal>
//   sealed: <base64 of nonce (24) ‖ XChaCha20-Poly1305 of the seed (32) ‖ tag (16)>
//
// Everything before the last line is the associated data: a file whose name, use or cost was changed does not open. The
// public key can be read without the passphrase, which is all that drafting a convenant needs.
#pragma once

#include <string>

#include "crypto/argon2id.h"
#include "crypto/base/entropy.h"
#include "crypto/ed25519.h"
#include "crypto/x25519.h"

namespace knoop {

enum class KeyUse { organisation, convenant_manager, auditor };
[[nodiscard]] std::string_view to_string(KeyUse use);

struct SealedKey {
  KeyUse use;
  std::string name;
  SigningPublicKey public_key;
  Argon2Params params;
  Argon2Salt salt;
  Bytes sealed;
};

inline constexpr std::size_t max_sealed_key_bytes = 4096;

/// The file's text for this key. Refused: a passphrase of less than 12 bytes, a name that is empty, over 120 bytes or of
/// more than one line.
[[nodiscard]] Result<std::string> seal_key(const SigningKeyPair& key, KeyUse use, const std::string& name,
                                           ByteView passphrase, Entropy& entropy,
                                           const Argon2Params& params = argon2_default);
[[nodiscard]] Result<SealedKey> parse_sealed_key(std::string_view text);
/// wrong_passphrase when it does not open; takes as long as Argon2id does, right or wrong.
[[nodiscard]] Result<SigningKeyPair> open_sealed_key(const SealedKey& key, ByteView passphrase);

/// The key that openings are sealed to, derived from the auditor's signing key, so that one file holds both.
[[nodiscard]] SealingKeyPair auditor_sealing_key(const SigningKeyPair& auditor);

}  // namespace knoop
