// Any text as a card: once as a note from a stranger, once signed by an organisation, so that the TOML behind the
// signature is reached. What is accepted is written again as the same card.
#include "config/card.h"
#include "crypto/base/assert.h"
#include "crypto/note.h"

using namespace knoop;

namespace {

struct Constant final : Entropy {
  void fill(std::span<Byte> bytes) override { std::ranges::fill(bytes, Byte{7}); }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Constant entropy;
  static const SigningKeyPair organisation = new_signing_key(entropy);
  static const MemberId member = member_id(organisation.public_key);
  const std::string_view text = text_view({data, size});
  (void)read_card(text);

  Note note{std::string(text), {}};
  if (!sign_note(note, card_signer(member), organisation.secret_key)) return 0;
  if (const auto card = check_card(note.encode(), member))
    KNOOP_ASSERT(card_text(*card).has_value(), "a card that was read cannot be written");
  return 0;
}
