// A salted commitment: binds one party to a value without showing it (protocol.md sections 4 and 6).
//
//   SHA-256( label ‖ 0x00 ‖ field number (2 bytes) ‖ salt (32 bytes) ‖ length of the value (4 bytes) ‖ value )
//
// The label and the number say what is committed, so that a commitment of one field, or of one format, can never be
// opened as another; the length makes the input unambiguous. The salt is 32 random bytes used for this one value:
// without it a short value (a category, a BSN) could be found by trying all; when it is destroyed together with the
// value, the commitment that stays behind says nothing any more (erasure). Integers are big-endian.
//
// Who calls: the audit log for every field of an entry, the exchange for every fragment and its basis.
// A hostile peer can commit to anything, also to nonsense; it cannot open one commitment in two ways.
#pragma once

#include <string_view>

#include "crypto/keys.h"

namespace knoop {

/// Shown together with the value it hides (an opening), so it is no Secret; destroyed with it when erased.
using Salt = Fixed<struct SaltTag, 32>;

[[nodiscard]] Hash256 commit(std::string_view label, std::uint16_t field, const Salt& salt, ByteView value);

}  // namespace knoop
