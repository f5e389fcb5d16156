// A preshared key on its way between two administrators: a file on a stick, or digits read aloud.
//
//   knoop/v1/preshared-key
//   network: <network id, 64 hexadecimal digits>
//   members: <the lower member id> <the higher member id>
//   id: <preshared_key_id(), 32 digits>
//   key: <64 digits>
//
// Five lines, each ended by one newline, lower case, nothing else. The file is the same for both members. Network and
// members make a file of another pair an error instead of a difference that somebody has to look for; the id finds a
// mistyped digit, and is what the two compare by voice: it tells nothing of the key.
//
// The text holds a secret: whoever reads it wipes it.
#pragma once

#include "protocol/channel/frame.h"

namespace knoop {

inline constexpr std::size_t max_preshared_file = 512;

/// The file of this pair.
[[nodiscard]] Bytes preshared_file(const PresharedKey& key, const NetworkId& network, const MemberId& one,
                                   const MemberId& other);

/// The key in the file. bad_format: it is no such file; wrong_network; wrong_recipient: of another pair; bad_value: its
/// id is not that of its key (mistyped); bad_key: all zeros, which stands for no key.
[[nodiscard]] Result<PresharedKey> read_preshared_file(ByteView file, const NetworkId& network,
                                                       const MemberId& one, const MemberId& other);

/// 64 hexadecimal digits; spaces and dashes between them do not count. For a key that was read aloud.
[[nodiscard]] Result<PresharedKey> preshared_from_digits(ByteView digits);

}  // namespace knoop
