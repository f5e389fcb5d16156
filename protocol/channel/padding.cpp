#include "protocol/channel/padding.h"

#include <algorithm>

#include "crypto/base/assert.h"
#include "crypto/seal.h"

namespace knoop {
namespace {

constexpr std::size_t length_size = 4;

// The smallest class whose room holds `body_size`; nullptr when none does.
const std::size_t* class_for(std::size_t body_size) {
  const auto* const found =
      std::ranges::find_if(size_classes, [&](std::size_t size) { return body_size <= body_room(size); });
  return found == size_classes.end() ? nullptr : found;
}

}  // namespace

bool is_size_class(std::size_t sealed_size) {
  return std::ranges::find(size_classes, sealed_size) != size_classes.end();
}

std::size_t body_room(std::size_t size_class) {
  KNOOP_ASSERT(is_size_class(size_class), "a size that is no class");
  return size_class - seal_overhead - length_size;
}

std::size_t max_body_size() {
  return body_room(size_classes.back());
}

Result<Bytes> pad_body(ByteView body) {
  const std::size_t* const size = class_for(body.size());
  if (size == nullptr)
    return fail(ErrorCode::over_limit, Side::ours,
                "a message of {} bytes does not fit a frame, the limit is {}", body.size(), max_body_size());
  Bytes out;
  out.reserve(*size - seal_overhead);
  append_u32(out, static_cast<std::uint32_t>(body.size()));
  append(out, body);
  out.resize(*size - seal_overhead);
  return out;
}

Result<Bytes> unpad_body(ByteView plaintext) {
  const auto refused = [] {
    return fail(ErrorCode::bad_format, Side::peer, "the padding of the frame is not as it must be");
  };
  if (!is_size_class(plaintext.size() + seal_overhead)) return refused();
  std::size_t length = 0;
  for (std::size_t i = 0; i < length_size; ++i) length = length * 256 + plaintext[i];
  const std::size_t* const size = class_for(length);
  if (size == nullptr || *size != plaintext.size() + seal_overhead) return refused();
  const ByteView padding = plaintext.subspan(length_size + length);
  if (!std::ranges::all_of(padding, [](Byte byte) { return byte == 0; })) return refused();
  return to_bytes(plaintext.subspan(length_size, length));
}

}  // namespace knoop
