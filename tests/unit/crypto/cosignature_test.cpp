#include "crypto/cosignature.h"

#include <catch2/catch.hpp>

#include "tests/support/test_entropy.h"

using namespace knoop;

namespace {

const std::string text = "log.example/een\n12\nfjFb9OPVZ6r1sDp2Uyz1W3cQv1Xw1k2p3YFzFQ9Zb1k=\n";
constexpr std::uint64_t time_of_signing = 1'790'000'000;

struct Signer {
  SigningKeyPair pair;
  CosignatureKey key;
};

Signer signer(std::string name, std::uint64_t seed) {
  TestEntropy entropy(seed);
  Signer out{new_signing_key(entropy), {}};
  out.key = {std::move(name), out.pair.public_key};
  return out;
}

}  // namespace

TEST_CASE("a cosignature covers its time and every byte of the text") {
  const Signer a = signer("getuige.example/a", 1);
  const Cosignature made = cosign(a.pair.secret_key, text, time_of_signing);
  CHECK(verify_cosignature(a.key.key, text, made));
  CHECK_FALSE(verify_cosignature(a.key.key, text, {made.time + 1, made.signature}));
  CHECK_FALSE(verify_cosignature(a.key.key, text + "x\n", made));
  CHECK_FALSE(verify_cosignature(signer("getuige.example/a", 2).key.key, text, made));
  // Nothing of another kind passes for one: not a plain signature on the note, not one under a label.
  CHECK_FALSE(
      verify_cosignature(a.key.key, text, {time_of_signing, sign_raw(a.pair.secret_key, view(text))}));
  CHECK_FALSE(verify_cosignature(a.key.key, text, {0, made.signature}));
}

TEST_CASE("the signed bytes are those of cosignature/v1") {
  const Signer a = signer("getuige.example/a", 1);
  const Cosignature made = cosign(a.pair.secret_key, text, time_of_signing);
  CHECK(verify_raw(a.key.key, view("cosignature/v1\ntime 1790000000\n" + text), made.signature));
}

TEST_CASE("a note with cosignatures tells who of the known made one, and ignores what others added") {
  const Signer a = signer("getuige.example/a", 1), b = signer("getuige.example/b", 2),
               c = signer("getuige.example/c", 3);
  const std::vector<CosignatureKey> known{a.key, b.key, c.key};
  Note note{text, {}};
  REQUIRE(sign_note(note, "log.example/een", signer("log.example/een", 9).pair.secret_key));
  CHECK(find_cosignatures(note, known).empty());
  add_cosignature(note, c.key, cosign(c.pair.secret_key, text, time_of_signing));
  add_cosignature(note, a.key, cosign(a.pair.secret_key, text, time_of_signing + 5));
  add_cosignature(note, a.key, cosign(a.pair.secret_key, text, time_of_signing + 9));
  add_cosignature(note, a.key, cosign(a.pair.secret_key, text, time_of_signing + 9));
  CHECK(note.signatures.size() == 4);
  // A false one under b's name and hash, one of the wrong length, one whose key hash is another's.
  add_cosignature(note, b.key, cosign(a.pair.secret_key, text, time_of_signing));
  note.signatures.push_back({b.key.name, b.key.key_hash(), Bytes(64, 1)});
  note.signatures.push_back({b.key.name, a.key.key_hash(), note.signatures[2].signature});

  const auto read = parse_note(note.encode(), 4096);
  REQUIRE(read);
  const auto found = find_cosignatures(*read, known);
  REQUIRE(found.size() == 2);
  CHECK(found[0].of == 0);
  CHECK(found[0].cosignature.time == time_of_signing + 9);
  CHECK(found[1].of == 2);
  // The owner's own signature is checked as before: other types are unknown keys to it.
  CHECK(verify_note(*read, NoteVerifier{"log.example/een", signer("log.example/een", 9).key.key}));
}

TEST_CASE("a cosignature's key hash is not that of the same key as a signer of notes") {
  const Signer a = signer("getuige.example/a", 1);
  CHECK(a.key.key_hash() != NoteVerifier{a.key.name, a.key.key}.key_hash());
}
