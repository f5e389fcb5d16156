// The files of a node on disk, and the way in: <data_dir>/knoop.db (encrypted), <data_dir>/database.key (its key,
// wrapped). The directory is 0700; nothing in it can be read without the passphrase or the key file.
#pragma once

#include <filesystem>

#include "config/settings.h"
#include "crypto/base/entropy.h"
#include "storage/database.h"
#include "tools/terminal/passphrase.h"

namespace knoop::cli {

/// Something stands at this path, as far as we may look.
[[nodiscard]] inline bool is_there(const std::filesystem::path& path) {
  std::error_code ignored;
  return std::filesystem::exists(path, ignored);
}

struct NodeFiles {
  std::filesystem::path directory;
  std::filesystem::path database;
  std::filesystem::path wrapped_key;

  explicit NodeFiles(const Settings& settings);
};

/// Makes the directory (0700) when it is not there; refused (forbidden) when others can look into it, or when it is
/// somebody else's.
[[nodiscard]] Result<void> prepare_directory(const std::filesystem::path& directory);

/// Draws a database key and wraps it with the settings' key file (made when it is not there) or a passphrase.
[[nodiscard]] Result<SymmetricKey> create_key(const NodeFiles& files, const Settings& settings,
                                              PassphraseSource& passphrases, Entropy& entropy);
/// Opens the database; asks for the passphrase when the settings name no key file.
[[nodiscard]] Result<std::unique_ptr<storage::Database>> open_database(const Settings& settings,
                                                                       PassphraseSource& passphrases);

}  // namespace knoop::cli
