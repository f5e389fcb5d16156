// What the small checks (proof, destruction) are held against: the cards of the members concerned and every version of the
// convenant. Cards are signed by their members, so it does not matter who hands them over; a member may have several.
#pragma once

#include <filesystem>
#include <functional>
#include <vector>

#include "protocol/audit/origin.h"
#include "tools/knoop-verify/witnesses.h"

namespace knoop::verifier {

struct Trusted {
  std::vector<Card> cards;
  std::vector<Convenant> convenants;  ///< Oldest first; none when none was given.
  NetworkId network;

  /// The log is of the convenant's network, and its member was named by a version of it. Nothing without a convenant.
  [[nodiscard]] Result<void> confirm(const audit::LogOrigin& log) const;
  /// By the convenant, else by its card, else its id.
  [[nodiscard]] std::string name_of(const MemberId& member) const;
  /// Tries the key of each card of this member, newest first; the Error is that of the newest. not_found without any.
  [[nodiscard]] Result<void> with_keys_of(const MemberId& member,
                                          const std::function<Result<void>(const Card&)>& check) const;
};
[[nodiscard]] Result<Trusted> read_trusted(const std::vector<std::filesystem::path>& convenants,
                                           const std::vector<std::filesystem::path>& cards);

/// Who cosigned one head, for a report.
struct HeadWitnesses {
  Witnesses rule;  ///< By the versions; `size` is that of the head when it is witnessed, else 0.
  std::vector<audit::WitnessedBy> by;

  /// False when the convenant names witnesses, their cards are here, and too few cosigned.
  [[nodiscard]] bool accepted() const { return !rule.can_be_judged() || rule.size > 0; }
};
[[nodiscard]] HeadWitnesses witnesses_of(const Trusted& trusted, const audit::SignedHead& head);

}  // namespace knoop::verifier
