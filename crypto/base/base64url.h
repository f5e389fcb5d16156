// RFC 4648 base64url without padding, as JOSE writes it (RFC 7515 section 2). Strict: canonical last bits, no white space, no other
// alphabet. For what comes from an identity provider and what goes to it; Knoop's own formats have padding (bytes.h).
#pragma once

#include "crypto/base/bytes.h"

namespace knoop {

[[nodiscard]] std::string to_base64url(ByteView bytes);
[[nodiscard]] Result<Bytes> from_base64url(std::string_view text);

}  // namespace knoop
