// A preshared key file: what is read writes back to the same bytes.
#include "protocol/channel/preshared_file.h"

#include <cstdlib>

using namespace knoop;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView file(data, size);
  (void)preshared_from_digits(file);
  // Network and members as the file says them, so that the fuzzer gets past them.
  const std::string_view text = text_view(file);
  const auto at = [&](std::size_t from) { return text.size() < from ? text : text.substr(from, 64); };
  const auto network = NetworkId::from_hex(at(32));
  const auto lower = MemberId::from_hex(at(106));
  const auto higher = MemberId::from_hex(at(171));
  if (!network || !lower || !higher) return 0;
  const auto key = read_preshared_file(file, *network, *lower, *higher);
  if (key && !equal(preshared_file(*key, *network, *lower, *higher), file)) std::abort();
  return 0;
}
