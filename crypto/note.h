// Signed notes (C2SP signed-note): a text with one or more Ed25519 signatures, as cards, convenants and log
// heads are.
//
//   text, ending in a newline
//   <empty line>
//   — <name> <base64 of key hash (4) ‖ signature>          one line for each signature
//
// Signed are the bytes of the text with its last newline, as received and never as encoded again. The key
// hash is the first four bytes of SHA-256(name ‖ "\n" ‖ 0x01 ‖ public key): a hint which key to try, nothing
// more.
//
// The text is UTF-8 without control characters other than newline; a name is non-empty and has no space and
// no '+'. A note of a stranger is bounded (max_bytes of the caller, max_note_signatures) and parsed without
// trust: a caller verifies before looking into the text wherever the key is known. Signatures of unknown keys
// are kept and ignored, so that witnesses can be added; one false signature of a *known* key refuses the
// whole note, since its name is abused. Signature types other than Ed25519 (0x01), such as cosignatures of
// witnesses (0x04), are unknown keys to this file.
#pragma once

#include <string>
#include <vector>

#include "crypto/keys.h"

namespace knoop {

using NoteKeyHash = Fixed<struct NoteKeyHashTag, 4>;

/// Who may sign: the name is part of the identity of the key.
struct NoteVerifier {
  std::string name;
  SigningPublicKey key;

  [[nodiscard]] NoteKeyHash key_hash() const;
  /// "name+hash+base64(0x01 ‖ key)", the form in which keys are exchanged.
  [[nodiscard]] std::string text() const;
  /// Refuses a wrong hash, another algorithm, and keys that check_signing_key refuses.
  [[nodiscard]] static Result<NoteVerifier> parse(std::string_view text);

  friend bool operator==(const NoteVerifier&, const NoteVerifier&) = default;
};

struct NoteSignature {
  std::string name;
  NoteKeyHash key_hash;
  Bytes signature;  ///< 64 bytes if Ed25519; other types have other lengths.

  friend bool operator==(const NoteSignature&, const NoteSignature&) = default;
};

struct Note {
  std::string text;  ///< With its last newline: exactly the signed bytes.
  std::vector<NoteSignature> signatures;

  [[nodiscard]] std::string encode() const;
};

/// More than any threshold and witness set of a region needs; bounds the work a stranger can cause.
constexpr std::size_t max_note_signatures = 100;

/// Syntax only; nothing is trusted yet.
[[nodiscard]] Result<Note> parse_note(std::string_view encoded, std::size_t max_bytes);

/// Whether a text can be signed: UTF-8, ends in a newline, no other control characters.
[[nodiscard]] Result<void> check_note_text(std::string_view text);
/// Whether a name can sign: non-empty UTF-8 without white space and '+'.
[[nodiscard]] Result<void> check_note_name(std::string_view name);

/// One more signature to a note's text; the note keeps those it has. Signing again with the same key changes
/// nothing.
[[nodiscard]] Result<void> sign_note(Note& note, std::string_view name, const SigningSecretKey& key);

/// Which of the known signed: their indices, each once, in the order of `known`. An error if none did, or if
/// a signature with the name and key hash of a known one is false. Thresholds are counted over distinct
/// *keys*: give no key twice.
[[nodiscard]] Result<std::vector<std::size_t>> verify_note(const Note& note,
                                                           std::span<const NoteVerifier> known);
/// The same for the usual case of one key.
[[nodiscard]] Result<void> verify_note(const Note& note, const NoteVerifier& known);

}  // namespace knoop
