// Any bytes as a wrapped database key, opened with a key file (a passphrase would spend the run in Argon2id): nothing
// that was not wrapped opens.
#include "crypto/base/assert.h"
#include "storage/key_file.h"

using namespace knoop;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const storage::UnlockKey unlock;
  KNOOP_ASSERT(!storage::unwrap_database_key(ByteView(data, size), &unlock),
               "a key opened that was never wrapped");
  return 0;
}
