// Sealed keys (config/sealed_key.h) on disk.
#pragma once

#include <filesystem>

#include "config/sealed_key.h"

namespace knoop::cli {

/// Writes it with mode 0600; refused (conflict) when something is there.
[[nodiscard]] Result<void> write_sealed_key(const std::filesystem::path& path, std::string_view text);
/// Refused (bad_key) when it holds a key for another use.
[[nodiscard]] Result<SealedKey> read_sealed_key(const std::filesystem::path& path, KeyUse use);

}  // namespace knoop::cli
