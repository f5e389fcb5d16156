// The core thread's loop for production: a queue of events and the rhythm of the group commit.
//
// Any thread may post; the thread that calls run() is the core thread and the only one that touches the node. The
// loop commits when it is idle, after 5 ms, or after 256 events, and hands answers out only after that commit.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <vector>

#include "node/core/node.h"

namespace knoop {

class Loop final : public TransportSink {
 public:
  static constexpr Milliseconds commit_after{5};
  static constexpr std::size_t commit_events = 256;

  explicit Loop(const Clock& clock) : clock_(clock) {}

  /// What waits for the commit: called on the core thread with its outcome. An Error means that nothing of the
  /// event's group is stored; the answer then says so instead of what the event returned.
  using AfterCommit = std::function<void(const Result<void>& committed)>;
  /// An event: runs on the core thread and may return what to do after the commit.
  using Event = std::function<AfterCommit(Node&, Timestamp now)>;

  void post(Event event);
  /// That of the node; any thread may look at it.
  [[nodiscard]] const Clock& clock() const { return clock_; }
  void link_up(const MemberId& member) override;
  void link_down(const MemberId& member) override;
  void received(const MemberId& member, Bytes frame) override;
  /// For the executor: a finished computation.
  void completed(Completion completion);

  /// Runs until stop(), or until a commit fails; what was posted before stop() is still handled and committed.
  Result<void> run(Node& node);
  void stop();

 private:
  const Clock& clock_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Event> queue_;
  bool stopping_ = false;
};

}  // namespace knoop
