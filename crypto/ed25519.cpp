#include "crypto/ed25519.h"

#include "crypto/base/assert.h"
#include "crypto/sodium.h"

namespace knoop {
namespace {

Bytes signature_input(std::string_view label, ByteView bytes) {
  KNOOP_ASSERT(!label.empty() && label.find('\0') == std::string_view::npos,
               "a signature label is a non-empty text without a zero byte");
  Bytes input;
  input.reserve(label.size() + 1 + bytes.size());
  append(input, label);
  append_u8(input, 0);
  append(input, bytes);
  return input;
}

}  // namespace

SigningKeyPair signing_key_from_seed(const SigningSeed& seed) {
  sodium_ready();
  SigningKeyPair pair;
  crypto_sign_seed_keypair(pair.public_key.data(), pair.secret_key.data(), seed.expose().data());
  return pair;
}

SigningKeyPair new_signing_key(Entropy& entropy) {
  return signing_key_from_seed(entropy.draw<SigningSeed>());
}

SigningSeed seed_of(const SigningSecretKey& key) {
  SigningSeed seed;
  std::ranges::copy(key.expose().first(SigningSeed::size), seed.data());
  return seed;
}

SigningPublicKey public_key(const SigningSecretKey& key) {
  SigningPublicKey out;
  std::ranges::copy(key.expose().last(SigningPublicKey::size), out.data());
  return out;
}

Result<void> check_signing_key(const SigningPublicKey& key) {
  sodium_ready();
  if (crypto_core_ed25519_is_valid_point(key.data()) != 1)
    return fail(ErrorCode::bad_key, Side::user,
                "{} is no Ed25519 public key of the prime-order group; ask its owner for the right one",
                key.hex());
  return {};
}

Signature sign(const SigningSecretKey& key, std::string_view label, ByteView bytes) {
  return sign_raw(key, signature_input(label, bytes));
}

bool verify(const SigningPublicKey& key, std::string_view label, ByteView bytes, const Signature& signature) {
  return verify_raw(key, signature_input(label, bytes), signature);
}

Signature sign_raw(const SigningSecretKey& key, ByteView bytes) {
  sodium_ready();
  Signature out;
  unsigned long long size = 0;
  crypto_sign_detached(out.data(), &size, bytes.data(), bytes.size(), key.expose().data());
  return out;
}

bool verify_raw(const SigningPublicKey& key, ByteView bytes, const Signature& signature) {
  sodium_ready();
  return crypto_sign_verify_detached(signature.data(), bytes.data(), bytes.size(), key.data()) == 0;
}

}  // namespace knoop
