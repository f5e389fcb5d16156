#include "crypto/seal.h"

#include "crypto/base/assert.h"
#include "crypto/hkdf.h"
#include "crypto/sodium.h"
#include "crypto/x25519.h"

namespace knoop {
namespace {

constexpr std::size_t key_size = crypto_aead_xchacha20poly1305_ietf_KEYBYTES;
constexpr std::size_t nonce_size = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t tag_size = crypto_aead_xchacha20poly1305_ietf_ABYTES;
static_assert(seal_overhead == SealingPublicKey::size + tag_size &&
              encrypt_overhead == nonce_size + tag_size);

using KeyAndNonce = Secret<struct KeyAndNonceTag, key_size + nonce_size>;
using SharedSecret = Secret<struct SharedSecretTag, 32>;

std::optional<KeyAndNonce> derive(const SealContext& context, const SealingPublicKey& ephemeral,
                                  const SealingSecretKey& own, const SealingPublicKey& other) {
  KNOOP_ASSERT(!context.label.empty() && context.label.size() <= 255, "a sealing label has 1 to 255 bytes");
  sodium_ready();
  SharedSecret shared;
  if (crypto_scalarmult_curve25519(shared.data(), own.expose().data(), other.data()) != 0)
    return std::nullopt;

  Bytes info = to_bytes("knoop/v1/seal");
  append_u8(info, 0);
  append_u16(info, static_cast<std::uint16_t>(context.label.size()));
  append(info, context.label);
  append(info, ephemeral.view());
  append(info, context.recipient.view());
  append_u8(info, context.preshared != nullptr ? 1 : 0);

  const PresharedKey none;
  const PresharedKey& salt = context.preshared != nullptr ? *context.preshared : none;
  return hkdf<KeyAndNonce>(salt.expose(), shared.expose(), info);
}

void append_encrypted(Bytes& to, ByteView key, ByteView nonce, ByteView plaintext, ByteView associated_data) {
  const std::size_t at = to.size();
  to.resize(at + plaintext.size() + tag_size);
  crypto_aead_xchacha20poly1305_ietf_encrypt(to.data() + at, nullptr, plaintext.data(), plaintext.size(),
                                             associated_data.data(), associated_data.size(), nullptr,
                                             nonce.data(), key.data());
}

std::optional<Bytes> decrypted(ByteView key, ByteView nonce, ByteView ciphertext, ByteView associated_data) {
  Bytes plaintext(ciphertext.size() - tag_size);
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(plaintext.data(), nullptr, nullptr, ciphertext.data(),
                                                 ciphertext.size(), associated_data.data(),
                                                 associated_data.size(), nonce.data(), key.data()) != 0)
    return std::nullopt;
  return plaintext;
}

}  // namespace

Result<Bytes> seal(const SealContext& context, ByteView plaintext, ByteView associated_data,
                   Entropy& entropy) {
  const SealingKeyPair ephemeral = new_sealing_key(entropy);
  const auto keys = derive(context, ephemeral.public_key, ephemeral.secret_key, context.recipient);
  if (!keys)
    return fail(
        ErrorCode::bad_key, Side::peer,
        "the recipient's sealing key {} has small order and protects nothing; they must publish a new card",
        context.recipient.hex());
  Bytes out = to_bytes(ephemeral.public_key.view());
  out.reserve(plaintext.size() + seal_overhead);
  append_encrypted(out, keys->expose().first(key_size), keys->expose().subspan(key_size), plaintext,
                   associated_data);
  return out;
}

Result<Bytes> open(const SealContext& context, const SealingSecretKey& secret, ByteView sealed,
                   ByteView associated_data) {
  if (sealed.size() < seal_overhead)
    return fail(ErrorCode::cannot_open, Side::peer, "a sealed box has at least {} bytes, this has {}",
                seal_overhead, sealed.size());
  SealingPublicKey ephemeral;
  std::ranges::copy(sealed.first(SealingPublicKey::size), ephemeral.data());
  if (const auto keys = derive(context, ephemeral, secret, ephemeral)) {
    if (auto plaintext = decrypted(keys->expose().first(key_size), keys->expose().subspan(key_size),
                                   sealed.subspan(SealingPublicKey::size), associated_data))
      return *std::move(plaintext);
  }
  return fail(
      ErrorCode::cannot_open, Side::peer,
      "a sealed box does not open: it was altered, or sealed to another key, for another purpose or with "
      "another preshared key; the sender must seal it again to our newest card");
}

Bytes encrypt(const SymmetricKey& key, ByteView plaintext, ByteView associated_data, Entropy& entropy) {
  sodium_ready();
  Bytes out(nonce_size);
  out.reserve(plaintext.size() + encrypt_overhead);
  entropy.fill(out);
  const Bytes nonce = out;
  append_encrypted(out, key.expose(), nonce, plaintext, associated_data);
  return out;
}

Result<Bytes> decrypt(const SymmetricKey& key, ByteView encrypted, ByteView associated_data) {
  sodium_ready();
  if (encrypted.size() < encrypt_overhead)
    return fail(ErrorCode::cannot_open, Side::user, "an encrypted text has at least {} bytes, this has {}",
                encrypt_overhead, encrypted.size());
  auto plaintext =
      decrypted(key.expose(), encrypted.first(nonce_size), encrypted.subspan(nonce_size), associated_data);
  if (!plaintext)
    return fail(ErrorCode::cannot_open, Side::user,
                "an encrypted text does not open: wrong key or passphrase, or it was altered");
  return *std::move(plaintext);
}

}  // namespace knoop
