#include "node/core/loop.h"

#include <algorithm>

namespace knoop {

void Loop::post(Event event) {
  {
    const std::lock_guard lock(mutex_);
    queue_.push_back(std::move(event));
  }
  wake_.notify_one();
}

void Loop::link_up(const MemberId& member) {
  post([member](Node& node, Timestamp now) -> AfterCommit {
    node.link_up(member, now);
    return {};
  });
}

void Loop::link_down(const MemberId& member) {
  post([member](Node& node, Timestamp) -> AfterCommit {
    node.link_down(member);
    return {};
  });
}

void Loop::received(const MemberId& member, Bytes frame) {
  post([member, frame = std::move(frame)](Node& node, Timestamp now) mutable -> AfterCommit {
    node.received(member, std::move(frame), now);
    return {};
  });
}

void Loop::completed(Completion completion) {
  post([completion = std::move(completion)](Node& node, Timestamp now) -> AfterCommit {
    node.completed(completion, now);
    return {};
  });
}

Result<void> Loop::run(Node& node) {
  using Steady = std::chrono::steady_clock;
  std::vector<AfterCommit> waiting;
  std::size_t events = 0;
  Steady::time_point first_event;

  const auto commit = [&]() -> Result<void> {
    const Result<void> committed = node.flush(clock_.now());
    for (const AfterCommit& answer : waiting) answer(committed);
    waiting.clear();
    events = 0;
    return committed;
  };

  for (;;) {
    Event event;
    bool stopping = false;
    bool more = false;
    {
      std::unique_lock lock(mutex_);
      if (queue_.empty() && !stopping_ && events == 0) {
        // Nothing to commit: sleep until something is posted or the node's next timer. A second at most, so that a
        // step of the wall clock cannot keep a timer waiting.
        auto wait = std::chrono::milliseconds(1000);
        if (const auto due = node.next_due()) wait = std::clamp(*due - clock_.now(), Milliseconds{0}, wait);
        wake_.wait_for(lock, wait, [&] { return !queue_.empty() || stopping_; });
      }
      if (!queue_.empty()) {
        event = std::move(queue_.front());
        queue_.pop_front();
      }
      more = !queue_.empty();
      stopping = stopping_ && !more;
    }

    const Timestamp now = clock_.now();
    if (event) {
      if (events++ == 0) first_event = Steady::now();
      if (AfterCommit after = event(node, now)) waiting.push_back(std::move(after));
    }
    // Every event that changes something asks for a tick, and a tick looks at every peer: one for all events that wait,
    // and at the latest before a commit.
    const bool full = events > 0 && (events >= commit_events || Steady::now() - first_event >= commit_after);
    const auto due = node.next_due();
    const bool timer = ((!more || full) && due && *due <= now) || node.clock_watch().went_back(now);
    if (timer) {
      if (events++ == 0) first_event = Steady::now();
      node.tick(now);
    }
    const bool idle = !event && !timer;
    if (events > 0 && (idle || stopping || full)) KNOOP_TRY(commit());
    if (stopping && !event) return {};
  }
}

void Loop::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
}

}  // namespace knoop
