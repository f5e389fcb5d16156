// Small files that only the node's own user may read: the wrapped database key, the file that opens it, the lock.
//
// Written once and durably, never over something that is there; read with a look at who else could read them.
#pragma once

#include <filesystem>

#include "crypto/base/bytes.h"

namespace knoop::storage {

/// Creates `path` with mode 0600 and `content`, and returns once both are on disk. `conflict` when something is there.
/// A crash leaves the whole file or none.
[[nodiscard]] Result<void> write_private_file(const std::filesystem::path& path, ByteView content);

/// Cuts the file to `size` bytes, or makes it, and adds `content` behind them; returns once all is on disk. With nothing to
/// add nothing happens.
[[nodiscard]] Result<void> append_private_file(const std::filesystem::path& path, std::size_t size,
                                               ByteView content);

enum class Readers {
  anyone,      ///< What the file holds is sealed itself.
  owner_only,  ///< Refuse (forbidden) a file that its group or others may read: it is no secret any more.
};

/// The whole file; over_limit when it is longer than `most` bytes. The caller wipes what is secret.
[[nodiscard]] Result<Bytes> read_small_file(const std::filesystem::path& path, std::size_t most,
                                            Readers readers);

/// Makes a name that was created or removed in `directory` durable.
void sync_directory(const std::filesystem::path& directory);

}  // namespace knoop::storage
