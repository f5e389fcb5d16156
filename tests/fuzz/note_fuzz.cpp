// Signed notes and verifier keys of strangers: what parses writes back to the same bytes, and nothing that was not
// signed verifies.
#include <cstdlib>

#include "crypto/ed25519.h"
#include "crypto/note.h"

namespace {

void must(bool holds) {
  if (!holds) std::abort();
}

knoop::SigningKeyPair fixed_key() {
  knoop::SigningSeed seed;
  *seed.data() = 1;
  return knoop::signing_key_from_seed(seed);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const knoop::SigningKeyPair key = fixed_key();
  const std::string_view text = knoop::text_view({data, size});
  if (auto note = knoop::parse_note(text, 64 * 1024)) {
    must(note->encode() == text);
    must(knoop::check_note_text(note->text).has_value());
    const knoop::NoteVerifier verifier{"example", key.public_key};
    must(!knoop::verify_note(*note, verifier).has_value());
    // Signed, it verifies, unless a signature that was there abuses the same name and key hash.
    const bool abused =
        std::ranges::any_of(note->signatures, [&verifier](const knoop::NoteSignature& signature) {
          return signature.name == verifier.name && signature.key_hash == verifier.key_hash();
        });
    if (!abused && knoop::sign_note(*note, "example", key.secret_key))
      must(knoop::verify_note(*knoop::parse_note(note->encode(), SIZE_MAX), verifier).has_value());
  }
  if (const auto verifier = knoop::NoteVerifier::parse(text))
    must(knoop::NoteVerifier::parse(verifier->text()) == *verifier);
  return 0;
}
