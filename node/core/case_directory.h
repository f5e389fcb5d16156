// Which of our own clients a peer means. Peers name a child by a match or a hand-over that both know, never by data
// about the child; whoever keeps those (matching, hand-over) answers here, so that the exchange of fragments needs to
// know neither.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "node/core/context.h"
#include "protocol/exchange/release.h"

namespace knoop {

struct Case {
  std::string client;  ///< Own reference.
  /// What this peer may offer us without being asked, and for what: a hand-over that we accepted. None for a match.
  std::optional<exchange::Expected> awaited{};
};

class CaseDirectory {
 public:
  CaseDirectory() = default;
  CaseDirectory(const CaseDirectory&) = delete;
  CaseDirectory& operator=(const CaseDirectory&) = delete;
  virtual ~CaseDirectory() = default;
  /// Nothing when this peer and we have no such match or hand-over. Called in the transaction of a message or command.
  virtual Result<std::optional<Case>> find_case(Context& context, const MemberId& peer,
                                                const exchange::About& about) = 0;
};

}  // namespace knoop
