// Size classes: what is sealed is padded so that an observer learns a class and not a length.
//
//   plaintext = u32 length of body ‖ body ‖ zeros,  as long as makes the *sealed* body one of the classes
//
// The padding lies inside the seal: it is authenticated, and one with anything but zeros is refused, so that it
// carries nothing.
#pragma once

#include <array>

#include "crypto/base/bytes.h"

namespace knoop {

/// Sizes a sealed body can have. The largest bounds every frame.
inline constexpr std::array<std::size_t, 7> size_classes{512,         2UL * 1024,   4UL * 1024,   16UL * 1024,
                                                         64UL * 1024, 256UL * 1024, 1024UL * 1024};

[[nodiscard]] bool is_size_class(std::size_t sealed_size);
/// The largest body that fits a frame.
[[nodiscard]] std::size_t max_body_size();
/// The largest body that fits a class: batches are filled to it.
[[nodiscard]] std::size_t body_room(std::size_t size_class);

/// The plaintext to be sealed; over_limit when the body is larger than max_body_size().
[[nodiscard]] Result<Bytes> pad_body(ByteView body);
/// The body of an unsealed plaintext; bad_format when length or padding are not as pad_body makes them.
[[nodiscard]] Result<Bytes> unpad_body(ByteView plaintext);

}  // namespace knoop
