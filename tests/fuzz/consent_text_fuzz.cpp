// A text of an organisation's own (R3.3): whatever is accepted has every placeholder that counts, and prints without any.
#include <cstdlib>

#include "crypto/base/bytes.h"
#include "protocol/consent/text.h"

namespace {

void must(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace knoop::consent;
  const ConsentText text{"fuzz-1", knoop::to_text({data, size})};
  TextFacts facts;
  facts.recipient = "de ontvanger";
  const std::string printed = print(text, facts);
  if (!check_text(text)) return 0;
  must(text.body.find("{ontvanger}") != std::string::npos);
  must(printed.find("de ontvanger") != std::string::npos);
  must(printed.find("{doel}") == std::string::npos);
  must(printed.find("intrekken") != std::string::npos);
  return 0;
}
