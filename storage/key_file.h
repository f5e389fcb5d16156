// The database key on disk, wrapped. The key itself is 32 random bytes that nobody ever types; what opens it is a
// passphrase (Argon2id) or a key file of 32 bytes, such as a systemd credential. Changing the passphrase wraps the same
// key again; the database stays as it is.
//
//   wrapped key file (docs/spec/storage.md):
//     "knoop/v1/database-key" 0x0A                  22 bytes, for people and for file(1)
//     kind                                          u8: 1 passphrase, 2 key file
//     kind 1: salt (16) ‖ passes u32 ‖ memory u64   big-endian; memory in bytes
//     encrypted key                                 nonce (24) ‖ ciphertext (32) ‖ tag (16), XChaCha20-Poly1305
//
// Everything before the encrypted key is its associated data, so a file whose parameters were lowered does not open.
// The wrapping key is Argon2id's output, or HKDF-SHA512 of the key file's bytes under the first 21 bytes as label. The
// nonce is drawn, and a wrapping key wraps a handful of times in its life.
//
// Whoever steals the disk has this file and the database: with a passphrase he guesses at the price of Argon2id a try,
// with a key file kept elsewhere he has nothing to guess. A wrong passphrase changes nothing and is compared in
// constant time.
//
// Errors: wrong_passphrase (which a damaged file cannot be told from), bad_format, wrong_state (opened with the other
// kind), forbidden (a key file that others can read), those of argon2id.h.
#pragma once

#include <filesystem>
#include <variant>

#include "crypto/argon2id.h"
#include "crypto/base/entropy.h"

namespace knoop::storage {

/// The 32 bytes of a key file.
using UnlockKey = Secret<struct UnlockKeyTag, 32>;

/// A passphrase (the caller wipes it) or a key file's content; borrowed for the call.
using Unlock = std::variant<ByteView, const UnlockKey*>;

/// Reads a key file: exactly 32 bytes, readable by its owner only.
[[nodiscard]] Result<UnlockKey> read_unlock_key(const std::filesystem::path& path);
/// Makes one.
[[nodiscard]] Result<UnlockKey> create_unlock_key(const std::filesystem::path& path, Entropy& entropy);

/// Draws a new database key and writes it wrapped to `path`; `conflict` when something is there.
[[nodiscard]] Result<SymmetricKey> create_database_key(const std::filesystem::path& path,
                                                       const Unlock& unlock, Entropy& entropy,
                                                       const Argon2Params& params = argon2_default);
/// Opens it. With a passphrase this takes as long as Argon2id does, right or wrong.
[[nodiscard]] Result<SymmetricKey> open_database_key(const std::filesystem::path& path, const Unlock& unlock);

/// The two halves without a disk: for backups and tests.
[[nodiscard]] Result<Bytes> wrap_database_key(const SymmetricKey& key, const Unlock& unlock, Entropy& entropy,
                                              const Argon2Params& params = argon2_default);
[[nodiscard]] Result<SymmetricKey> unwrap_database_key(ByteView file, const Unlock& unlock);

}  // namespace knoop::storage
