// Any bytes as a frame: once as they come, and once signed by the expected sender, so that what lies behind the
// signature is reached too. Nothing that was not sealed may open.
#include "crypto/ed25519.h"
#include "protocol/channel/frame.h"
#include "protocol/channel/padding.h"

using namespace knoop;

namespace {

struct Constant final : Entropy {
  void fill(std::span<Byte> bytes) override { std::ranges::fill(bytes, Byte{7}); }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Constant entropy;
  static const SigningKeyPair signing = new_signing_key(entropy);
  static const SealingKeyPair sealing = new_sealing_key(entropy);
  const ByteView bytes(data, size);

  FrameExpectations expectations;
  expectations.signing_key = [](std::uint32_t) -> Result<SigningPublicKey> { return signing.public_key; };
  (void)check_frame(bytes, expectations);

  Bytes signed_frame = to_bytes(bytes);
  append(signed_frame, sign(signing.secret_key, "knoop/v1/frame", bytes).view());
  if (const auto frame = check_frame(signed_frame, expectations))
    KNOOP_ASSERT(!open_frame(*frame, sealing, nullptr), "a frame opened that was never sealed");

  if (const auto body = unpad_body(bytes))
    KNOOP_ASSERT(equal(pad_body(*body).value(), bytes), "two paddings of one body");
  return 0;
}
