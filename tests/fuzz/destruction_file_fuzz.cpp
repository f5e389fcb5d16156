// Proofs of destruction as files, from anybody: what parses is written in the same way, and what nobody signed is no proof.
#include <cstdlib>

#include "protocol/erasure/proof_file.h"

using namespace knoop;
using namespace knoop::erasure;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = text_view({data, size});
  static const SigningPublicKey owner = [] {
    std::array<Byte, 32> seed{7};
    return signing_key_from_seed(SigningSeed::from(seed).value()).public_key;
  }();
  if (const auto record = DestructionRecord::parse(text)) {
    if (record->text() != text) std::abort();
    for (const DestructionRecipient& one : record->recipients)
      if (check_answer(*record, one, owner)) std::abort();
  }
  if (const auto file = DestructionFile::parse(text))
    if (check_destruction(*file, owner, {})) std::abort();
  return 0;
}
