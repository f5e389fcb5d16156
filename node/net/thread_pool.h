// The executor of production: threads that run slow pure work beside the core thread, as wide as the machine.
#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "node/core/ports.h"

namespace knoop {

/// Work is taken in the order of submission. What it returns goes to `done`, which is called on a thread of
/// the pool and must hand the completion to the core thread (Loop::completed). Work that is still queued when
/// the pool is destroyed is dropped: its effects exist only through completions, and a restart submits it
/// again.
class ThreadPool final : public Executor {
 public:
  using Done = std::function<void(Completion)>;

  /// width 0: as many threads as the machine has processors.
  ThreadPool(unsigned width, Done done);
  /// Waits for the pieces that run, then returns; no `done` is called after it.
  ~ThreadPool() override;

  void submit(Work work) override;
  [[nodiscard]] unsigned width() const override { return static_cast<unsigned>(threads_.size()); }

 private:
  void run();

  Done done_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Work> queue_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace knoop
