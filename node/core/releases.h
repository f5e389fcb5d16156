// What other services ask of the exchange of fragments, and what it tells them: the two interfaces between hand-over
// and exchange, so that neither knows the other.
#pragma once

#include <string>
#include <vector>

#include "node/core/context.h"
#include "protocol/consent/decide.h"
#include "protocol/exchange/messages.h"

namespace knoop {

/// "Release what consent permits of these categories to that organisation."
struct ReleaseOrder {
  MemberId to;
  exchange::About about;
  std::string client;  ///< Own client reference.
  consent::Purpose purpose{};
  std::vector<Category> categories;
};

/// What was decided about an order; the release itself follows (offer, receipt, decide again, key).
struct ReleaseOutcome {
  ExchangeId exchange;
  std::size_t offered = 0;               ///< Fragments in the offer; 0: nothing may leave, no offer was made.
  std::vector<exchange::Denied> denied;  ///< Per category, why not.
};

class Releases {
 public:
  Releases() = default;
  Releases(const Releases&) = delete;
  Releases& operator=(const Releases&) = delete;
  virtual ~Releases() = default;
  virtual Result<ReleaseOutcome> release(Context& context, const ReleaseOrder& order) = 0;
};

/// Who wants to know how a release ended at the receiving side.
class ReleaseObserver {
 public:
  ReleaseObserver() = default;
  ReleaseObserver(const ReleaseObserver&) = delete;
  ReleaseObserver& operator=(const ReleaseObserver&) = delete;
  virtual ~ReleaseObserver() = default;
  /// The key came and everything fits: `count` fragments are readable here. In the transaction that stored them.
  virtual Result<void> release_received(Context& context, const MemberId& from, const exchange::About& about,
                                        std::size_t count) = 0;
};

}  // namespace knoop
