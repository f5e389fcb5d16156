// The table of worked cases in docs/spec/consent.md, read strictly: an unknown word fails the test, so that the page cannot
// say something that is not run.
#pragma once

#include <string>
#include <vector>

#include "protocol/consent/decide.h"

namespace knoop::consent {

struct WorkedCase {
  std::string number;
  ReleaseRequest request;
  std::vector<Consent> consents;
  std::vector<Ground> grounds;
  ReleasePolicy policy;
  std::vector<std::string> expected;  ///< "permit consent 1", one a fragment.
};

/// Fails the running test on anything that it does not understand.
[[nodiscard]] std::vector<WorkedCase> read_worked_cases();
/// A decision as the table writes it.
[[nodiscard]] std::string shown(const FragmentDecision& decision);
[[nodiscard]] Timestamp day_of_the_cases();

}  // namespace knoop::consent
