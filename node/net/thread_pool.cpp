#include "node/net/thread_pool.h"

#include <algorithm>
#include <utility>

#include "node/net/signals.h"

namespace knoop {

ThreadPool::ThreadPool(unsigned width, Done done) : done_(std::move(done)) {
  const unsigned wanted = width == 0 ? std::max(1U, std::thread::hardware_concurrency()) : width;
  for (unsigned i = 0; i < wanted; ++i) threads_.emplace_back([this] { run(); });
}

ThreadPool::~ThreadPool() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    queue_.clear();
  }
  wake_.notify_all();
  for (auto& thread : threads_) thread.join();
}

void ThreadPool::submit(Work work) {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return;
    queue_.push_back(std::move(work));
  }
  wake_.notify_one();
}

void ThreadPool::run() {
  net::block_signals();
  for (;;) {
    Work work;
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
      if (stopping_) return;
      work = std::move(queue_.front());
      queue_.pop_front();
    }
    if (Completion completion = work()) done_(std::move(completion));
  }
}

}  // namespace knoop
