#include "tools/knoop/node_files.h"

#include <sys/stat.h>
#include <unistd.h>

#include "storage/key_file.h"

namespace knoop::cli {

NodeFiles::NodeFiles(const Settings& settings)
    : directory(settings.node.data_dir.value),
      database(directory / "knoop.db"),
      wrapped_key(directory / "database.key") {}

Result<void> prepare_directory(const std::filesystem::path& directory) {
  std::error_code error;
  std::filesystem::create_directories(directory.parent_path(), error);
  if (::mkdir(directory.c_str(), S_IRWXU) != 0 && errno != EEXIST)
    return fail(ErrorCode::io_failed, Side::user, "the directory {} cannot be made", directory.string());
  struct stat status {};
  if (::stat(directory.c_str(), &status) != 0 || !S_ISDIR(status.st_mode))
    return fail(ErrorCode::io_failed, Side::user, "{} is no directory", directory.string());
  if (status.st_uid != ::geteuid() || (status.st_mode & (S_IRWXG | S_IRWXO)) != 0)
    return fail(
        ErrorCode::forbidden, Side::user,
        "{} must belong to this user and be closed to others (chmod 700); it holds the node's database",
        directory.string());
  return {};
}

Result<SymmetricKey> create_key(const NodeFiles& files, const Settings& settings,
                                PassphraseSource& passphrases, Entropy& entropy) {
  const std::filesystem::path key_file = settings.database.key_file.value;
  if (key_file.empty()) {
    KNOOP_LET(passphrase, passphrases.choose("the node's database"));
    return storage::create_database_key(files.wrapped_key, passphrase.view(), entropy);
  }
  Result<storage::UnlockKey> key =
      is_there(key_file) ? storage::read_unlock_key(key_file) : storage::create_unlock_key(key_file, entropy);
  KNOOP_LET(unlock, std::move(key));
  return storage::create_database_key(files.wrapped_key, &unlock, entropy);
}

Result<std::unique_ptr<storage::Database>> open_database(const Settings& settings,
                                                         PassphraseSource& passphrases) {
  const NodeFiles files(settings);
  if (!is_there(files.wrapped_key))
    return fail(ErrorCode::not_found, Side::user, "there is no node in {}; `knoop init` makes one",
                files.directory.string());
  Result<SymmetricKey> opened = fail(ErrorCode::wrong_passphrase, Side::user, "the database stays closed");
  if (settings.database.key_file.value.empty()) {
    KNOOP_LET(passphrase, passphrases.ask("the node's database"));
    opened = storage::open_database_key(files.wrapped_key, passphrase.view());
  } else {
    KNOOP_LET(unlock, storage::read_unlock_key(settings.database.key_file.value));
    opened = storage::open_database_key(files.wrapped_key, &unlock);
  }
  KNOOP_LET(key, std::move(opened));
  return storage::Database::open(files.database, key, storage::OpenMode::open);
}

}  // namespace knoop::cli
