#include "protocol/audit/origin.h"

#include <charconv>

namespace knoop::audit {

std::string LogOrigin::text() const {
  return fmt::format("{}/{}/{}", network.hex(), member.hex(), incarnation);
}

Result<LogOrigin> LogOrigin::parse(std::string_view text) {
  constexpr std::size_t hex = 64;
  if (text.size() < 2 * hex + 3 || text[hex] != '/' || text[2 * hex + 1] != '/')
    return fail(ErrorCode::bad_format, Side::user, "a log's origin is network/member/incarnation");
  LogOrigin origin;
  KNOOP_LET(network, NetworkId::from_hex(text.substr(0, hex)));
  KNOOP_LET(member, MemberId::from_hex(text.substr(hex + 1, hex)));
  origin.network = network;
  origin.member = member;
  const std::string_view digits = text.substr(2 * hex + 2);
  std::from_chars(digits.data(), digits.data() + digits.size(), origin.incarnation);
  if (origin.incarnation == 0 || origin.text() != text)
    return fail(ErrorCode::bad_format, Side::user,
                "a log's origin is in lower case and its incarnation counts from 1");
  return origin;
}

}  // namespace knoop::audit
