#include "crypto/hash.h"

// libcrypto's older interface: a plain state that needs no memory, no provider and no configuration file, which its newer
// one looks up for every digest. Deprecated for being less general, not for being less sound.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>

#include "crypto/base/assert.h"
#include "crypto/sodium.h"

namespace knoop {
namespace {

// The header keeps the libraries' states as plain bytes, so that only crypto/ needs theirs.
static_assert(sizeof(SHA256_CTX) == 112 && alignof(SHA256_CTX) <= 8);
static_assert(sizeof(crypto_hash_sha512_state) == 208 && alignof(crypto_hash_sha512_state) <= 8);

SHA256_CTX* state_of(std::array<Byte, 112>& bytes) {
  return reinterpret_cast<SHA256_CTX*>(bytes.data());
}

/// These three have no way to fail but a null pointer.
void must(int done) {
  KNOOP_ASSERT(done == 1, "SHA-256 needs nothing but its input");
}

crypto_hash_sha512_state* state_of(std::array<Byte, 208>& bytes) {
  return reinterpret_cast<crypto_hash_sha512_state*>(bytes.data());
}

}  // namespace

Hash256 sha256(ByteView bytes) {
  SHA256_CTX state;
  Hash256 out;
  must(SHA256_Init(&state));
  must(SHA256_Update(&state, bytes.data(), bytes.size()));
  must(SHA256_Final(out.data(), &state));
  return out;
}

Hash512 sha512(ByteView bytes) {
  sodium_ready();
  Hash512 out;
  crypto_hash_sha512(out.data(), bytes.data(), bytes.size());
  return out;
}

Sha256::Sha256() {
  must(SHA256_Init(state_of(state_)));
}
Sha256::~Sha256() {
  wipe(state_.data(), state_.size());
}

Sha256& Sha256::update(ByteView bytes) {
  must(SHA256_Update(state_of(state_), bytes.data(), bytes.size()));
  return *this;
}

Hash256 Sha256::finish() {
  Hash256 out;
  must(SHA256_Final(out.data(), state_of(state_)));
  must(SHA256_Init(state_of(state_)));
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
