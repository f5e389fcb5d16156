// Virtual time for a whole region in one process: a queue of things to happen, and a clock that jumps from one to the
// next. Nothing sleeps and nothing depends on the machine's speed.
#pragma once

#include <functional>
#include <map>
#include <utility>

#include "crypto/base/entropy.h"
#include "node/core/ports.h"

namespace knoop::sim {

/// The world's time and its agenda. Things due at one moment happen in the order in which they were planned.
class Agenda final : public Clock {
 public:
  explicit Agenda(Timestamp start) : now_(start) {}

  [[nodiscard]] Timestamp now() const override { return now_; }
  void at(Timestamp time, std::function<void()> what) {
    planned_.emplace(std::pair{std::max(time, now_), next_++}, std::move(what));
  }
  void after(Milliseconds delay, std::function<void()> what) { at(now_ + delay, std::move(what)); }

  /// Runs everything due up to `end`; the clock then shows `end`.
  void run_until(Timestamp end) {
    while (!planned_.empty() && planned_.begin()->first.first <= end) {
      auto first = planned_.extract(planned_.begin());
      now_ = first.key().first;
      first.mapped()();
    }
    now_ = std::max(now_, end);
  }
  void run_for(Milliseconds duration) { run_until(now_ + duration); }

 private:
  Timestamp now_;
  std::uint64_t next_ = 0;
  std::map<std::pair<Timestamp, std::uint64_t>, std::function<void()>> planned_;
};

}  // namespace knoop::sim
