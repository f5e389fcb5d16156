#include "crypto/seal.h"

#include <rapidcheck.h>

#include <catch2/catch.hpp>

#include "crypto/x25519.h"
#include "tests/support/test_entropy.h"

using namespace knoop;

namespace {

constexpr std::string_view label = "knoop/v1/test";

ErrorCode code_of(const Result<Bytes>& result) {
  REQUIRE_FALSE(result);
  return result.error().code;
}

struct Recipient {
  TestEntropy entropy;
  SealingKeyPair pair = new_sealing_key(entropy);
  PresharedKey preshared = entropy.draw<PresharedKey>();

  [[nodiscard]] SealContext plain() const { return {label, pair.public_key}; }
  [[nodiscard]] SealContext with_preshared() const { return {label, pair.public_key, &preshared}; }
};

}  // namespace

TEST_CASE("what is sealed opens, with and without a preshared key") {
  CHECK(rc::check([](const Bytes& plaintext, const Bytes& associated, std::uint64_t seed) {
    Recipient to;
    TestEntropy entropy(seed);
    for (const SealContext& context : {to.plain(), to.with_preshared()}) {
      const auto sealed = seal(context, plaintext, associated, entropy);
      RC_ASSERT(sealed.has_value());
      RC_ASSERT(sealed->size() == plaintext.size() + seal_overhead);
      RC_ASSERT(open(context, to.pair.secret_key, *sealed, associated) == plaintext);
    }
  }));
}

TEST_CASE("two boxes of one text share nothing") {
  Recipient to;
  const auto first = seal(to.plain(), view("text"), {}, to.entropy);
  const auto second = seal(to.plain(), view("text"), {}, to.entropy);
  CHECK_FALSE(equal(ByteView(*first).first(32), ByteView(*second).first(32)));
  CHECK_FALSE(equal(ByteView(*first).subspan(32), ByteView(*second).subspan(32)));
}

TEST_CASE("a box does not open with another label, key, preshared key or associated data") {
  Recipient to;
  const PresharedKey zeros;
  const auto bare = seal(to.plain(), view("text"), view("ad"), to.entropy);
  const auto keyed = seal(to.with_preshared(), view("text"), view("ad"), to.entropy);
  const SealingSecretKey& secret = to.pair.secret_key;
  REQUIRE(open(to.plain(), secret, *bare, view("ad")));

  CHECK(code_of(open({"knoop/v1/tes", to.pair.public_key}, secret, *bare, view("ad"))) ==
        ErrorCode::cannot_open);
  CHECK(code_of(open(to.plain(), secret, *bare, view("aD"))) == ErrorCode::cannot_open);
  CHECK(code_of(open(to.plain(), secret, *bare, {})) == ErrorCode::cannot_open);
  CHECK(code_of(open(to.with_preshared(), secret, *bare, view("ad"))) == ErrorCode::cannot_open);
  CHECK(code_of(open(to.plain(), secret, *keyed, view("ad"))) == ErrorCode::cannot_open);
  // An all-zero preshared key is not the absence of one.
  CHECK(code_of(open({label, to.pair.public_key, &zeros}, secret, *bare, view("ad"))) ==
        ErrorCode::cannot_open);

  PresharedKey other = to.preshared.copy();
  other.data()[31] ^= 1;
  CHECK(code_of(open({label, to.pair.public_key, &other}, secret, *keyed, view("ad"))) ==
        ErrorCode::cannot_open);

  const SealingKeyPair stranger = new_sealing_key(to.entropy);
  CHECK(code_of(open(to.plain(), stranger.secret_key, *bare, view("ad"))) == ErrorCode::cannot_open);
  // The right secret under another's public key: the box names its recipient.
  CHECK(code_of(open({label, stranger.public_key}, secret, *bare, view("ad"))) == ErrorCode::cannot_open);
}

