// Watches what peers owe us in matching (protocol/matching/terms.h) and raises the alarm. Part of MatchingRegistration.
//
// The time that a peer owes is summed while it can be reached, and stored now and then: a crash of ours forgives it at
// most the time between two stores.
#pragma once

#include <map>

#include "node/core/context.h"
#include "storage/matching_batches.h"

namespace knoop {

class MatchingTerms {
 public:
  /// Called at each look at a pair that is not in trouble, with our batch of it if there is one.
  Result<void> look(Context& context, const storage::MatchingPair& pair,
                    const std::optional<storage::OwnBatch>& batch);

 private:
  struct Watch {
    Timestamp looked;
    Milliseconds unsaved{0};
  };
  std::map<storage::PairId, Watch> watches_;
};

/// What was owed about our batch of this pair came: the term begins anew with the next thing, and an alarm ends.
Result<void> owed_thing_came(Context& context, const storage::MatchingPair& pair);

}  // namespace knoop
