// Cosignatures of witnesses on checkpoints (C2SP tlog-cosignature, cosignature/v1): an Ed25519 signature with a time, in a
// signature line of its own on the note that the log's owner signed.
//
//   key hash     first 4 bytes of SHA-256(name ‖ "\n" ‖ 0x04 ‖ public key)
//   signature    u64 time ‖ 64 bytes Ed25519 over
//                  "cosignature/v1\n" ‖ "time " ‖ <time, decimal> ‖ "\n" ‖ the note's text
//   time         seconds since 1970-01-01T00:00:00Z, never 0
//
// It says: at this time the largest head that I know of this log is this one, and it contains every other that I ever
// cosigned. The witness keeps that promise (node/core/witnessing.h); this file only signs and checks.
//
// The signed bytes begin with a line that names their kind, and the key is used for nothing else, so a cosignature never
// passes for anything else. A stranger may add any lines to a note: what no known key made is ignored. A false cosignature
// under a known name and key hash is not counted, and does not spoil the others: whoever passes a note on could add it.
#pragma once

#include <optional>
#include <vector>

#include "crypto/ed25519.h"
#include "crypto/note.h"

namespace knoop {

/// Whose cosignatures count: the name is part of the identity of the key.
struct CosignatureKey {
  std::string name;
  SigningPublicKey key;

  [[nodiscard]] NoteKeyHash key_hash() const;
  friend bool operator==(const CosignatureKey&, const CosignatureKey&) = default;
};

struct Cosignature {
  std::uint64_t time = 0;  ///< Seconds since 1970.
  Signature signature;

  friend bool operator==(const Cosignature&, const Cosignature&) = default;
};

/// For a checkpoint that was checked and kept durably. `text` is that of its note.
[[nodiscard]] Cosignature cosign(const SigningSecretKey& witness, std::string_view text, std::uint64_t time);
[[nodiscard]] bool verify_cosignature(const SigningPublicKey& witness, std::string_view text,
                                      const Cosignature& cosignature);

/// One more signature line. One that is there already is not added again.
void add_cosignature(Note& note, const CosignatureKey& witness, const Cosignature& cosignature);

struct FoundCosignature {
  std::size_t of = 0;  ///< Index in the known keys.
  Cosignature cosignature;
};
/// The valid ones of these keys, the newest of each, in the order of `known`.
[[nodiscard]] std::vector<FoundCosignature> find_cosignatures(const Note& note,
                                                              std::span<const CosignatureKey> known);

}  // namespace knoop
