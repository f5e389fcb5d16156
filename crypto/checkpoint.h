// Heads of the audit log as C2SP checkpoints (tlog-checkpoint): the text of a signed note with
//
//   <origin>                    for Knoop: network/member/incarnation
//   <number of leaves>          decimal, without leading zeros
//   <root, base64>              of the RFC 6962 tree (merkle.h)
//   <extension line>            none or more; kept as they are
//
// What is parsed comes from peers and witnesses: it is checked for form only. That the origin is the expected
// one and the note is signed are the caller's checks; that two heads agree is verify_consistency's
// (merkle.h).
#pragma once

#include <string>
#include <vector>

#include "crypto/keys.h"

namespace knoop {

struct Checkpoint {
  std::string origin;
  std::uint64_t size = 0;
  Hash256 root;
  std::vector<std::string> extensions;

  /// The text of the note, ending in a newline. Origin and extensions are ours: non-empty lines of UTF-8.
  [[nodiscard]] std::string text() const;
  /// Exactly what text() writes.
  [[nodiscard]] static Result<Checkpoint> parse(std::string_view text);

  friend bool operator==(const Checkpoint&, const Checkpoint&) = default;
};

}  // namespace knoop
