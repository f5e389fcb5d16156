// What the opening audit takes from others: a peer's statement, and a file of openings as knoop-verify reads it.
#include "crypto/x25519.h"
#include "tests/support/test_entropy.h"
#include "tools/knoop-verify/openings_file.h"

using namespace knoop;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static TestEntropy entropy;
  static const SealingKeyPair auditor = new_sealing_key(entropy);
  static const SigningKeyPair signer = new_signing_key(entropy);
  const matching::AuditorKey key{auditor.public_key, auditor.secret_key};
  const ByteView bytes(data, size);

  if (const auto statement = decode<matching::EpochStatement>(bytes)) {
    KNOOP_ASSERT(std::ranges::equal(encode(*statement), bytes), "one message has one byte string");
    KNOOP_ASSERT(!matching::verify_statement({}, {}, {}, *statement, signer.public_key),
                 "nobody signed this");
    (void)matching::check_agreement({{}, {}, {}, *statement, *statement, 3});
    (void)matching::challenged(statement->draw, statement->received.handles % 100, 5);
  }
  (void)decode<matching::Opening>(bytes);

  std::string_view rest = text_view(bytes);
  std::optional<verifier::OpeningsHead> head;
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    const std::string_view line = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
    if (auto parsed = verifier::parse_openings_head(line)) {
      head = std::move(*parsed);
      (void)matching::open_context(head->audit, key, head->context);
    }
    const auto opening = verifier::parse_opening_line(line);
    if (head && opening)
      (void)matching::check_opening(head->audit, {}, key, opening->handle, opening->sealed, opening->path);
  }
  return 0;
}
