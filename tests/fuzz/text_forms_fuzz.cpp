// The text forms of the foundations. What parses must write back to a text that parses to the same value;
// hexadecimal, base64 and days are moreover canonical or normalised in one known way, since signed texts and
// file names hold them.
#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <string>

#include "crypto/base/bytes.h"
#include "crypto/base/time.h"

namespace {

void must(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text = knoop::to_text({data, size});
  if (const auto bytes = knoop::from_base64(text)) must(knoop::to_base64(*bytes) == text);
  if (const auto bytes = knoop::from_hex(text)) {
    std::string lower = text;
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    must(knoop::to_hex(*bytes) == lower);
  }
  if (const auto date = knoop::Date::parse(text)) {
    must(date->exists() && date->iso() == text);
    must(knoop::Date::from_days(date->days()) == *date);
  }
  if (const auto time = knoop::Timestamp::parse(text)) must(knoop::Timestamp::parse(time->iso()) == *time);
  return 0;
}
