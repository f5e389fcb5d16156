#include "crypto/note.h"

#include <rapidcheck.h>

#include <catch2/catch.hpp>

#include "crypto/ed25519.h"
#include "tests/support/test_entropy.h"

using namespace knoop;

namespace {

constexpr std::size_t limit = 4096;

struct Signer {
  std::string name;
  SigningKeyPair pair;
  [[nodiscard]] NoteVerifier verifier() const { return {name, pair.public_key}; }
};

Signer signer(std::string name, std::uint64_t seed) {
  TestEntropy entropy(seed);
  return {std::move(name), new_signing_key(entropy)};
}

ErrorCode parse_error(std::string_view encoded) {
  const auto note = parse_note(encoded, limit);
  REQUIRE_FALSE(note);
  return note.error().code;
}

}  // namespace

TEST_CASE("the published example of Go's golang.org/x/mod/sumdb/note verifies and is signed alike") {
  const auto peter =
      NoteVerifier::parse("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW");
  REQUIRE(peter);
  const std::string encoded =
      "If you think cryptography is the answer to your problem,\n"
      "then you don't know what your problem is.\n"
      "\n"
      "— PeterNeumann "
      "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
  const auto note = parse_note(encoded, limit);
  REQUIRE(note);
  CHECK(verify_note(*note, *peter));
  CHECK(note->encode() == encoded);
  CHECK(peter->text() == "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW");
}

TEST_CASE("a note with several signatures tells who of the known signed") {
  const Signer a = signer("a.example", 1), b = signer("b.example", 2), c = signer("c.example", 3);
  Note note{"text\n\nmore text\n", {}};
  REQUIRE(sign_note(note, a.name, a.pair.secret_key));
  REQUIRE(sign_note(note, b.name, b.pair.secret_key));
  REQUIRE(sign_note(note, b.name, b.pair.secret_key));
  CHECK(note.signatures.size() == 2);

  const auto parsed = parse_note(note.encode(), limit);
  REQUIRE(parsed);
  CHECK(parsed->text == note.text);
  CHECK(parsed->signatures == note.signatures);
  const std::vector<NoteVerifier> known{c.verifier(), b.verifier(), a.verifier()};
  CHECK(verify_note(*parsed, known) == std::vector<std::size_t>{1, 2});
  CHECK(verify_note(*parsed, a.verifier()));
  CHECK(verify_note(*parsed, c.verifier()).error().code == ErrorCode::bad_signature);
  CHECK(verify_note(*parsed, std::span<const NoteVerifier>{}).error().code == ErrorCode::bad_signature);
}

TEST_CASE("a repeated signature counts once") {
  const Signer a = signer("a.example", 1), b = signer("b.example", 2);
  Note note{"text\n", {}};
  REQUIRE(sign_note(note, a.name, a.pair.secret_key));
  note.signatures.push_back(note.signatures.front());
  const std::vector<NoteVerifier> known{a.verifier(), b.verifier()};
  CHECK(verify_note(note, known) == std::vector<std::size_t>{0});
}

TEST_CASE("unknown signatures are kept and ignored, also of unknown types") {
  const Signer a = signer("a.example", 1);
  Note note{"text\n", {}};
  REQUIRE(sign_note(note, a.name, a.pair.secret_key));
  note.signatures.push_back({"witness", NoteKeyHash({1, 2, 3, 4}), Bytes(72, 4)});
  note.signatures.push_back(
      {"a.example", NoteKeyHash({1, 2, 3, 4}), Bytes(64, 4)});  // the name alone is not a key
  const auto parsed = parse_note(note.encode(), limit);
  REQUIRE(parsed);
  CHECK(parsed->signatures.size() == 3);
  CHECK(parsed->encode() == note.encode());
  CHECK(verify_note(*parsed, a.verifier()));
}

TEST_CASE("a tampered note is refused") {
  const Signer a = signer("a.example", 1), b = signer("b.example", 2);
  Note note{"text\n", {}};
  REQUIRE(sign_note(note, a.name, a.pair.secret_key));
  SECTION("the text") {
    note.text = "Text\n";
    CHECK(verify_note(note, a.verifier()).error().code == ErrorCode::bad_signature);
  }
  SECTION("the signature") {
    note.signatures[0].signature[5] ^= 1;
    CHECK(verify_note(note, a.verifier()).error().code == ErrorCode::bad_signature);
  }
  SECTION("the signature's length") {
    note.signatures[0].signature.push_back(0);
    CHECK(verify_note(note, a.verifier()).error().code == ErrorCode::bad_signature);
  }
  SECTION("one false signature of a known key spoils a note with a good one") {
    note.signatures.push_back({b.name, b.verifier().key_hash(), Bytes(64, 7)});
    const std::vector<NoteVerifier> known{a.verifier(), b.verifier()};
    CHECK(verify_note(note, known).error().code == ErrorCode::bad_signature);
    CHECK(verify_note(note, a.verifier()));  // to who does not know b it is a stranger's
  }
  SECTION("a signature under another name") {
    note.signatures[0].name = "b.example";
    CHECK_FALSE(verify_note(note, a.verifier()));
  }
}

