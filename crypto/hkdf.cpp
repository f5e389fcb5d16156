#include "crypto/hkdf.h"

#include "crypto/base/assert.h"
#include "crypto/sodium.h"

namespace knoop {
namespace {

constexpr std::size_t block_size = crypto_auth_hmacsha512_BYTES;

// HMAC in pieces; libsodium's state holds key material, so it is wiped.
class Hmac {
 public:
  explicit Hmac(ByteView key) {
    sodium_ready();
    constexpr Byte none = 0;  // libsodium wants a pointer also to an empty key
    crypto_auth_hmacsha512_init(&state_, key.empty() ? &none : key.data(), key.size());
  }
  ~Hmac() { wipe(&state_, sizeof state_); }
  Hmac(const Hmac&) = delete;
  Hmac& operator=(const Hmac&) = delete;

  Hmac& update(ByteView bytes) {
    crypto_auth_hmacsha512_update(&state_, bytes.data(), bytes.size());
    return *this;
  }
  void finish(Byte* out) { crypto_auth_hmacsha512_final(&state_, out); }

 private:
  crypto_auth_hmacsha512_state state_;
};

}  // namespace

Hash512 hmac_sha512(ByteView key, ByteView message) {
  Hash512 out;
  Hmac(key).update(message).finish(out.data());
  return out;
}

HkdfKey hkdf_extract(ByteView salt, ByteView input_key) {
  HkdfKey out;
  Hmac(salt).update(input_key).finish(out.data());  // HMAC pads an empty key with zeros: the default salt
  return out;
}

void hkdf_expand(const HkdfKey& key, ByteView info, std::span<Byte> out) {
  KNOOP_ASSERT(out.size() <= 255 * block_size, "HKDF gives at most 255 blocks");
  std::array<Byte, block_size> block{};
  Byte counter = 0;
  for (std::size_t done = 0; done < out.size(); done += block_size) {
    Hmac hmac(key.expose());
    if (counter > 0) hmac.update(block);
    ++counter;
    hmac.update(info).update({&counter, 1}).finish(block.data());
    std::ranges::copy(std::span(block).first(std::min(block_size, out.size() - done)),
                      out.subspan(done).begin());
  }
  wipe(block.data(), block.size());
}

}  // namespace knoop
