// Any text as a convenant, as a draft and as a first and a next version. What is accepted is written again as the same.
#include "config/convenant.h"

#include "crypto/base/assert.h"

using namespace knoop;

namespace {

struct Constant final : Entropy {
  void fill(std::span<Byte> bytes) override { std::ranges::fill(bytes, Byte{7}); }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Constant entropy;
  static const SigningKeyPair manager = new_signing_key(entropy);
  const std::string_view text = text_view({data, size});
  (void)convenant_hash(text);
  (void)check_next_convenant(text, text);
  if (const auto convenant = check_first_convenant(text))
    KNOOP_ASSERT(convenant_text(*convenant).has_value(), "a convenant that was read cannot be written");
  (void)countersign_convenant(text, manager.secret_key);
  return 0;
}