TEST_CASE("malformed notes are refused") {
  const std::string good = "text\n\n— a " + to_base64(Bytes(68, 1)) + "\n";
  REQUIRE(parse_note(good, limit));
  CHECK(parse_note(good, good.size()));
  CHECK(parse_note(good, good.size() - 1).error().code == ErrorCode::over_limit);
  const std::string line = "— a " + to_base64(Bytes(68, 1)) + "\n";
  for (const std::string& bad : {
           std::string(),
           std::string("\n"),
           std::string("text\n"),
           std::string("text\n\n"),
           std::string("text\n\n— a AQEBAQE="),                // no newline
           "text\n" + line,                                    // no empty line
           "text\n\n" + line + "\n",                           // empty line behind
           "text\n\n- a " + to_base64(Bytes(68, 1)) + "\n",    // hyphen
           "text\n\n—  " + to_base64(Bytes(68, 1)) + "\n",     // no name
           "text\n\n— a+b " + to_base64(Bytes(68, 1)) + "\n",  // plus sign
           std::string("text\n\n— a\u00A0b AQEBAQE=\n"),       // wide space
           std::string("text\n\n— a AQEBAQ==\n"),              // key hash only
           std::string("text\n\n— a AQEBAQF=\n"),              // base64 with spare bits
           std::string("text\n\n— a AQEBAQE= \n"),             // trailing space
           std::string("text\n\n— a\n"),                       // no signature
           "te\txt\n\n" + line,
           "te\rxt\n\n" + line,
           "te\xFFxt\n\n" + line,
           std::string("te\0xt\n\n", 7) + line,
       }) {
    INFO(bad);
    CHECK_FALSE(parse_note(bad, limit));
  }
  CHECK(parse_error("text\n") == ErrorCode::bad_format);
  std::string many = "text\n\n";
  for (std::size_t i = 0; i <= max_note_signatures; ++i) many += "— a AQEBAQE=\n";
  CHECK(parse_error(many) == ErrorCode::over_limit);
}

TEST_CASE("only proper texts and names can be signed") {
  const Signer a = signer("a.example", 1);
  for (const char* text : {"", "text", "te\txt\n", "te\xFFxt\n"}) {
    Note note{text, {}};
    CHECK_FALSE(sign_note(note, a.name, a.pair.secret_key));
    CHECK(note.signatures.empty());
  }
  for (const char* name : {"", "a b", "a+b", "a\u2003b", "a\nb", "\xFF", "a\u3000"}) {
    Note note{"text\n", {}};
    CHECK_FALSE(sign_note(note, name, a.pair.secret_key));
  }
}

TEST_CASE("verifier keys are parsed strictly") {
  const NoteVerifier good = signer("a.example", 1).verifier();
  CHECK(NoteVerifier::parse(good.text()) == good);
  std::string other_name = good.text();
  other_name[0] = 'b';
  const NoteVerifier identity{"a", *SigningPublicKey::from_hex("01" + std::string(62, '0'))};
  for (const std::string& bad :
       {std::string(), std::string("a"), std::string("a+b"), other_name, good.text() + "A",
        good.text().substr(1), "+" + good.text(), identity.text(), "a+00000000+" + to_base64(Bytes(33, 2))}) {
    INFO(bad);
    CHECK_FALSE(NoteVerifier::parse(bad));
  }
}

TEST_CASE("every text that can be signed survives encoding and parsing") {
  const Signer a = signer("a.example", 1);
  CHECK(rc::check([&a] {
    Note note;
    note.text = *rc::gen::container<std::string>(rc::gen::element('a', ' ', '+', '-', '\n')) + "\n";
    RC_ASSERT(sign_note(note, a.name, a.pair.secret_key).has_value());
    const auto parsed = parse_note(note.encode(), note.encode().size());
    RC_ASSERT(parsed.has_value());
    RC_ASSERT(parsed->text == note.text);
    RC_ASSERT(verify_note(*parsed, a.verifier()).has_value());
  }));
}
