#include "config/sealed_key.h"

#include <catch2/catch.hpp>

#include "tests/support/test_entropy.h"

namespace knoop {
namespace {

const Bytes passphrase = to_bytes("vier woorden voor niemand");

std::string sample(TestEntropy& entropy, const SigningKeyPair& pair) {
  return seal_key(pair, KeyUse::convenant_manager, "Beheerder Noord", passphrase, entropy, argon2_smallest)
      .value();
}

TEST_CASE("a sealed key opens with its passphrase and with no other") {
  TestEntropy entropy;
  const SigningKeyPair pair = new_signing_key(entropy);
  const std::string text = sample(entropy, pair);
  const SealedKey key = parse_sealed_key(text).value();
  CHECK(key.name == "Beheerder Noord");
  CHECK(key.use == KeyUse::convenant_manager);
  CHECK(key.public_key == pair.public_key);
  CHECK(open_sealed_key(key, passphrase)->secret_key == pair.secret_key);
  CHECK(open_sealed_key(key, to_bytes("vier woorden voor iemand!")).error().code ==
        ErrorCode::wrong_passphrase);
}

TEST_CASE("a sealed key whose name, use, cost or public key was changed does not open") {
  TestEntropy entropy;
  const SigningKeyPair pair = new_signing_key(entropy);
  const std::string text = sample(entropy, pair);
  const auto changed = [&](const std::string& from, const std::string& to) {
    std::string other = text;
    other.replace(other.find(from), from.size(), to);
    const auto key = parse_sealed_key(other);
    REQUIRE(key);
    CHECK(open_sealed_key(*key, passphrase).error().code == ErrorCode::wrong_passphrase);
  };
  changed("Beheerder Noord", "Beheerder Zuid");
  changed("convenant-manager", "organisation");
  changed("argon2id: 1 8192", "argon2id: 2 8192");
  changed(pair.public_key.hex(), new_signing_key(entropy).public_key.hex());
}

TEST_CASE("what is no sealed key is refused") {
  TestEntropy entropy;
  const std::string text = sample(entropy, new_signing_key(entropy));
  for (std::size_t length = 0; length < text.size(); ++length)
    CHECK_FALSE(parse_sealed_key(text.substr(0, length)));
  CHECK_FALSE(parse_sealed_key(text + "x"));
  CHECK_FALSE(parse_sealed_key("x" + text));
  const SigningKeyPair pair = new_signing_key(entropy);
  CHECK_FALSE(seal_key(pair, KeyUse::organisation, "a\nb", passphrase, entropy, argon2_smallest));
  CHECK_FALSE(seal_key(pair, KeyUse::organisation, "", passphrase, entropy, argon2_smallest));
  CHECK_FALSE(seal_key(pair, KeyUse::organisation, "x", to_bytes("kort"), entropy, argon2_smallest));
}

TEST_CASE("the auditor's two keys come from one file") {
  TestEntropy entropy;
  const SigningKeyPair one = new_signing_key(entropy);
  const SealingKeyPair sealing = auditor_sealing_key(one);
  CHECK(sealing.public_key == public_key(sealing.secret_key));
  CHECK(sealing.public_key == auditor_sealing_key(one).public_key);
  CHECK(sealing.public_key != auditor_sealing_key(new_signing_key(entropy)).public_key);
}

}  // namespace
}  // namespace knoop
