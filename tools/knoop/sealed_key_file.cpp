#include "tools/knoop/sealed_key_file.h"

#include "storage/private_file.h"

namespace knoop::cli {

Result<void> write_sealed_key(const std::filesystem::path& path, std::string_view text) {
  return storage::write_private_file(path, view(text));
}

Result<SealedKey> read_sealed_key(const std::filesystem::path& path, KeyUse use) {
  KNOOP_LET(bytes, storage::read_small_file(path, max_sealed_key_bytes, storage::Readers::anyone));
  KNOOP_LET(key, parse_sealed_key(text_view(bytes)));
  if (key.use != use)
    return fail(ErrorCode::bad_key, Side::user, "{} holds a key for another use ({}), wanted is one for {}",
                path.string(), to_string(key.use), to_string(use));
  return key;
}

}  // namespace knoop::cli
