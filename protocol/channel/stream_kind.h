// The streams of a channel. Each ordered pair of members has four, each with its own numbers, so that a withdrawal
// never waits behind an attachment. Control frames (Hello, Ack, Reseal) belong to no stream: they carry no number and
// are not kept, and each is harmless when it comes twice, late or never (docs/spec/frames.md).
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "crypto/base/assert.h"

namespace knoop {

enum class StreamKind : std::uint8_t {
  control = 0,
  protective =
      1,  ///< Passes always, also under an expired convenant: withdrawals, destruction, cards, log heads.
  case_work = 2,  ///< Hand-over, exchange of fragments, plans ("case" is a word of C++).
  matching = 3,
  bulk = 4,  ///< What is large and may wait.
};

constexpr bool is_valid(StreamKind kind) {
  return kind <= StreamKind::bulk;
}

/// The four that carry numbers.
inline constexpr std::array<StreamKind, 4> numbered_streams{StreamKind::protective, StreamKind::case_work,
                                                            StreamKind::matching, StreamKind::bulk};

constexpr std::string_view to_string(StreamKind kind) {
  switch (kind) {
    case StreamKind::control:
      return "control";
    case StreamKind::protective:
      return "protective";
    case StreamKind::case_work:
      return "case";
    case StreamKind::matching:
      return "matching";
    case StreamKind::bulk:
      return "bulk";
  }
  KNOOP_ASSERT(false, "a stream kind outside its enumeration");
}

}  // namespace knoop
