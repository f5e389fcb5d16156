// Orders to destroy and their proofs, as a peer can send them: refused, or read without harm.
#include "protocol/erasure/messages.h"

using namespace knoop;
using namespace knoop::erasure;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const ByteView body{data + 1, size - 1};
  switch (data[0] % 3) {
    case 0:
      static_cast<void>(decode<DestructionOrder>(body));
      break;
    case 1:
      if (const auto proof = decode<DestructionProof>(body))
        static_cast<void>(check_proof(*proof, MemberId{}, MemberId{}, SigningPublicKey{}));
      break;
    default:
      static_cast<void>(decode<Statement>(body));
      break;
  }
  return 0;
}
