// The User-Id that the ZAP handler gives a connection, and how the listener reads it.
//
// libzmq attaches User-Id to every message of a connection, but it takes it from two places: the ZAP handler's answer,
// and, when no handler answered, the client's own handshake metadata (tried). So a bare member id could be written by
// a stranger in just the case in which it matters. The id is therefore preceded by a secret of this listener's life,
// which never leaves the process: what does not begin with it, the handler did not say.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "crypto/base/entropy.h"
#include "crypto/keys.h"

namespace knoop::net {

class Voucher {
 public:
  explicit Voucher(Entropy& entropy) : token_(entropy.draw<Hash256>().hex()) {}

  [[nodiscard]] std::string vouch_for(const MemberId& member) const { return token_ + member.hex(); }
  /// The member that the handler vouched for; nothing when these are not its words.
  [[nodiscard]] std::optional<MemberId> read(std::string_view user_id) const {
    if (user_id.size() <= token_.size() ||
        !equal_constant_time(view(user_id.substr(0, token_.size())), view(token_)))
      return std::nullopt;
    const auto member = MemberId::from_hex(user_id.substr(token_.size()));
    return member ? std::optional(*member) : std::nullopt;
  }

 private:
  std::string token_;
};

}  // namespace knoop::net
