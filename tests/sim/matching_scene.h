// What the simulations of matching share: children, records, waiting until nothing moves, and the invariant that every
// scenario must keep: both sides of every pair hold the same matches, and exactly those that their records imply.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "node/core/matching_service.h"
#include "storage/records_repository.h"
#include "tests/sim/region.h"

namespace knoop::sim {

struct Child {
  std::string bsn;
  std::string first_name;
  std::string surname;
  Date birth;
  std::string postcode = "1234AB";
  std::string number = "1";
};

extern const Child sanne;
extern const Child joris;  ///< Her brother.
extern const Child fatima;
[[nodiscard]] Child without_bsn(Child child);

void put(SimNode& node, const std::string& ref, const Child& child, Date until = {2027, 11, 1});
/// Closes all involvements of the client.
void close(SimNode& node, const std::string& ref);
/// Opens them again.
void reopen(SimNode& node, const std::string& ref, Date until = {2027, 11, 1});
/// Lets a command of MatchingService run; its Error fails the test.
template <typename T>
T ask(SimNode& node, const std::function<Result<T>(MatchingService&, Context&)>& what) {
  return node
      .command<T>([&](Context& context) { return what(node.node().service<MatchingService>(), context); })
      .value();
}
[[nodiscard]] std::vector<storage::StoredMatch> matches(SimNode& node);
[[nodiscard]] std::vector<MatchingStatus> status(SimNode& node);
/// Opens the next epoch at `node` with `peer`; its number.
matching::Epoch open_epoch(SimNode& node, SimNode& peer);

/// Runs until nothing waits anywhere, and nothing that was on its way made new work. Then check_matches() must hold: so it
/// is checked in every scenario.
void settle(Region& region, Milliseconds limit = Milliseconds{1'800'000});
[[nodiscard]] bool quiet(Region& region);

using Shown = std::map<matching::MatchId, std::pair<matching::Verdict, std::uint32_t>>;
[[nodiscard]] Shown shown(SimNode& node, SimNode& peer);

/// The invariant: same ids, classes and evidence at both sides of every pair, each match once, and these are what the
/// identifiers in the clear at both sides say.
void check_matches(Region& region);
/// No trouble, no dead letter, no withdrawal without acknowledgement, no row that contradicts another.
void check_healthy(Region& region);

}  // namespace knoop::sim
