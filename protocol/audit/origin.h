// Names one log: `network/member/incarnation`, two ids in lower-case hex and a number from 1 without leading zero.
// It is the origin line of every checkpoint and the key name of its signature, so a head of one log can never pass
// for a head of another. A node that was restored from a backup opens its next incarnation (protocol.md section 2).
#pragma once

#include <string>
#include <string_view>

#include "crypto/keys.h"

namespace knoop::audit {

struct LogOrigin {
  NetworkId network;
  MemberId member;
  std::uint32_t incarnation = 1;

  [[nodiscard]] std::string text() const;
  [[nodiscard]] static Result<LogOrigin> parse(std::string_view text);
  friend bool operator==(const LogOrigin&, const LogOrigin&) = default;
};

}  // namespace knoop::audit
