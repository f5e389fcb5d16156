#include "protocol/audit/commitment.h"

#include <limits>

#include "crypto/base/assert.h"
#include "crypto/hash.h"

namespace knoop {

Hash256 commit(std::string_view label, std::uint16_t field, const Salt& salt, ByteView value) {
  KNOOP_ASSERT(value.size() <= std::numeric_limits<std::uint32_t>::max(),
               "callers bound what they commit to");
  Bytes input;
  input.reserve(label.size() + 39 + value.size());
  append(input, label);
  append_u8(input, 0);
  append_u16(input, field);
  append(input, salt.view());
  append_u32(input, static_cast<std::uint32_t>(value.size()));
  append(input, value);
  return sha256(input);
}

}  // namespace knoop
