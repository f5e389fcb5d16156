// docs/spec/consent.md "Worked cases" against decide(): the page and the code cannot differ (R3.2, R3.4, R3.5, R3.6).
#include "tests/unit/protocol/consent/worked_cases.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <set>

using namespace knoop;
using namespace knoop::consent;

TEST_CASE("R3.4: every worked case of the specification is what decide() does") {
  const auto rows = read_worked_cases();
  CHECK(rows.size() >= 60);
  int expected_number = 1;
  for (const WorkedCase& row : rows) {
    INFO("case " << row.number);
    CHECK(row.number == std::to_string(expected_number++));
    std::vector<std::string> got;
    for (const FragmentDecision& one :
         decide(row.request, row.consents, row.grounds, row.policy, day_of_the_cases()))
      got.push_back(shown(one));
    CHECK(got == row.expected);
  }
}

TEST_CASE("R3.4: the worked cases use every reason and every kind of ground") {
  std::set<std::string> reasons;
  std::set<GroundKind> used;
  for (const WorkedCase& row : read_worked_cases()) {
    for (const std::string& decision : row.expected) {
      std::istringstream words(decision);
      std::string verdict, reason;
      words >> verdict >> reason;
      reasons.insert(reason);
    }
    for (const Ground& ground : row.grounds) used.insert(ground.kind);
  }
  for (int number = 1; number < 256; ++number) {
    const auto reason = static_cast<Reason>(number);
    // Said of a category by the service, and to the peer instead of the three forces: no decision on a fragment has it.
    // What the log's witnesses have not confirmed the service holds back, whatever was decided.
    if (!is_valid(reason) || reason == Reason::nothing_held || reason == Reason::ground ||
        reason == Reason::unwitnessed)
      continue;
    INFO(to_string(reason));
    CHECK(reasons.contains(std::string(to_string(reason))));
  }
  CHECK(used.size() == ground_kinds.size());
}
