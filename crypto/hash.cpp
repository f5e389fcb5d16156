#include "crypto/hash.h"

#include "crypto/sodium.h"

namespace knoop {
namespace {

// The headers keep libsodium's states as plain bytes, so that only crypto/ needs sodium.h.
static_assert(sizeof(crypto_hash_sha256_state) == 104 && alignof(crypto_hash_sha256_state) <= 8);
static_assert(sizeof(crypto_hash_sha512_state) == 208 && alignof(crypto_hash_sha512_state) <= 8);

crypto_hash_sha256_state* state_of(std::array<Byte, 104>& bytes) {
  return reinterpret_cast<crypto_hash_sha256_state*>(bytes.data());
}
crypto_hash_sha512_state* state_of(std::array<Byte, 208>& bytes) {
  return reinterpret_cast<crypto_hash_sha512_state*>(bytes.data());
}

}  // namespace

Hash256 sha256(ByteView bytes) {
  sodium_ready();
  Hash256 out;
  crypto_hash_sha256(out.data(), bytes.data(), bytes.size());
  return out;
}

Hash512 sha512(ByteView bytes) {
  sodium_ready();
  Hash512 out;
  crypto_hash_sha512(out.data(), bytes.data(), bytes.size());
  return out;
}

Sha256::Sha256() {
  sodium_ready();
  crypto_hash_sha256_init(state_of(state_));
}
Sha256::~Sha256() {
  wipe(state_.data(), state_.size());
}

Sha256& Sha256::update(ByteView bytes) {
  crypto_hash_sha256_update(state_of(state_), bytes.data(), bytes.size());
  return *this;
}

Hash256 Sha256::finish() {
  Hash256 out;
  crypto_hash_sha256_final(state_of(state_), out.data());
  crypto_hash_sha256_init(state_of(state_));
  return out;
}

Sha512::Sha512() {
  sodium_ready();
  crypto_hash_sha512_init(state_of(state_));
}
Sha512::~Sha512() {
  wipe(state_.data(), state_.size());
}

Sha512& Sha512::update(ByteView bytes) {
  crypto_hash_sha512_update(state_of(state_), bytes.data(), bytes.size());
  return *this;
}

Hash512 Sha512::finish() {
  Hash512 out;
  crypto_hash_sha512_final(state_of(state_), out.data());
  crypto_hash_sha512_init(state_of(state_));
  return out;
}

}  // namespace knoop
