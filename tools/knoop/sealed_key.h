// Signing keys that are used by people and live off line, each in a file of its own sealed with a passphrase: the
// organisation key (signs the card) and a convenant manager's key (signs the convenant). Text, so that it prints:
//
//   knoop/v1/sealed-key
//   use: convenant-manager               or organisation: a key of one use is never taken for the other
//   name: Beheerder Noord
//   public: <Ed25519 public key, hexadecimal>
//   argon2id: <passes> <memory in bytes> <salt, hexadecimal>
//   sealed: <base64 of nonce (24) ‖ XChaCha20-Poly1305 of the seed (32) ‖ tag (16)>
//
// Everything before the last line is the associated data: a file whose name, use or cost was changed does not open. The
// public key can be read without the passphrase, which is all that drafting a convenant needs.
#pragma once

#include <filesystem>

#include "crypto/argon2id.h"
#include "crypto/base/entropy.h"
#include "crypto/ed25519.h"

namespace knoop::cli {

enum class KeyUse { organisation, convenant_manager };

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

/// Writes it with mode 0600; refused (conflict) when something is there.
[[nodiscard]] Result<void> write_sealed_key(const std::filesystem::path& path, std::string_view text);
[[nodiscard]] Result<SealedKey> read_sealed_key(const std::filesystem::path& path, KeyUse use);

}  // namespace knoop::cli
