#include "crypto/argon2id.h"

#include "crypto/sodium.h"

namespace knoop {
namespace {

Result<void> check(ByteView passphrase, const Argon2Params& params) {
  if (passphrase.empty()) return fail(ErrorCode::bad_value, Side::user, "a passphrase cannot be empty");
  if (passphrase.size() > argon2_max_passphrase)
    return fail(ErrorCode::over_limit, Side::user, "a passphrase has at most {} bytes",
                argon2_max_passphrase);
  if (params.passes < argon2_smallest.passes || params.memory_bytes < argon2_smallest.memory_bytes ||
      params.memory_bytes % 1024 != 0)
    return fail(ErrorCode::bad_value, Side::user,
                "Argon2id takes at least {} pass and {} bytes of memory in whole KiB, not {} and {}",
                argon2_smallest.passes, argon2_smallest.memory_bytes, params.passes, params.memory_bytes);
  if (params.passes > argon2_max_passes || params.memory_bytes > argon2_max_memory)
    return fail(ErrorCode::over_limit, Side::user,
                "Argon2id takes at most {} passes and {} bytes of memory here, not {} and {}",
                argon2_max_passes, argon2_max_memory, params.passes, params.memory_bytes);
  return {};
}

}  // namespace

Result<SymmetricKey> derive_argon2id(ByteView passphrase, const Argon2Salt& salt,
                                     const Argon2Params& params) {
  static_assert(Argon2Salt::size == crypto_pwhash_argon2id_SALTBYTES);
  sodium_ready();
  KNOOP_TRY(check(passphrase, params));
  SymmetricKey key;
  if (crypto_pwhash_argon2id(key.data(), SymmetricKey::size, text_view(passphrase).data(), passphrase.size(),
                             salt.data(), params.passes, params.memory_bytes,
                             crypto_pwhash_argon2id_alg_argon2id13()) != 0)
    return fail(ErrorCode::io_failed, Side::ours,
                "deriving a key from a passphrase needs {} MiB of free memory; free some and try again",
                params.memory_bytes >> 20U);
  return key;
}

}  // namespace knoop
