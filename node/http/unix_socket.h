// The place where the API's socket lies, checked before it is used: who can write to its directory can put another
// socket there and read what the command line sends.
#pragma once

#include <filesystem>

#include "crypto/base/result.h"

namespace knoop::http {

/// The directory exists, belongs to us or to root, and nobody else can write to it; the path fits a socket address.
[[nodiscard]] Result<void> check_socket_path(const std::filesystem::path& path);

/// Removes a socket of ours that nobody answers any more. Refused: a socket that is answered (conflict), and anything
/// that is not a socket of ours.
[[nodiscard]] Result<void> remove_stale_socket(const std::filesystem::path& path);

}  // namespace knoop::http
