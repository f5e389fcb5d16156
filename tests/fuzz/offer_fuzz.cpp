// The messages of an exchange of fragments, as a peer can send them: refused, or checked without harm.
#include "protocol/exchange/attachments.h"
#include "protocol/exchange/elsewhere.h"
#include "protocol/exchange/release.h"
#include "protocol/fragments/schema.h"

using namespace knoop;
using namespace knoop::exchange;

namespace {

const Parties parties{};
const SigningPublicKey no_key{};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const ByteView body{data + 1, size - 1};
  switch (data[0] % 11) {
    case 0:
      if (const auto offer = decode<ReleaseOffer>(body)) {
        const Expected expected{offer->about, offer->obligations.purpose, {Category::reason, Category::help}};
        static_cast<void>(check_offer(*offer, expected));
        const ReleaseReceipt receipt{offer->exchange, to_bytes(body), {}};
        static_cast<void>(check_receipt(parties, *offer, receipt, no_key));
        ReleaseKey key;
        key.item_salts.resize(offer->items.size());
        key.basis_salts.resize(offer->bases.size());
        static_cast<void>(open_release(parties, *offer, receipt, key, no_key));
      }
      break;
    case 1:
      static_cast<void>(decode<FragmentRequest>(body));
      break;
    case 2:
      static_cast<void>(decode<FragmentRefusal>(body));
      break;
    case 3:
      if (const auto receipt = decode<ReleaseReceipt>(body)) static_cast<void>(receipt_hash(*receipt));
      break;
    case 4:
      static_cast<void>(decode<ReleaseKey>(body));
      break;
    case 5:
      static_cast<void>(decode<ConsentWithdrawn>(body));
      break;
    case 6:
      static_cast<void>(decode<WithdrawalApplied>(body));
      static_cast<void>(decode<FragmentCorrected>(body));
      break;
    case 7:
      if (const auto proof = decode<ReleaseProof>(body))
        static_cast<void>(verify_proof(*proof, no_key, no_key));
      break;
    case 8:
      if (const auto statement = decode<ConsentStatement>(body))
        static_cast<void>(check_statement({}, {}, {}, *statement, no_key));
      if (const auto said = decode<StatementBody>(body)) static_cast<void>(heard(*said, "C-1"));
      break;
    case 9:
      if (const auto request = decode<ConsentStateRequest>(body)) {
        static_cast<void>(check_request(*request));
        const ConsentState state{request->exchange, to_bytes(body), {}};
        static_cast<void>(check_state({{}, {}, {}, *request}, state, no_key));
      }
      static_cast<void>(decode<ConsentState>(body));
      static_cast<void>(decode<StateBody>(body));
      break;
    default:
      static_cast<void>(decode<Payload>(body));
      if (const auto fragment = decode<WireFragment>(body)) {
        static_cast<void>(attachment_of(fragment->content));
        static_cast<void>(fragments::plain_text(fragment->content.category, fragment->content.schema,
                                                fragment->content.content));
      }
      static_cast<void>(decode<AttachmentWanted>(body));
      static_cast<void>(decode<AttachmentPiece>(body));
      static_cast<void>(decode<ReceiptBody>(body));
      break;
  }
  return 0;
}
