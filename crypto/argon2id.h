// Argon2id (RFC 9106, version 1.3, one lane): the key that a passphrase stands for. Slow and hungry on purpose, so
// that guessing costs; run it on the Executor, never on the core thread.
//
// The parameters are stored beside what the key opens. A file may come from a stranger, so both are bounded: no file
// can make a node take more than 1 GiB or work for minutes.
#pragma once

#include "crypto/keys.h"

namespace knoop {

using Argon2Salt = Fixed<struct Argon2SaltTag, 16>;

struct Argon2Params {
  std::uint32_t passes = 3;
  std::uint64_t memory_bytes = 256ULL << 20U;  ///< Whole KiB.

  friend bool operator==(const Argon2Params&, const Argon2Params&) = default;
};

/// 256 MiB and 3 passes: under a second of one core.
constexpr Argon2Params argon2_default{};
/// The least that is accepted, for tests.
constexpr Argon2Params argon2_smallest{1, 8192};
constexpr std::uint32_t argon2_max_passes = 16;
constexpr std::uint64_t argon2_max_memory = 1ULL << 30U;
constexpr std::size_t argon2_max_passphrase = 4096;
/// Fewer bytes are refused when a passphrase is chosen: a stolen file can be guessed at for years.
constexpr std::size_t shortest_passphrase = 12;

/// Fails with over_limit past the bounds, bad_value for an empty passphrase or odd parameters, io_failed (ours) when
/// the machine has not that much memory.
[[nodiscard]] Result<SymmetricKey> derive_argon2id(ByteView passphrase, const Argon2Salt& salt,
                                                   const Argon2Params& params = argon2_default);

}  // namespace knoop
