// Any bytes as the file of a receipt: refused, or read to parts that write the same file again.
#include "crypto/base/assert.h"
#include "tools/knoop-verify/receipt.h"

using namespace knoop;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = text_view(ByteView(data, size));
  if (const auto file = exchange::read_receipt(text)) {
    const auto again = exchange::write_receipt(*file);
    KNOOP_ASSERT(again && *again == text, "a receipt has one form");
  }
  static_cast<void>(verifier::verify_receipt_text(text, {}));
  return 0;
}