TEST_CASE("a box that is truncated, extended or changed in any bit does not open") {
  Recipient to;
  const auto sealed = seal(to.plain(), view("text"), view("ad"), to.entropy);
  for (std::size_t size = 0; size < sealed->size(); ++size)
    CHECK(code_of(open(to.plain(), to.pair.secret_key, ByteView(*sealed).first(size), view("ad"))) ==
          ErrorCode::cannot_open);
  Bytes longer = *sealed;
  longer.push_back(0);
  CHECK(code_of(open(to.plain(), to.pair.secret_key, longer, view("ad"))) == ErrorCode::cannot_open);
  // Also the top bit of the ephemeral key, which X25519 itself ignores.
  for (std::size_t bit = 0; bit < sealed->size() * 8; ++bit) {
    Bytes changed = *sealed;
    changed[bit / 8] = static_cast<Byte>(changed[bit / 8] ^ 1U << bit % 8);
    CHECK(code_of(open(to.plain(), to.pair.secret_key, changed, view("ad"))) == ErrorCode::cannot_open);
  }
}

TEST_CASE("small-order keys neither receive nor send") {
  Recipient to;
  for (const char* text : {"0000000000000000000000000000000000000000000000000000000000000000",
                           "0100000000000000000000000000000000000000000000000000000000000000",
                           "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                           "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800"}) {
    const auto key = *SealingPublicKey::from_hex(text);
    CHECK(code_of(seal({label, key}, view("text"), {}, to.entropy)) == ErrorCode::bad_key);
    Bytes box = to_bytes(key.view());
    box.resize(seal_overhead + 4);
    CHECK(code_of(open(to.plain(), to.pair.secret_key, box, {})) == ErrorCode::cannot_open);
  }
}

TEST_CASE("what is encrypted decrypts with the same key and associated data only") {
  TestEntropy entropy;
  const auto key = entropy.draw<SymmetricKey>();
  const auto other = entropy.draw<SymmetricKey>();
  const Bytes box = encrypt(key, view("text"), view("ad"), entropy);
  CHECK(box.size() == 4 + encrypt_overhead);
  CHECK(decrypt(key, box, view("ad")) == to_bytes("text"));
  CHECK(decrypt(key, encrypt(key, {}, {}, entropy), {}) == Bytes{});
  CHECK(encrypt(key, view("text"), view("ad"), entropy) != box);

  CHECK(code_of(decrypt(other, box, view("ad"))) == ErrorCode::cannot_open);
  CHECK(code_of(decrypt(key, box, view("da"))) == ErrorCode::cannot_open);
  for (std::size_t size = 0; size < box.size(); ++size)
    CHECK(code_of(decrypt(key, ByteView(box).first(size), view("ad"))) == ErrorCode::cannot_open);
  for (std::size_t bit = 0; bit < box.size() * 8; ++bit) {
    Bytes changed = box;
    changed[bit / 8] = static_cast<Byte>(changed[bit / 8] ^ 1U << bit % 8);
    CHECK(code_of(decrypt(key, changed, view("ad"))) == ErrorCode::cannot_open);
  }
}

TEST_CASE("XChaCha20-Poly1305 gives the vector of draft-irtf-cfrg-xchacha-03 A.3.1") {
  const auto key =
      *SymmetricKey::from(*from_hex("808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f"));
  ScriptedEntropy nonce(*from_hex("404142434445464748494a4b4c4d4e4f5051525354555657"));
  const Bytes box =
      encrypt(key,
              view("Ladies and Gentlemen of the class of '99: If I could offer you only one tip for "
                   "the future, sunscreen would be it."),
              *from_hex("50515253c0c1c2c3c4c5c6c7"), nonce);
  CHECK(to_hex(ByteView(box).subspan(24, 16)) == "bd6d179d3e83d43b9576579493c0e939");
  CHECK(to_hex(ByteView(box).last(16)) == "c0875924c1c7987947deafd8780acf49");
}

TEST_CASE("a secret decrypts into its own type") {
  TestEntropy entropy;
  const auto key = entropy.draw<SymmetricKey>();
  const auto secret = entropy.draw<MatchingKey>();
  const Bytes box = encrypt(key, secret.expose(), view("ad"), entropy);
  const auto opened = decrypt_secret<MatchingKey>(key, box, view("ad"));
  REQUIRE(opened);
  CHECK(*opened == secret);
  CHECK(decrypt_secret<SigningSecretKey>(key, box, view("ad")).error().code == ErrorCode::bad_length);
}
