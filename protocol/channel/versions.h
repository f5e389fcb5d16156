// Which versions two members speak: the highest that both know, never below what the convenant demands.
//
// Both lists are bound into what follows: binding() goes into the epoch commitments of matching, so that a difference
// in what the two believe was offered is an error at both sides and never a silent lack of matches.
#pragma once

#include <cstdint>
#include <span>

#include "crypto/keys.h"
#include "protocol/channel/messages.h"

namespace knoop {

inline constexpr std::uint16_t protocol_version = 1;

/// The highest version in both lists; unknown_version (naming both highest and the minimum) when there is none that
/// reaches `minimum`. A list is ascending and without repetition, else bad_value.
[[nodiscard]] Result<std::uint16_t> agree_version(std::span<const std::uint16_t> mine,
                                                  std::span<const std::uint16_t> theirs,
                                                  std::uint16_t minimum);

/// What one member offered.
struct OfferedVersions {
  MemberId member;
  std::vector<std::uint16_t> protocol;
  std::vector<std::uint16_t> identifier_rules;

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(self.member, bounded(self.protocol, max_versions), bounded(self.identifier_rules, max_versions));
  }
};

/// Every version this program speaks, ascending.
struct SpokenVersions {
  std::vector<std::uint16_t> protocol{protocol_version};
  std::vector<std::uint16_t> identifier_rules{1};  ///< docs/spec/identifiers.md
};

/// SHA-256("knoop/v1/versions" ‖ 0x00 ‖ network ‖ both offers encoded, the member with the lower id first).
[[nodiscard]] Hash256 version_binding(const NetworkId& network, const OfferedVersions& one,
                                      const OfferedVersions& other);

/// What two members speak with each other, and the hash of what both offered. Equal at both, or one of them was told
/// something else than the other said.
struct AgreedVersions {
  std::uint16_t protocol = 0;
  std::uint16_t identifier_rules = 0;
  Hash256 binding;
  friend bool operator==(const AgreedVersions&, const AgreedVersions&) = default;
};
/// The highest of both kinds that both offer; errors of agree_version().
[[nodiscard]] Result<AgreedVersions> agree_versions(const NetworkId& network, const OfferedVersions& mine,
                                                    const OfferedVersions& theirs,
                                                    std::uint16_t minimum_protocol);

}  // namespace knoop
