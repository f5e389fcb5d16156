// Many peers of one measured node in one process: each is a whole node with its own encrypted store, channel and CurveZMQ
// socket, and few clients of its own. What is light about them is the store, and that they share this process.
#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include "crypto/base/time.h"
#include "protocol/records/client.h"

namespace knoop::bench {

class LightPeer;

class LightPeers {
 public:
  /// Starts every peer whose store lies below `folder` (fill.h).
  [[nodiscard]] static Result<std::unique_ptr<LightPeers>> start(const std::filesystem::path& folder);
  ~LightPeers();
  LightPeers(const LightPeers&) = delete;
  LightPeers& operator=(const LightPeers&) = delete;

  [[nodiscard]] std::size_t count() const { return peers_.size(); }
  /// Every peer has greeted the measured node and registered its clients there. False when that takes longer.
  [[nodiscard]] bool settled(Milliseconds patience);
  /// What a peer has in care, by the reference that the measured node uses too.
  [[nodiscard]] Result<std::vector<std::string>> shared(std::size_t peer);

  struct Held {
    Timestamp found;   ///< The peer held the proven match.
    Timestamp notice;  ///< It had the measured node's contact data, which that sends when it holds the match.
  };
  /// Waits until both are so.
  [[nodiscard]] Result<Held> wait_for_match(std::size_t peer, const std::string& ref, Milliseconds patience);

 private:
  LightPeers() = default;
  std::vector<std::unique_ptr<LightPeer>> peers_;
};

}  // namespace knoop::bench
