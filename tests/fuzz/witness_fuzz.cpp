// What strangers say about logs: LogHead, HeadAnswer and LogProof messages, how later logs begin, cosigned notes, proofs of entries. What decodes
// encodes to the same bytes; nothing that nobody signed is taken for a head, a cosignature or a proof.
#include <cstdlib>

#include "protocol/audit/log_opening.h"
#include "protocol/audit/log_proof.h"
#include "protocol/audit/messages.h"

namespace {

void must(bool holds) {
  if (!holds) std::abort();
}

const knoop::SigningPublicKey& key() {
  static const knoop::SigningPublicKey out = [] {
    std::array<knoop::Byte, 32> seed{7};
    return knoop::signing_key_from_seed(knoop::SigningSeed::from(seed).value()).public_key;
  }();
  return out;
}

template <typename T>
void message(knoop::ByteView input) {
  if (const auto decoded = knoop::decode<T>(input)) must(knoop::equal(knoop::encode(*decoded), input));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace knoop::audit;
  const knoop::ByteView input(data, size);
  message<LogHead>(input);
  message<HeadAnswer>(input);
  message<LogProofMessage>(input);
  message<LogOpening>(input);
  if (const auto opening = knoop::decode<LogOpening>(input)) {
    const SignedHead newest{{knoop::NetworkId{}, knoop::MemberId{}, 2}, {"", 1, knoop::Hash256{}, {}}, {}};
    must(!check_opening(*opening, newest, key()).has_value());
  }

  const WitnessRule rule{{{knoop::MemberId{}, key()}}, 1, 0};
  const std::string_view text = knoop::text_view(input);
  static_cast<void>(claimed_origin(text));
  must(!read_head(text, key()).has_value());
  if (const auto note = knoop::parse_note(text, max_head_bytes)) must(!witnessed(*note, rule).enough);
  if (const auto proof = LogProof::parse(text)) {
    must(proof->text() == text);
    must(!check_log_proof(*proof, key(), rule).has_value());
  }
  return 0;
}
