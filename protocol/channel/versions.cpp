#include "protocol/channel/versions.h"

#include <algorithm>

#include "crypto/hash.h"

namespace knoop {
namespace {

bool strictly_ascending(std::span<const std::uint16_t> list) {
  return std::ranges::adjacent_find(list, [](auto a, auto b) { return a >= b; }) == list.end();
}

std::uint16_t highest(std::span<const std::uint16_t> list) {
  return list.empty() ? std::uint16_t{0} : list.back();
}

}  // namespace

Result<std::uint16_t> agree_version(std::span<const std::uint16_t> mine,
                                    std::span<const std::uint16_t> theirs, std::uint16_t minimum) {
  if (!strictly_ascending(mine) || !strictly_ascending(theirs))
    return fail(ErrorCode::bad_value, Side::peer, "a list of versions is not ascending");
  for (auto version = theirs.rbegin(); version != theirs.rend() && *version >= minimum; ++version)
    if (std::ranges::binary_search(mine, *version)) return *version;
  const bool ours_is_older = highest(mine) < highest(theirs);
  return fail(
      ErrorCode::unknown_version, ours_is_older ? Side::ours : Side::peer,
      "no version in common from {} on: this node speaks up to {}, the peer up to {}; update the older one",
      minimum, highest(mine), highest(theirs));
}

Hash256 version_binding(const NetworkId& network, const OfferedVersions& one, const OfferedVersions& other) {
  const bool ordered = one.member < other.member;
  Bytes input = to_bytes("knoop/v1/versions");
  input.push_back(0);
  append(input, network.view());
  append(input, encode(ordered ? one : other));
  append(input, encode(ordered ? other : one));
  return sha256(input);
}

Result<AgreedVersions> agree_versions(const NetworkId& network, const OfferedVersions& mine,
                                      const OfferedVersions& theirs, std::uint16_t minimum_protocol) {
  KNOOP_LET(protocol, agree_version(mine.protocol, theirs.protocol, minimum_protocol));
  KNOOP_LET(rules, agree_version(mine.identifier_rules, theirs.identifier_rules, 1));
  return AgreedVersions{protocol, rules, version_binding(network, mine, theirs)};
}

}  // namespace knoop
