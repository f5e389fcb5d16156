// Fills the stores of a measured node and of its light peers, through the product's own repositories, so that what lies on
// the disk is what the product would have written: own clients, involvements, and with each peer an open epoch in which
// both sides have registered everything.
//
// What is not real are the group elements: points and tokens of what was "registered long ago" are random, for 2 × 50 ×
// 50,000 exponentiations would say nothing about the store. Keys and commitments are real, so whatever is registered from
// now on runs as it always does.
#pragma once

#include "storage/matching_repository.h"
#include "tools/bench_scale/network.h"

namespace knoop::bench {

struct FillPlan {
  std::uint64_t clients = 1'000'000;
  std::uint64_t involved = 50'000;  ///< Known by BSN alone, with an active involvement: one identifier each.
  std::size_t peers = 50;
  std::uint64_t handles_of_peer = 50'000;  ///< What each peer has registered with the measured node.
  /// Of the clients without involvement, so many for each peer are known by BSN and the peer has them in care: when the
  /// measured node gets involved with one, there is a match.
  std::uint64_t shared = 8;
};

struct Filled {
  Network network;
  std::uint16_t port = 0;
  /// For each peer the references of its shared clients.
  std::vector<std::vector<std::string>> shared;
};

/// Where the parts lie below `folder`.
[[nodiscard]] NodeFolder measured_folder(const std::filesystem::path& folder);
[[nodiscard]] NodeFolder peer_folder(const std::filesystem::path& folder, std::size_t peer);

/// Makes all stores. `say` is told what is being done.
[[nodiscard]] Result<Filled> fill(const std::filesystem::path& folder, const FillPlan& plan, Entropy& entropy,
                                  Timestamp now, const std::function<void(const std::string&)>& say);

}  // namespace knoop::bench
